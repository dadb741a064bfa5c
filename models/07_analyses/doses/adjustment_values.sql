-- Terms of one arm only are the model's own groups and are left out. 1 where the
-- condition is met, 0 where not, null where it cannot be evaluated; without a condition
-- the variable's number.

select
    terms.analysis_id,
    terms.model_id,
    terms.position,
    terms.term,
    matched.set_id,
    matched.usubjid,
    case
        when terms.operator is null
        then try_cast(covariate_values.value as double)
        else case
            {{ condition_outcome(
                'covariate_values.value', 'terms.operator', 'terms.value'
            ) }}
            when 'met' then cast(1 as double)
            when 'not met' then cast(0 as double)
        end
    end as value

from {{ ref('analysis_model_terms') }} as terms
inner join {{ ref('matched_subjects') }} as matched
    on terms.analysis_id = matched.analysis_id
left join {{ ref('covariate_values') }} as covariate_values
    on matched.analysis_id = covariate_values.analysis_id
    and matched.usubjid = covariate_values.usubjid
    and terms.variable = covariate_values.variable
where terms.arm = 'both'
    and exists (
        select 1
        from {{ ref('analysis_dose_contrasts') }} as contrasts
        where contrasts.analysis_id = terms.analysis_id
            and list_contains(string_split(contrasts.models, '|'), terms.model_id)
    )
