-- The rows of seeds/protocol/dose_contrast_groups.csv for every analysis, inherited
-- ones included.

{{ resolved_protocol('dose_contrast_groups') }}
