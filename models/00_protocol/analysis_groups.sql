-- The rows of seeds/protocol/groups.csv for every analysis, inherited ones included.

{{ resolved_protocol('groups') }}
