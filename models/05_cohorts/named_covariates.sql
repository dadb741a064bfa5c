-- Of the variables beyond those always there, only what an analysis names is computed,
-- and only for that analysis.
--
-- A window is counted in days from the index day, its ends included. Several results of
-- one day count once, by their mean. `nearest` is the smallest distance to the index
-- day, ties to the earlier. `change` is from the first day in the window to the chosen
-- record, and needs two days; `slope` is the least squares line by month, its standard
-- error from three days on. Percent of predicted is that delivered (PRO-ACT's from its
-- own normal value); where a day has litres alone, the normal value is that of
-- vital_capacity_norms.csv by age on that day, sex, race and the mean of the subject's
-- heights. A medication without a start counts as taken before, one without an end as
-- ongoing. A medication or an adverse event is N only where the subject has another
-- record of the kind, a procedure only where the study records that procedure (of
-- several, each): else nothing is known.

-- What a query reads is known only once the protocol's rows are; dbt asks to be told:
{% for table in [
    'adqs', 'adre', 'advs', 'adlb', 'adae', 'cm', 'pr', 'adsl', 'window_assessments',
    'assessments', 'vital_capacity_norms'
] -%}
-- depends_on: {{ ref(table) }}
{% endfor -%}
{%- set named = variables_named() %}

with

index_days as (

    select * from {{ ref('index_days') }}
    where index_day is not null

),

variables as (

    select * from {{ ref('analysis_variables') }}

),

wanted as (

    select
        index_days.analysis_id,
        index_days.usubjid,
        index_days.index_day,
        index_days.index_day + variables.from_day as first_day,
        index_days.index_day + variables.to_day as last_day,
        variables.variable,
        variables.kind,
        variables.source,
        string_split(variables.parameter, '|') as codes,
        variables.parameter,
        variables.field,
        variables.record

    from index_days
    inner join variables on index_days.analysis_id = variables.analysis_id

),

results as (

    {% for table in ['adqs', 'adre', 'advs', 'adlb'] -%}
    {% set rows = named | selectattr('source', 'equalto', table) | list -%}
    {% if rows -%}
    select
        usubjid,
        '{{ table }}' as source,
        paramcd as code,
        {{ rel_day('ady') }} as day,
        cast(aval as double) as value,
        false as is_percent

    from {{ ref(table) }}
    where paramcd in ({{ codes_of(rows) }})
        and ady is not null
        and aval is not null

    union all

    {% endif -%}
    {% endfor -%}
    {% if named | selectattr('field', 'equalto', 'pct_predicted') | list -%}
    select
        usubjid,
        'adre' as source,
        code,
        day,
        percent as value,
        true as is_percent
    from ({{ percent_of_predicted() }})

    union all

    {% endif -%}
    select
        cast(null as varchar) as usubjid,
        cast(null as varchar) as source,
        cast(null as varchar) as code,
        cast(null as bigint) as day,
        cast(null as double) as value,
        false as is_percent
    where false

),

daily as (

    select
        wanted.analysis_id,
        wanted.usubjid,
        wanted.variable,
        wanted.field,
        wanted.record,
        results.day - wanted.index_day as day,
        round(avg(results.value), 10) as value

    from wanted
    inner join results
        on {{ subject_of('wanted.usubjid') }} = results.usubjid
        and wanted.source = results.source
        and list_contains(wanted.codes, results.code)
        and (wanted.field = 'pct_predicted') = results.is_percent
        and results.day between wanted.first_day and wanted.last_day
    group by
        wanted.analysis_id, wanted.usubjid, wanted.variable, wanted.field,
        wanted.record, results.day, wanted.index_day

),

chosen as (

    select
        analysis_id,
        usubjid,
        variable,
        field,
        case record
            when 'nearest'
            then min_by(value, 2 * abs(day) + case when day > 0 then 1 else 0 end)
            when 'last' then max_by(value, day)
            when 'first' then min_by(value, day)
            when 'mean' then round(avg(value), 10)
            when 'min' then min(value)
            when 'max' then max(value)
        end as chosen_value,
        min_by(value, day) as first_value,
        count(*) as n_days,
        round({{ line_slope('value', 'day') }}, 12) as per_day,
        sum(day) as sum_day,
        sum(day * day) as sum_day_squared,
        sum(value) as sum_value,
        sum(value * value) as sum_value_squared,
        sum(day * value) as sum_product

    from daily
    group by analysis_id, usubjid, variable, field, record

),

lines as (

    select
        *,
        sum_day_squared - sum_day * sum_day / cast(n_days as double) as spread_day,
        sum_value_squared - sum_value * sum_value / n_days as spread_value,
        sum_product - sum_day * sum_value / n_days as spread_product

    from chosen

),

measured as (

    select
        wanted.analysis_id,
        wanted.usubjid,
        wanted.variable,
        case wanted.field
            when 'change'
            then case
                when lines.n_days >= 2 then lines.chosen_value - lines.first_value
            end
            when 'slope' then round(lines.per_day * (365.0 / 12.0)::double, 10)
            when 'slope_se'
            then case
                when lines.n_days >= 3
                then round(
                    sqrt(
                        greatest(
                            lines.spread_value
                            - lines.spread_product * lines.spread_product
                            / lines.spread_day,
                            0
                        ) / (lines.n_days - 2) / lines.spread_day
                    ) * (365.0 / 12.0)::double,
                    10
                )
            end
            when 'n_days' then coalesce(lines.n_days, 0)
            else lines.chosen_value
        end as number,
        cast(null as varchar) as text

    from wanted
    left join lines
        on wanted.analysis_id = lines.analysis_id
        and wanted.usubjid = lines.usubjid
        and wanted.variable = lines.variable
    where wanted.source in ('adqs', 'adre', 'advs', 'adlb')

)

select * from measured
{% for source in ['adae', 'cm', 'pr'] -%}
{% if named | selectattr('source', 'equalto', source) | list %}
union all

{{ recorded_covariate(source) }}
{% endif -%}
{% endfor -%}
{% for row in named if row.source in ('adsl', 'scales') %}
union all

{{ plain_covariate(row) }}
{% endfor -%}
{% for row in named if row.source == 'rule' %}
union all

{{ ruled_covariate(row) }}
{% endfor %}
