{#-
    The least squares line of y on x, as aggregates: slope and intercept, null where fewer
    than two values of x differ.

    Written with plain sums, which are exact for whole days and points, so that the order
    of rows cannot move them; `regr_slope` updates a mean row by row.
-#}
{% macro line_slope(y, x) -%}
    (
        (count({{ x }}) * sum(({{ x }}) * ({{ y }})) - sum({{ x }}) * sum({{ y }}))
        / nullif(
            count({{ x }}) * sum(({{ x }}) * ({{ x }})) - sum({{ x }}) * sum({{ x }}), 0
        )
    )
{%- endmacro %}

{% macro line_intercept(y, x) -%}
    ((sum({{ y }}) - {{ line_slope(y, x) }} * sum({{ x }})) / count({{ x }}))
{%- endmacro %}
