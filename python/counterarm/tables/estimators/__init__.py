"""Tables of further estimators, each asked for by rows of a seed of its own."""
