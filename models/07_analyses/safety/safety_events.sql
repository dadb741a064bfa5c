-- The kinds are those of seeds/codelists/safety_kinds.csv. Terms of ALS progression are
-- of no kind but PROGRESSION and AE_ALL (Nam 2023: "not regarded as AE"). An event
-- without a start day counts in both windows.

with

kinds as (

    select
        study_id,
        usubjid,
        aeseq,
        astdy,
        soc,
        pt,
        unnest(
            [
                'AE',
                'AE_ALL',
                'PROGRESSION',
                'ADR',
                'ADR_RECORDED',
                'SAE',
                'SERIOUS_ADR',
                'SAE_HOSPITALISED',
                'SAE_FATAL',
                'PAIN_OVER_2_WEEKS',
                'PAIN_OVER_2_WEEKS_ANY'
            ]
        ) as kind,
        unnest(
            [
                not is_progression,
                true,
                is_progression,
                not is_progression and is_adr,
                not is_progression and is_adr_recorded,
                not is_progression and is_sae,
                not is_progression and is_sae and is_adr,
                not is_progression and is_sae_hospitalised,
                not is_progression and is_sae_fatal,
                not is_progression and is_pain_over_2_weeks,
                not is_progression and is_pain_over_2_weeks_any
            ]
        ) as is_met

    from {{ ref('adverse_event_flags') }}

)

select
    followed.study_id,
    followed.population,
    followed.window_name,
    kinds.kind,
    kinds.usubjid,
    kinds.aeseq,
    kinds.soc,
    kinds.pt,
    kinds.is_met,
    kinds.astdy is null as is_start_unknown

from kinds
inner join {{ ref('safety_follow_up') }} as followed on kinds.usubjid = followed.usubjid
where kinds.is_met is distinct from false
    and {{ in_safety_window('kinds.astdy', 'followed.window_days') }}
