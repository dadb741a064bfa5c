-- Stage = 1 + the number of domains that score below the threshold (Thakore 2018).
-- Barczewska 2020 writes "less than 9 points", which is followed; the setting
-- ft9_threshold = 9.25 gives the other reading of "fine till 9", items being scored in
-- half points at the finest. A domain without a score leaves the stage unknown.

select
    usubjid,
    qsspid,
    1
    {%- for domain in ['bulbar', 'fine_motor', 'gross_motor', 'respiratory'] %}
    + cast({{ domain }} < {{ var('ft9_threshold', 9) }} as bigint)
    {%- endfor %}
    as ft9_stage

from {{ ref('domain_scores') }}
