"""The sections of the report: each reads tables of schema `results` and shows them."""
