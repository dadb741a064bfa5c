-- The rows of seeds/protocol/endpoints.csv for every analysis, inherited ones included.

{{ resolved_protocol('endpoints') }}
