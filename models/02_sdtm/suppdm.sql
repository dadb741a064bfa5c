-- AGEDEC keeps the decimals of age, VITALST the vital status as recorded: a subject
-- without it was never asked about, which is not the same as alive.

with

subjects as (

    select * from {{ ref('int_subjects') }}

),

families as (

    select * from {{ ref('int_families') }}

),

qualifiers as (

    select
        studyid,
        usubjid,
        'AGEDEC' as qnam,
        'Age in Years With Decimals' as qlabel,
        cast(age as varchar) as qval
    from subjects

    union all

    select
        studyid,
        usubjid,
        'ELESCOR' as qnam,
        'El Escorial Category' as qlabel,
        el_escorial as qval
    from subjects

    union all

    select
        studyid,
        usubjid,
        'FAMHXALS' as qnam,
        'Family History of ALS' as qlabel,
        family_als as qval
    from families

    union all

    select
        studyid,
        usubjid,
        'FAMHXMUT' as qnam,
        'Family History of ALS Mutation' as qlabel,
        als_mutation as qval
    from families

    union all

    select
        studyid,
        usubjid,
        'FTD' as qnam,
        'Frontotemporal Dementia' as qlabel,
        ftd as qval
    from subjects

    union all

    select
        studyid,
        usubjid,
        'VITALST' as qnam,
        'Vital Status as Recorded' as qlabel,
        case died when 'Y' then 'DEAD' when 'N' then 'ALIVE' end as qval
    from subjects

    union all

    select
        studyid,
        usubjid,
        'RACE' || cast(position as varchar) as qnam,
        'Race ' || cast(position as varchar) as qlabel,
        races[position] as qval
    from subjects
    cross join (select unnest(range(1, 7)) as position)
    where len(races) > 1

)

select
    studyid,
    'DM' as rdomain,
    usubjid,
    cast(null as varchar) as idvar,
    cast(null as varchar) as idvarval,
    qnam,
    qlabel,
    qval,
    'CRF' as qorig,
    cast(null as varchar) as qeval

from qualifiers
where qval is not null
