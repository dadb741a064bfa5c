{#- What an event seen at an assessment is read from; columns of the relation `at`. -#}
{% macro assessed_value(at) -%}
    case wanted.event
        when 'DECLINE' then {{ at }}.total
        when 'KINGS STAGE' then {{ at }}.kings_stage
        when 'MITOS STAGE' then {{ at }}.mitos_stage
        when 'FT9 STAGE' then {{ at }}.ft9_stage
        when 'RESPIRATORY INSUFFICIENCY' then {{ at }}.respiratory_insufficiency
    end
{%- endmacro %}
