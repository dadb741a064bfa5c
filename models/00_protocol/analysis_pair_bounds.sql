-- The rows of seeds/protocol/pair_bounds.csv for every analysis, inherited ones included.

{{ resolved_protocol('pair_bounds') }}
