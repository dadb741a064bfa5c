-- ADR, after Nam 2023: all "unless a causal relationship with lenzumestrocel was
-- determined as an 'unlikely possibility'". UNLIKELY is the lowest grade of WHO-UMC;
-- UNRELATED, which other scales put below it, is no ADR either. An unknown causality is
-- not determined as unlikely, so it counts; is_adr_recorded has the other rule. A study
-- that records no causality at all, as PRO-ACT, has no ADR to count: is_adr is null.
-- Pain over two weeks: moderate or severe, ADURN above 14 (first and last day counted).

with

events as (

    select
        *,
        upper(coalesce(aedecod, aeterm)) as term,
        count(aerel) over (partition by studyid) > 0 as has_causality

    from {{ ref('adae') }}

),

flagged as (

    select
        events.*,
        progression.pt is not null as is_progression,
        case
            when events.has_causality
            then coalesce(events.aerel not in ('UNLIKELY', 'UNRELATED'), true)
        end as is_adr,
        events.aerel not in ('UNLIKELY', 'UNRELATED') as is_adr_recorded,
        events.aeser = 'Y' as is_sae,
        events.aeshosp = 'Y' as is_hospitalised,
        events.aeout = 'FATAL' as is_fatal,
        events.asevn >= 2 and events.adurn > 14 as is_long_and_moderate,
        pain.pt is not null as is_pain,
        coalesce(pain.is_published, false) as is_published_pain

    from events
    left join {{ ref('als_progression_terms') }} as progression
        on events.term = progression.pt
    left join {{ ref('pain_terms') }} as pain on events.term = pain.pt

)

select
    studyid as study_id,
    usubjid,
    aeseq,
    astdy,
    coalesce(aebodsys, 'NOT CODED') as soc,
    coalesce(aedecod, aeterm, 'NOT CODED') as pt,
    is_progression,
    is_adr,
    is_adr_recorded,
    is_sae,
    is_sae and is_hospitalised as is_sae_hospitalised,
    is_sae and is_fatal as is_sae_fatal,
    is_published_pain and is_long_and_moderate as is_pain_over_2_weeks,
    is_pain and is_long_and_moderate as is_pain_over_2_weeks_any,
    aerel is not null as says_causality,
    aeser is not null as says_seriousness,
    aeshosp is not null as says_hospitalisation,
    aeout is not null as says_outcome,
    asevn is not null and adurn is not null as says_duration

from flagged
