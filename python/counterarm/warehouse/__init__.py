"""What works on a published warehouse: publish, query, describe, compare, export."""
