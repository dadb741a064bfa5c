-- Windows include their ends: a dose on the day of the landmark counts. A subject whose
-- event or last day is that of the landmark is not at risk after it and is left out.
-- The landmark of a set is the day of its treated subject's dose (of several treated,
-- the earliest), for controls the same number of days after their own index.

with

members as (

    select
        contrasts.analysis_id,
        contrasts.contrast_id,
        contrasts.endpoint,
        contrasts.variant,
        contrasts.method,
        contrasts.landmark,
        contrasts.left_out,
        contrasts.horizon,
        matched.set_id,
        matched.usubjid,
        matched.arm,
        matched.weight,
        coalesce(matched.n_doses, 0) as n_doses_ever,
        endpoints.horizon_day,
        endpoints.days as exit_day,
        endpoints.is_event

    from (
        select
            *,
            unnest(string_split(horizons, '|')) as horizon
        from {{ ref('analysis_dose_contrasts') }}
    ) as contrasts
    inner join {{ ref('matched_subjects') }} as matched
        on contrasts.analysis_id = matched.analysis_id
    inner join {{ ref('matched_endpoints') }} as endpoints
        on matched.analysis_id = endpoints.analysis_id
        and matched.usubjid = endpoints.usubjid
        and contrasts.endpoint = endpoints.source_endpoint
        and (contrasts.horizon = 'common') = (endpoints.horizon_day is not null)
    where exists (
        select 1
        from {{ ref('analysis_dose_contrast_groups') }} as groups
        where groups.analysis_id = contrasts.analysis_id
            and groups.contrast_id = contrasts.contrast_id
            and groups.arm = matched.arm
    )

),

set_doses as (

    select
        matched.analysis_id,
        matched.set_id,
        doses.dose,
        min(doses.dose_day) as dose_day

    from {{ ref('matched_subjects') }} as matched
    inner join {{ ref('dose_days') }} as doses
        on matched.analysis_id = doses.analysis_id
        and matched.usubjid = doses.usubjid
    group by matched.analysis_id, matched.set_id, doses.dose

),

followed as (

    select
        members.*,
        case members.method
            when 'landmark_day' then members.landmark
            when 'landmark_dose' then set_doses.dose_day
        end as landmark_day

    from members
    left join set_doses
        on members.analysis_id = set_doses.analysis_id
        and members.set_id = set_doses.set_id
        and members.landmark = set_doses.dose
        and members.method = 'landmark_dose'

),

landmark_doses as (

    select
        followed.analysis_id,
        followed.contrast_id,
        followed.endpoint,
        followed.variant,
        followed.horizon,
        followed.set_id,
        followed.usubjid,
        count(*) as n_doses

    from followed
    inner join {{ ref('dose_days') }} as doses
        on followed.analysis_id = doses.analysis_id
        and followed.usubjid = doses.usubjid
        and doses.dose_day <= followed.landmark_day
    group by
        followed.analysis_id,
        followed.contrast_id,
        followed.endpoint,
        followed.variant,
        followed.horizon,
        followed.set_id,
        followed.usubjid

),

dosed as (

    select
        followed.*,
        case
            when followed.method in ('landmark_day', 'landmark_dose')
            then coalesce(landmark_doses.n_doses, 0)
            when followed.method in ('naive', 'naive_doses', 'delayed_entry')
            then followed.n_doses_ever
        end as n_doses

    from followed
    left join landmark_doses
        on followed.analysis_id = landmark_doses.analysis_id
        and followed.contrast_id = landmark_doses.contrast_id
        and followed.endpoint = landmark_doses.endpoint
        and followed.variant = landmark_doses.variant
        and followed.horizon = landmark_doses.horizon
        and followed.set_id = landmark_doses.set_id
        and followed.usubjid = landmark_doses.usubjid

),

grouped as (

    select
        dosed.*,
        groups.group_name,
        case
            when dosed.method in ('landmark_day', 'landmark_dose')
            then dosed.landmark_day
            when dosed.method <> 'delayed_entry' then 0
            when groups.min_doses is not null then greatest(entries.dose_day, 0)
            when groups.group_name is not null then 0
        end as entry_day,
        dosed.method in ('naive_doses', 'time_dependent', 'time_dependent_doses')
        or groups.group_name is not null as is_of_group

    from dosed
    left join {{ ref('analysis_dose_contrast_groups') }} as groups
        on dosed.analysis_id = groups.analysis_id
        and dosed.contrast_id = groups.contrast_id
        and dosed.arm = groups.arm
        and dosed.method not in (
            'naive_doses', 'time_dependent', 'time_dependent_doses'
        )
        and (groups.min_doses is null or dosed.n_doses >= groups.min_doses)
        and (groups.max_doses is null or dosed.n_doses <= groups.max_doses)
    left join {{ ref('dose_days') }} as entries
        on dosed.analysis_id = entries.analysis_id
        and dosed.usubjid = entries.usubjid
        and groups.min_doses = entries.dose

),

judged as (

    select
        *,
        case
            when method = 'landmark_dose' and landmark_day is null then 'no_landmark'
            when exit_day <= entry_day then 'before_entry'
            when not is_of_group or entry_day is null then 'no_group'
            else 'in'
        end as own_outcome

    from grouped

),

counted as (

    select
        *,
        count(*) filter (where own_outcome = 'in' and arm = 'treated') over (
            partition by analysis_id, contrast_id, endpoint, variant, horizon, set_id
        ) as n_treated_in,
        count(*) filter (where own_outcome = 'in' and arm = 'control') over (
            partition by analysis_id, contrast_id, endpoint, variant, horizon, set_id
        ) as n_control_in

    from judged

)

select
    analysis_id,
    contrast_id,
    endpoint,
    variant,
    method,
    horizon,
    set_id,
    usubjid,
    arm,
    weight,
    n_doses_ever,
    n_doses,
    group_name,
    landmark_day,
    horizon_day,
    entry_day,
    exit_day,
    is_event,
    case
        when own_outcome = 'in'
            and left_out = 'set'
            and (n_treated_in = 0 or n_control_in = 0)
        then 'with_set'
        else own_outcome
    end as outcome

from counted
