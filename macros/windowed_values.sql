{#-
    The rows of a table of values, each with the analysis window that its day falls in.

    `values` is a CTE with subject_no, paramn, window_group, aval, ady and in_day, which
    orders several values of a day; `windows` has window_group, avisit, avisitn, awtarget,
    awlo and awhi in study days, null for an open end, both ends included. Adds AVISIT,
    AVISITN, AWTARGET, AWLO, AWHI, AWTDIFF (days to the target, which know no day 0) and
    ANL01FL: Y on the value of a window that is nearest to the target, ties to the
    earlier day, then the last of the day. A value in no window has none of them.
-#}
{% macro windowed_values(values, windows) -%}
    select
        placed.* exclude (window_no),
        windows.avisit,
        windows.avisitn,
        windows.awtarget,
        windows.awlo,
        windows.awhi

    from (
        select
            found.*,
            {{ first_record_flag(
                ['subject_no', 'paramn', 'window_no'],
                ['awtdiff', 'ady', 'in_day desc'],
                'window_no is not null and aval is not null',
            ) }} as anl01fl

        from (
            select
                {{ values }}.* exclude (window_group),
                windows.window_no,
                abs(
                    {{ rel_day(values ~ '.ady') }} - {{ rel_day('windows.awtarget') }}
                ) as awtdiff

            from {{ values }}
            left join ({{ numbered_windows(windows) }}) as windows
                on {{ values }}.window_group = windows.window_group
                and (windows.awlo is null or {{ values }}.ady >= windows.awlo)
                and (windows.awhi is null or {{ values }}.ady <= windows.awhi)
        ) as found
    ) as placed
    left join ({{ numbered_windows(windows) }}) as windows
        on placed.window_no = windows.window_no
{%- endmacro %}


{#- The windows with a number for each, in place of its texts while values are sorted. -#}
{% macro numbered_windows(windows) -%}
    select
        *,
        cast(
            row_number() over (order by window_group, avisitn) as integer
        ) as window_no
    from {{ windows }}
{%- endmacro %}
