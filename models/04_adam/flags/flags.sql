-- Every doubt about the delivered data of a subject. No flag changes a value silently:
-- `handling` says what the build does.

{% for kind in ['identity', 'subject', 'assessment', 'value'] -%}
select
    usubjid,
    flag,
    handling,
    n_occurrences
from {{ ref('int_' ~ kind ~ '_flags') }}
{{ 'union all' if not loop.last }}

{% endfor %}
