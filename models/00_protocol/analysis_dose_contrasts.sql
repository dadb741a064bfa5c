-- The rows of seeds/protocol/dose_contrasts.csv for every analysis, inherited ones
-- included.
-- None where the scope is survival.

{{ resolved_protocol('dose_contrasts', is_of_full_scope=true) }}
