{#-
    A quantile of a column of doubles, nulls apart, by R's default (type 7): the value at
    place 1 + (n - 1) * probability of the sorted ones, straight between its neighbours.
-#}
{% macro quantile(value, probability) -%}
    quantile_cont({{ value }}, {{ probability }})
{%- endmacro %}
