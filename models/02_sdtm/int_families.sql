-- Y where any line names ALS, N where none does and the question for a neurological
-- disease was answered No, else unknown: a line about another disease does not exclude
-- ALS in the family. Of a site the first answer in file order counts.

with

answers as (

    select
        subject_id,
        bool_or(
            upper(neurological_disease) in ('ALS', 'AMYOTROPHIC LATERAL SCLEROSIS')
        ) as names_als,
        max({{ coded('FAMHX', 'family_hx_of_neuro_disease') }}) as has_disease,
        {{ first_known('family_hx_of_als_mutation') }} as als_mutation

    from ({{ kept('stg_proact__familyhistory') }})
    group by subject_id

),

site_answers as (

    select
        source,
        subject_id,
        {{ first_known(coded('NY', 'family_history')) }} as family_als

    from ({{ kept('stg_site__subjects') }})
    where family_history is not null
    group by source, subject_id

)

select
    'PROACT' as studyid,
    'PROACT-' || subject_id as usubjid,
    case
        when names_als then 'Y'
        when has_disease = 'N' then 'N'
    end as family_als,
    als_mutation

from answers

union all

select
    upper(source) as studyid,
    upper(source) || '-' || subject_id as usubjid,
    family_als,
    cast(null as varchar) as als_mutation

from site_answers
