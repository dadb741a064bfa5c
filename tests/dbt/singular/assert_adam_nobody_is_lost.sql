-- A subject may be censored but never lost: who is in DM is in ADSL, and has an overall
-- survival unless there is neither a death day nor any follow-up from day 1 on to count
-- to. A death without a day is counted by a flag.

with

problems as (

    select
        coalesce(dm.usubjid, adsl.usubjid) as usubjid,
        case
            when adsl.usubjid is null then 'in DM, not in ADSL'
            when dm.usubjid is null then 'in ADSL, not in DM'
            when adtte.usubjid is null
                and coalesce(adsl.dthady, adsl.lstcnady) >= 1
            then 'has a day to count to, but no overall survival'
            when adtte.usubjid is not null
                and coalesce(coalesce(adsl.dthady, adsl.lstcnady) < 1, true)
            then 'has no day to count to, but an overall survival'
            when adsl.dthfl = 'Y' and adsl.dthady is null and flags.usubjid is null
            then 'died without a day, and no flag says so'
        end as problem

    from {{ ref('dm') }} as dm
    full join {{ ref('adsl') }} as adsl on dm.usubjid = adsl.usubjid
    left join {{ ref('adtte') }} as adtte
        on adsl.usubjid = adtte.usubjid and adtte.paramcd = 'OS'
    left join {{ ref('flags') }} as flags
        on adsl.usubjid = flags.usubjid and flags.flag = 'death_without_day'

)

select * from problems
where problem is not null
