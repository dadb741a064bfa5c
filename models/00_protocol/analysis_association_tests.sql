-- The rows of seeds/protocol/association_tests.csv for every analysis, inherited ones included.

{{ resolved_protocol('association_tests') }}
