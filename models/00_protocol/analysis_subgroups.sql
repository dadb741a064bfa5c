-- The rows of seeds/protocol/subgroups.csv for every analysis, inherited ones included.

{{ resolved_protocol('subgroups') }}
