-- Population: treated, control or matched (the matched, each subject once, weights
-- unused), or eligible (both arms before matching). What cannot be evaluated is null.
-- `response` is the class of a treated subject's pairs, where they agree.

with

populations as (

    select distinct
        analysis_id,
        usubjid,
        unnest([arm, 'matched']) as population

    from {{ ref('matched_subjects') }}

    union all

    select
        analysis_id,
        usubjid,
        'eligible' as population

    from {{ ref('subjects') }}
    where is_eligible

),

known_values as (

    select
        analysis_id,
        usubjid,
        variable,
        value

    from {{ ref('covariate_values') }}

    union all

    {{ response_values(ref('response')) }}

),

judged as (

    select
        associations.analysis_id,
        associations.association,
        associations.position,
        associations.population,
        associations.label_met,
        associations.label_not_met,
        populations.usubjid,
        {{ condition_outcome(
            'of_row.value', 'associations.operator', 'associations.value'
        ) }} as outcome,
        of_column.value as column_level

    from {{ ref('analysis_association_tests') }} as associations
    inner join populations
        on associations.analysis_id = populations.analysis_id
        and associations.population = populations.population
    left join known_values as of_row
        on populations.analysis_id = of_row.analysis_id
        and populations.usubjid = of_row.usubjid
        and associations.variable = of_row.variable
    left join known_values as of_column
        on populations.analysis_id = of_column.analysis_id
        and populations.usubjid = of_column.usubjid
        and associations.column_variable = of_column.variable

)

select
    analysis_id,
    association,
    position,
    population,
    usubjid,
    case outcome
        when 'met' then label_met when 'not met' then label_not_met
    end as row_level,
    column_level

from judged
