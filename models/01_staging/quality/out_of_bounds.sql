-- An impossible value is null in its column, and listed in the staged table's
-- rejected_values; a doubtful one, or one that is not scored, is kept as delivered.

with

impossible as (

    select
        cast(null as varchar) as source_kind,
        cast(null as varchar) as source,
        cast(null as varchar) as table_name,
        cast(null as varchar) as file_name,
        cast(null as bigint) as row_number,
        cast(null as bigint) as line_number,
        cast(null as varchar) as subject_id,
        cast(null as varchar) as column_name,
        cast(null as varchar) as raw_value,
        cast(null as varchar) as reason
    where false

    {% for kind, table, model in staged_tables() -%}
    {%- set staged = ref(model) -%}
    {%- if value_bounds(kind, table, ['unknown']) %}
    union all

    select
        '{{ kind }}' as source_kind,
        source,
        '{{ table }}' as table_name,
        file_name,
        row_number,
        line_number,
        subject_id,
        rejected.column_name,
        rejected.raw_value,
        rejected.reason
    from (
        select
            *,
            unnest(rejected_values) as rejected
        from {{ staged }}
        where row_status <> 'duplicate'
    )
    where {{ is_beyond_words('rejected.reason') }}
    {% endif -%}
    {%- endfor %}

),

doubtful as (

    select
        cast(null as varchar) as source,
        cast(null as varchar) as table_name,
        cast(null as varchar) as file_name,
        cast(null as bigint) as row_number,
        cast(null as bigint) as line_number,
        cast(null as varchar) as subject_id,
        cast(null as varchar) as column_name,
        cast(null as varchar) as raw_value,
        cast(null as varchar) as rule,
        cast(null as varchar) as consequence,
        cast(null as varchar) as reason
    where false

    {% for kind, table, model in staged_tables() -%}
    {%- for bound in value_bounds(kind, table, ['unscored', 'doubt']) %}
    union all

    select
        source,
        '{{ table }}' as table_name,
        file_name,
        row_number,
        line_number,
        subject_id,
        '{{ bound.column_name }}' as column_name,
        regexp_replace(cast({{ bound.column_name }} as varchar), '[.]0$', '')
            as raw_value,
        '{{ bound.rule }}' as rule,
        '{{ bound.consequence }}' as consequence,
        '{{ bound.in_words }}' as reason
    from {{ ref(model) }}
    where row_status = 'kept'
        and {{ is_beyond(bound.column_name, bound.lowest, bound.highest) }}
    {% endfor -%}
    {%- endfor %}

)

select
    impossible.source,
    impossible.table_name,
    impossible.file_name,
    impossible.row_number,
    impossible.line_number,
    impossible.subject_id,
    impossible.column_name,
    impossible.raw_value,
    bounds.rule,
    'unknown' as consequence,
    impossible.reason

from impossible
inner join {{ ref('value_bounds') }} as bounds
    on impossible.source_kind = bounds.source_kind
    and impossible.table_name = bounds.table_name
    and impossible.column_name = bounds.column_name
    and bounds.consequence = 'unknown'

union all

select
    source,
    table_name,
    file_name,
    row_number,
    line_number,
    subject_id,
    column_name,
    raw_value,
    rule,
    consequence,
    reason

from doubtful
