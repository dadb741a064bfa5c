{#-
    How many different numbers a group has, which must be grouped by `block_of` as well.

    A bit for each number of a block: laboratory files have tens of millions of lines, of
    which a set of all numbers, as of count(distinct), does not fit into the memory.
-#}
{% macro distinct_in_block(number) -%}
    bit_count(bitstring_agg({{ number }} % 65536, 0, 65535))
{%- endmacro %}

{#- The block of 65,536 numbers, from 0 on, that a number is of. -#}
{% macro block_of(number) -%}
    {{ number }} // 65536
{%- endmacro %}
