-- Every matched subject of the arm is counted. A control in several sets counts in
-- each.

with

endpoints as (

    select distinct
        analysis_id,
        endpoint

    from {{ ref('group_members') }}

),

judged as (

    select
        *,
        bool_or(outcome = 'met') over (
            partition by analysis_id, comparison_set, set_id, usubjid
        ) as is_in_a_group

    from {{ ref('group_outcomes') }}

),

of_the_future as (

    select
        analysis_id,
        comparison_set,
        group_name

    from {{ ref('analysis_groups') }}
    where {{ is_known_after_index('variable') }}

    union distinct

    select
        analysis_id,
        'subgroup ' || subgroup as comparison_set,
        unnest([subgroup || ' control', subgroup || ' treated']) as group_name

    from {{ ref('analysis_subgroups') }}
    where {{ is_known_after_index('variable') }}

),

joined as (

    select
        judged.analysis_id,
        endpoints.endpoint,
        judged.comparison_set,
        judged.position,
        judged.group_name,
        judged.outcome,
        judged.is_in_a_group,
        of_the_future.group_name is not null as is_of_the_future,
        members.usubjid is not null as is_member

    from judged
    inner join endpoints on judged.analysis_id = endpoints.analysis_id
    left join {{ ref('group_members') }} as members
        on judged.analysis_id = members.analysis_id
        and endpoints.endpoint = members.endpoint
        and judged.comparison_set = members.comparison_set
        and judged.group_name = members.group_name
        and judged.set_id = members.set_id
        and judged.usubjid = members.usubjid
    left join of_the_future
        on judged.analysis_id = of_the_future.analysis_id
        and judged.comparison_set = of_the_future.comparison_set
        and judged.group_name = of_the_future.group_name

)

select
    analysis_id,
    endpoint,
    comparison_set,
    position,
    group_name,
    count(*) as n_matched,
    count(*) filter (where outcome = 'not met') as n_not_met,
    count(*) filter (where outcome = 'not evaluable') as n_not_evaluable,
    count(*) filter (where outcome = 'met' and not is_member) as n_without_time,
    count(*) filter (where is_member) as n_members,
    count(*) filter (where not is_in_a_group) as n_in_no_group,
    case
        when count(*) filter (where is_member) = 0
        then 'no matched subject is in this group: it has no curve, test or model'
        when bool_or(is_of_the_future)
        then 'by what is known only after index: it conditions on the future, and its '
            || 'survival is biased by that'
    end as note

from joined
group by analysis_id, endpoint, comparison_set, position, group_name
