-- The rows of seeds/protocol/windows.csv for every analysis, inherited ones included.

{{ resolved_protocol('windows') }}
