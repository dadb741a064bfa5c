-- `consequence` says how a value is handled: `unknown` values are not used, `unscored`
-- ones give no score, `doubt` ones are used as delivered.

with

doubts as (

    select
        *,
        'doubt' as consequence
    from {{ ref('doubtful_courses') }}

    union all by name

    select
        *,
        'doubt' as consequence
    from {{ ref('doubtful_subjects') }}

    union all by name

    select * from {{ ref('out_of_bounds') }}

)

select
    source,
    table_name,
    case when source = 'proact' then 'stg_proact__' else 'stg_site__' end || table_name
        as staged_table,
    file_name,
    line_number,
    subject_id,
    upper(source) || '-' || subject_id as usubjid,
    column_name,
    raw_value,
    rule,
    consequence,
    reason

from doubts
