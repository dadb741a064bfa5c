"""What works on a published warehouse file: publish, query, describe, compare, export."""
