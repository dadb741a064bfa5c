{#- The quantile that a condition of the protocol names: q1, median or q3. -#}
{% macro order_statistic(value, statistic) -%}
    case {{ statistic }}
        when 'q1' then {{ quantile(value, '0.25') }}
        when 'median' then {{ quantile(value, '0.5') }}
        when 'q3' then {{ quantile(value, '0.75') }}
    end
{%- endmacro %}
