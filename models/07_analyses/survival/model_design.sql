-- A term is 1 where the subject is of its arm and meets its condition, 0 where it is of
-- the other arm or does not; null where its condition cannot be evaluated, and such a
-- subject is left out of the model. Without a condition the arm alone decides. A term
-- with the operator `value` is the variable itself, 0 outside its arm. A subject whose
-- endpoint is not evaluable has no term at all, and is left out and counted likewise.

with

models as (

    select distinct
        analysis_id,
        model_id,
        source_model_id,
        subgroup,
        endpoint

    from {{ ref('model_plans') }}

),

-- Of the analyses with a variance that needs it.
sources as (

    select
        candidates.analysis_id,
        candidates.usubjid,
        candidates.studyid

    from {{ ref('candidates') }} as candidates
    where candidates.analysis_id in (
        select plans.analysis_id from {{ ref('model_plans') }} as plans
        where plans.variance in ('cluster_source', 'strata_source')
    )

),

evaluated as (

    select
        models.analysis_id,
        models.model_id,
        models.endpoint,
        terms.position,
        terms.term,
        matched.set_id,
        matched.usubjid,
        matched.arm,
        matched.weight,
        terms.arm in (matched.arm, 'both') as is_of_arm,
        coalesce(terms.operator = 'value', false) as is_continuous,
        try_cast(covariate_values.value as double) as term_value,
        case
            when terms.operator is null then 'met'
            else {{ condition_outcome(
                'covariate_values.value', 'terms.operator', 'terms.value'
            ) }}
        end as outcome

    from models
    inner join {{ ref('analysis_model_terms') }} as terms
        on models.analysis_id = terms.analysis_id
        and models.source_model_id = terms.model_id
    inner join {{ ref('matched_subjects') }} as matched
        on models.analysis_id = matched.analysis_id
    left join {{ ref('covariate_values') }} as covariate_values
        on matched.analysis_id = covariate_values.analysis_id
        and matched.usubjid = covariate_values.usubjid
        and terms.variable = covariate_values.variable
    left join {{ ref('subgroup_outcomes') }} as subgroups
        on matched.analysis_id = subgroups.analysis_id
        and matched.set_id = subgroups.set_id
        and matched.usubjid = subgroups.usubjid
        and models.subgroup = subgroups.subgroup
    where models.subgroup is null or subgroups.outcome = 'met'

)

select
    evaluated.analysis_id,
    evaluated.model_id,
    evaluated.endpoint,
    evaluated.position,
    evaluated.term,
    evaluated.set_id,
    evaluated.usubjid,
    evaluated.arm,
    evaluated.weight,
    endpoints.days,
    endpoints.is_event,
    endpoints.competing_event,
    endpoints.entry_days,
    sources.studyid as source,
    cast(
        case
            when endpoints.is_event is null then null
            when not evaluated.is_of_arm then 0
            when evaluated.is_continuous then evaluated.term_value
            when evaluated.outcome = 'met' then 1
            when evaluated.outcome = 'not met' then 0
        end as double
    ) as value

from evaluated
inner join {{ ref('matched_endpoints') }} as endpoints
    on evaluated.analysis_id = endpoints.analysis_id
    and evaluated.usubjid = endpoints.usubjid
    and evaluated.endpoint = endpoints.endpoint
left join sources
    on evaluated.analysis_id = sources.analysis_id
    and {{ subject_of('evaluated.usubjid') }} = sources.usubjid
