{#-
    A staged table: one row per line of the file, each column typed as the seed
    `raw_columns` says, nothing dropped.

    row_status  kept, duplicate (an earlier line of the same source is equal in
                every field) or rejected (the line cannot be used at all; row_reason
                says why and row_text keeps the line).
    rejected_values  the values of a line that did not convert, or that the seed
                `value_bounds` says cannot be; they are null in their column.

    line_number  the line of the file, as an editor counts: the heading is line 1, and
                a record that holds line ends has the number of its first line.

    A site's table has one column more, for a layout of its own: value_problems.
-#}
{% macro staged(source_kind, table_name) -%}
    {%- set is_site = source_kind == 'site' -%}
    {%- set dictionary = ref('raw_columns') -%}
    {%- set columns = [] -%}
    {%- set bounds = {} -%}
    {%- for bound in value_bounds(source_kind, table_name, ['unknown']) -%}
        {%- do bounds.update({bound.column_name: bound}) -%}
    {%- endfor -%}
    {%- if execute -%}
        {%- set wanted -%}
            select column_name, data_type, value_is_required from {{ dictionary }}
            where source_kind = '{{ source_kind }}' and table_name = '{{ table_name }}'
            order by position
        {%- endset -%}
        {%- for row in run_query(wanted).rows -%}
            {%- do columns.append({
                'name': row[0],
                'value': possible(typed(row[0], row[1]), bounds.get(row[0])),
                'converted': typed(row[0], row[1]),
                'type': row[1],
                'is_required': row[2],
                'bound': bounds.get(row[0]),
            }) -%}
        {%- endfor -%}
    {%- endif -%}

with

-- Each step reads the file again: that is faster than to hold its lines.
delivered as not materialized (

    {{ delivered(source_kind, table_name) }}

),

-- Different lines may have one hash: the texts of these lines are compared below.
repeated_hashes as materialized (

    select hash(row_text) as line_hash
    from delivered
    group by line_hash
    having count(*) > 1

),

typed as not materialized (

    select
        source,
        file_name,
        row_number,
        line_number,
        {%- if is_site %}
        value_problems,
        {%- endif %}
        row_text,
        field_problem,
        {%- for column in columns %}
        {{ column.value }} as {{ column.name }},
        {%- endfor %}
        {% if is_site -%}
        list_concat(
            list_transform(value_problems, lambda problem: {
                'column_name': problem.column_name,
                'raw_value': problem.raw_value,
                'reason': problem.reason
            }),
            {{ rejected_values(columns) }}
        )
        {%- else -%}
        {{ rejected_values(columns) }}
        {%- endif %} as rejected_values,
        hash(row_text) in (select repeated_hashes.line_hash from repeated_hashes)
            as is_repeated

    from delivered

),

copies_counted as (

    select
        *,
        1 as copy_number
    from typed
    where not is_repeated

    union all

    select
        *,
        row_number() over (
            -- one line of a site's own file may be several rows of the table
            partition by source, row_text
            {%- if is_site %}{% for column in columns %}, {{ column.name }}{% endfor %}
            {%- endif %}
            order by row_number
        ) as copy_number
    from typed
    where is_repeated

),

judged as (

    select
        *,
        {{ row_problem(columns) }} as row_problem
    from copies_counted

)

select
    source,
    file_name,
    row_number,
    {%- for column in columns %}
    {{ column.name }},
    {%- endfor %}
    line_number,
    case
        when row_problem is not null then 'rejected'
        when copy_number > 1 then 'duplicate'
        else 'kept'
    end as row_status,
    case
        when row_problem is not null then row_problem
        when copy_number > 1 then 'equal to an earlier line in every field'
    end as row_reason,
    case
        when row_problem is not null then replace(row_text, chr(31), ',')
    end as raw_row,
    case
        when field_problem is null and copy_number = 1 then rejected_values
    end as rejected_values
    {%- if is_site %},
    case when copy_number = 1 then value_problems end as value_problems
    {%- endif %}

from judged
{%- endmacro %}


{#- A typed value, null where it lies beyond what can be. -#}
{% macro possible(value, bound) -%}
    {%- if bound -%}
        case
            when not {{ is_beyond(value, bound.lowest, bound.highest) }} then {{ value }}
        end
    {%- else -%}
        {{ value }}
    {%- endif -%}
{%- endmacro %}


{#- Why a line cannot be used at all, null where it can. -#}
{% macro row_problem(columns) -%}
    case
        when field_problem is not null then field_problem
        {%- for column in columns if column.is_required %}
        {%- if column.bound %}
        when {{ column.name }} is null
            and list_contains(
                list_transform(
                    rejected_values, lambda value: value.column_name || value.reason
                ),
                '{{ column.name }}{{ column.bound.in_words }}'
            )
        then 'no usable {{ column.name }}: it {{ column.bound.in_words }}'
        {%- endif %}
        when {{ column.name }} is null then 'no usable {{ column.name }}'
        {%- endfor %}
    end
{%- endmacro %}


{#- List of the values of a line that are there and did not convert, or cannot be. -#}
{% macro rejected_values(columns) -%}
    list_filter(
        [
            {%- for column in columns if column.type != 'text' %}
            case
                when nullif(trim({{ column.name }}), '') is not null
                    and {{ column.value }} is null
                then {
                    'column_name': '{{ column.name }}',
                    'raw_value': {{ column.name }},
                    'reason': {{ value_reason(column) }}
                }
            end{{ ',' if not loop.last }}
            {%- endfor %}
        ],
        lambda value: value is not null
    )
{%- endmacro %}


{#- Why a value that is there is not used, in words: no value of the type, or beyond. -#}
{% macro value_reason(column) -%}
    {%- set not_of_type -%}
        {%- if column.type == 'date' -%}
            {{ date_reason(column.name) }}
        {%- else -%}
            '{{ type_reason(column.type) }}'
        {%- endif -%}
    {%- endset -%}
    {%- if column.bound -%}
        case
            when {{ column.converted }} is null then {{ not_of_type }}
            else '{{ column.bound.in_words }}'
        end
    {%- else -%}
        {{ not_of_type }}
    {%- endif -%}
{%- endmacro %}
