-- A required variable without a value makes a record invalid wherever it is exported.
-- AEDECOD and COUNTRY are null where not delivered: an invented one would be read as
-- known.

{% for table in sdtm_tables() -%}
-- depends_on: {{ ref(table) }}
{% endfor %}
with

counted as (

    {% for variable in sdtm_variables("core = 'Req'") -%}
    select
        '{{ variable.domain }}' as domain,
        '{{ variable.variable }}' as variable,
        count(*) filter (where {{ variable.variable }} is null) as n_missing
    from {{ ref(variable.domain) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from counted
where n_missing > 0
    and (domain, variable) not in (('ae', 'aedecod'), ('dm', 'country'))
