-- The rows of seeds/protocol/endpoints.csv for every analysis, inherited ones included.

{{ resolved_protocol('endpoints', optional={
    'threshold': 'double',
    'role': 'varchar',
    'not_recorded': 'varchar',
    'why': 'varchar',
}) }}
