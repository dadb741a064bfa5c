-- One row per analysis, matched set and subject: who is compared with whom.
--
-- A set is a treated subject with its controls; a control used k times has k rows. The
-- treated weighs 1, each control of its set 1 / number of controls in the set.

with

pairs as (

    select
        *,
        min(pair_id) over (partition by analysis_id, treated_usubjid) as set_id,
        count(*) over (partition by analysis_id, treated_usubjid) as n_controls

    from {{ ref('pairs') }}

),

members as (

    select distinct
        analysis_id,
        set_id,
        treated_usubjid as usubjid,
        cast(1 as double) as weight

    from pairs

    union all

    select
        analysis_id,
        set_id,
        control_usubjid as usubjid,
        1.0::double / n_controls as weight

    from pairs

)

select
    members.analysis_id,
    members.set_id,
    members.usubjid,
    subjects.arm,
    members.weight,
    subjects.* exclude (analysis_id, usubjid, arm)

from members
inner join {{ ref('subjects') }} as subjects
    on members.analysis_id = subjects.analysis_id
    and members.usubjid = subjects.usubjid
