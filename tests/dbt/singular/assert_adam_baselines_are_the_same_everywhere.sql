-- A subject has one baseline: what ADSL says of it is what the analysis tables mark,
-- else a covariate and the change from it would refer to two different days.

with

stated as (

    unpivot {{ ref('adsl') }}
    on alsrbl, fvcppbl, weightbl, heightbl
    into name variable value stated_value

),

marked as (

    {% for table in ['adqs', 'adre', 'advs'] -%}
    select
        usubjid,
        case paramcd
            when 'ALSR1TS' then 'alsrbl'
            when 'FVCPP' then 'fvcppbl'
            when 'WEIGHT' then 'weightbl'
            when 'HEIGHT' then 'heightbl'
        end as variable,
        aval as marked_value
    from {{ ref(table) }}
    where ablfl = 'Y' and paramcd in ('ALSR1TS', 'FVCPP', 'WEIGHT', 'HEIGHT')
    {{ 'union all' if not loop.last }}

    {% endfor %}

)

select
    coalesce(stated.usubjid, marked.usubjid) as usubjid,
    coalesce(stated.variable, marked.variable) as variable,
    stated.stated_value,
    marked.marked_value

from stated
full join marked
    on stated.usubjid = marked.usubjid and stated.variable = marked.variable
where stated.stated_value is distinct from marked.marked_value
