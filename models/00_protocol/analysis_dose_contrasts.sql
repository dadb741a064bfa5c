-- The rows of seeds/protocol/dose_contrasts.csv for every analysis, inherited ones
-- included.

{{ resolved_protocol('dose_contrasts') }}
