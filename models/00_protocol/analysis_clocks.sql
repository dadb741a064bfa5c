-- The rows of seeds/protocol/clocks.csv for every analysis, inherited ones included.

{{ resolved_protocol('clocks') }}
