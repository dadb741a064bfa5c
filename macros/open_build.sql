{% macro open_build() %}select 1{% endmacro %}
