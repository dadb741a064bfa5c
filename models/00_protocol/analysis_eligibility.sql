-- The rows of seeds/protocol/eligibility.csv for every analysis, inherited ones
-- included.

{{ resolved_protocol('eligibility') }}
