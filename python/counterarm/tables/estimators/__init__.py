"""Tables of further estimators, each requested by rows of a separate seed."""
