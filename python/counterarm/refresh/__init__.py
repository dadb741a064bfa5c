"""Incremental builds: digests of all inputs, and which nodes depend on a change."""
