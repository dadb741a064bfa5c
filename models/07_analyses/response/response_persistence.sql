-- Barczewska 2020 says only that persistence was "based on linear regression
-- modelling". Here: the least squares line of the treated subject's change from its
-- index assessment, through its assessments from the last dose on; that of its
-- control's change, through its assessments from its index assessment on; each on days
-- from its index assessment. The advantage is the difference of the lines. It ends
-- where it falls to 3 points, the bound of the response, and is used up where the lines
-- cross.

with

responders as (

    select
        analysis_id,
        pair_id,
        treated_usubjid,
        control_usubjid

    from {{ ref('response') }}
    where response = 'decreased'

),

last_doses as (

    select
        usubjid,
        max({{ rel_day('exstdy') }}) as dose_day

    from {{ ref('ex') }}
    where {{ is_dose() }}
    group by usubjid

),

members as (

    select
        responders.analysis_id,
        responders.pair_id,
        'treated' as arm,
        responders.treated_usubjid as usubjid,
        last_doses.dose_day as first_day

    from responders
    left join last_doses on responders.treated_usubjid = last_doses.usubjid

    union all

    select
        analysis_id,
        pair_id,
        'control' as arm,
        control_usubjid as usubjid,
        cast(null as bigint) as first_day

    from responders

),

points as (

    select
        members.analysis_id,
        members.pair_id,
        members.arm,
        members.first_day - baseline.rel_day as start_day,
        visits.rel_day - baseline.rel_day as day,
        visits.total - baseline.total as change

    from members
    inner join {{ ref('pair_assessments') }} as baseline
        on members.analysis_id = baseline.analysis_id
        and members.pair_id = baseline.pair_id
        and members.arm = baseline.arm
        and baseline.window_id = 'baseline'
    inner join {{ ref('alsfrs_visits') }} as visits
        on {{ subject_of('members.usubjid') }} = visits.usubjid
        and visits.is_used
        and visits.total is not null
        and visits.rel_day >= case members.arm
            when 'treated' then members.first_day
            else baseline.rel_day
        end

),

lines as (

    select
        analysis_id,
        pair_id,
        arm,
        max(start_day) as start_day,
        max(day) as last_day,
        count(*) as n_assessments,
        {{ line_slope('change', 'day') }} as slope,
        {{ line_intercept('change', 'day') }} as intercept

    from points
    group by analysis_id, pair_id, arm

),

compared as (

    select
        responders.analysis_id,
        responders.pair_id,
        treated.start_day as last_dose_day,
        coalesce(treated.n_assessments, 0) as n_treated_assessments,
        coalesce(control.n_assessments, 0) as n_control_assessments,
        treated.slope as treated_slope,
        control.slope as control_slope,
        treated.slope - control.slope as slope,
        treated.intercept - control.intercept
        + (treated.slope - control.slope) * treated.start_day as advantage,
        least(treated.last_day, control.last_day) as last_common_day

    from responders
    left join lines as treated
        on responders.analysis_id = treated.analysis_id
        and responders.pair_id = treated.pair_id
        and treated.arm = 'treated'
    left join lines as control
        on responders.analysis_id = control.analysis_id
        and responders.pair_id = control.pair_id
        and control.arm = 'control'

),

ended as (

    select
        *,
        case
            when slope < 0 and advantage > 3
            then last_dose_day + (advantage - 3) / -slope
        end as day_at_three,
        case
            when slope < 0 and advantage > 0
            then last_dose_day + advantage / -slope
        end as day_at_zero

    from compared

)

select
    analysis_id,
    pair_id,
    last_dose_day,
    n_treated_assessments,
    n_control_assessments,
    treated_slope / {{ months(1) }} as treated_slope,
    control_slope / {{ months(1) }} as control_slope,
    advantage as advantage_at_last_dose,
    day_at_three,
    {{ months('day_at_three - last_dose_day') }} as months_to_three,
    day_at_three > last_common_day as is_three_extrapolated,
    day_at_zero,
    {{ months('day_at_zero - last_dose_day') }} as months_to_zero,
    day_at_zero > last_common_day as is_zero_extrapolated,
    case
        when slope is null then 'not evaluable'
        when advantage <= 3 then 'ended by the last dose'
        when slope >= 0 then 'does not end'
        else 'ends'
    end as persistence,
    case
        when n_treated_assessments < 2 and slope is null
        then 'fewer than two assessments of the treated from the last dose on'
        when slope is null
        then 'fewer than two assessments of the control from its index on'
    end as note

from ended
