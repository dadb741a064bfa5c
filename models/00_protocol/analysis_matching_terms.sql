-- The rows of seeds/protocol/matching_terms.csv for every analysis, inherited ones
-- included.

{{ resolved_protocol('matching_terms', optional={'cutpoints': 'varchar', 'moments': 'bigint'}) }}
