-- The rows of seeds/protocol/arms.csv for every analysis, inherited ones included.

{{ resolved_protocol('arms') }}
