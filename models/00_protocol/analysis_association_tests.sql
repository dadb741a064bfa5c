-- The rows of seeds/protocol/association_tests.csv for every analysis, inherited ones included.
-- None where the scope is survival.

{{ resolved_protocol('association_tests', is_of_full_scope=true) }}
