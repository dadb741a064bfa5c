-- A row number is the identity of an assessment or event from here on: two rows of one
-- number, from two files or two records of a line, would be taken for one.

{% for table in site_tables() -%}
select
    source,
    '{{ table }}' as table_name,
    row_number,
    count(*) as n_rows
from {{ ref('stg_site__' ~ table) }}
group by source, row_number
having count(*) > 1
{{ 'union all' if not loop.last }}

{% endfor %}
