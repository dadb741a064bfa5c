{#-
    The bounds of a table's columns, rows of the seed value_bounds, for a query while a
    model is compiled: column_name, rule, consequence, lowest and highest as SQL literals
    of the type of the column (or none), and in_words, for a literal.

    `unknown`: a value beyond them cannot be and is not used. `unscored`: it is kept, and
    no score is made of it. `doubt`: it is used as delivered.
-#}
{% macro value_bounds(source_kind, table_name, consequences) -%}
    {%- set bounds = [] -%}
    {#- named where dbt looks for what a model depends on: a bound may ask for it -#}
    {%- do ref('reference_day') -%}
    {%- set seed = seed_table('value_bounds') -%}
    {%- set dictionary = seed_table('raw_columns') -%}
    {%- if execute -%}
        {%- set wanted -%}
            select
                bounds.column_name, bounds.lowest, bounds.highest, bounds.rule,
                bounds.why, dictionary.data_type, bounds.consequence
            from {{ seed }} as bounds
            inner join {{ dictionary }} as dictionary
                using (source_kind, table_name, column_name)
            where bounds.source_kind = '{{ source_kind }}'
                and bounds.table_name = '{{ table_name }}'
                and bounds.consequence in ('{{ consequences | join("', '") }}')
            order by dictionary.position
        {%- endset -%}
        {%- for row in run_query(wanted).rows -%}
            {%- set ends = [] -%}
            {%- for end in (row[1], row[2]) -%}
                {%- if end == 'reference_day' -%}
                    {%- set end = reference_day() -%}
                {%- endif -%}
                {%- do ends.append(end) -%}
            {%- endfor -%}
            {%- do bounds.append({
                'column_name': row[0],
                'lowest': bound_literal(ends[0], row[5]),
                'highest': bound_literal(ends[1], row[5]),
                'rule': row[3],
                'consequence': row[6],
                'in_words': (bound_words(ends[0], ends[1]) ~ ': ' ~ row[4])
                    | replace("'", "''"),
            }) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(bounds) }}
{%- endmacro %}


{#- A bound as SQL writes it, by the type of its column; none where there is none. -#}
{% macro bound_literal(bound, data_type) -%}
    {%- if bound is none or bound == '' -%}
        {{ return(none) }}
    {%- elif data_type == 'date' -%}
        {{ return("cast('" ~ bound ~ "' as date)") }}
    {%- else -%}
        {{ return(bound) }}
    {%- endif -%}
{%- endmacro %}


{#- The words for a value beyond its bounds. is_beyond_words looks for `lies`. -#}
{% macro bound_words(lowest, highest) -%}
    {%- if lowest is none or lowest == '' -%}
        {{ return('lies above ' ~ highest) }}
    {%- elif highest is none or highest == '' -%}
        {{ return('lies below ' ~ lowest) }}
    {%- else -%}
        {{ return('lies outside ' ~ lowest ~ ' to ' ~ highest) }}
    {%- endif -%}
{%- endmacro %}


{#- Whether a reason is that of a value beyond its bounds. -#}
{% macro is_beyond_words(reason) -%}
    starts_with({{ reason }}, 'lies ')
{%- endmacro %}


{#- Whether a typed value lies beyond its bounds, both of which belong to it. -#}
{% macro is_beyond(value, lowest, highest) -%}
    coalesce(
        {%- if lowest is not none %} ({{ value }}) < {{ lowest }}{% endif %}
        {%- if lowest is not none and highest is not none %} or{% endif %}
        {%- if highest is not none %} ({{ value }}) > {{ highest }}{% endif %},
        false
    )
{%- endmacro %}


{#- The reference day of the delivery as text, for a query while a model is compiled. -#}
{% macro reference_day() -%}
    {%- do ref('reference_day') -%}
    {%- set found = '' -%}
    {%- if execute -%}
        {%- set table = api.Relation.create(
            database=target.database, schema='staging', identifier='reference_day'
        ) -%}
        {%- set found = run_query(
            'select cast(reference_date as varchar) from ' ~ table
        ).rows[0][0] -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}
