-- The rows of seeds/protocol/matching.csv for every analysis, inherited ones included.

{{ resolved_protocol('matching', optional={
    'distance': 'varchar',
    'subclasses': 'bigint',
    'subject_use': 'varchar',
}) }}
