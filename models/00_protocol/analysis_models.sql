-- The rows of seeds/protocol/models.csv for every analysis, inherited ones included.

{{ resolved_protocol('models') }}
