-- The rows of seeds/protocol/dose_contrast_groups.csv for every analysis, inherited
-- ones included.
-- None where the scope is survival.

{{ resolved_protocol('dose_contrast_groups', is_of_full_scope=true) }}
