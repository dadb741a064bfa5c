-- One row per table that a reporting item names and main analysis: how many rows of it
-- are about the analysis. Tables about the whole delivery count for every analysis.

{%- set by_analysis = [
    ref('analyses'), ref('analysis_arms'), ref('analysis_dose_contrasts'),
    ref('analysis_eligibility'), ref('analysis_endpoints'), ref('analysis_follow_up'),
    ref('analysis_matching'), ref('analysis_models'), ref('analysis_subgroups'),
    ref('attrition'), ref('cohort_endpoints'), ref('index_days'),
    ref('window_assessments'), ref('balance'), ref('match_summary'),
    ref('ascertainment'), ref('baseline_table'), ref('calibrated'),
    ref('covariate_strength'), ref('cox'), ref('e_values'), ref('imputed'),
    ref('placebo_null'), ref('power'), ref('specifications'), ref('survival_curves'),
    ref('survival_summary'), ref('time_contrasts'), ref('tipping_points'),
    ref('verdict'),
] %}
{%- set by_delivery = [
    ref('provenance'), ref('row_accounting'), ref('variables'),
] %}

with

main_analyses as (

    select analysis_id
    from {{ ref('analysis_summary') }}
    where based_on is null and is_delivered

),

counts as (

    {% for table in by_analysis -%}
    select
        '{{ table.schema }}.{{ table.identifier }}' as evidence_table,
        analysis_id,
        count(*) as n_rows
    from {{ table }}
    group by analysis_id

    union all

    {% endfor -%}
    {% for table in by_delivery -%}
    select
        '{{ table.schema }}.{{ table.identifier }}' as evidence_table,
        main_analyses.analysis_id,
        (select count(*) from {{ table }}) as n_rows
    from main_analyses
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

tables as (

    -- from their names, as an empty table has no row among the counts
    {% for table in by_analysis + by_delivery -%}
    select '{{ table.schema }}.{{ table.identifier }}' as evidence_table
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    tables.evidence_table,
    main_analyses.analysis_id,
    coalesce(counts.n_rows, 0) as n_rows

from tables
cross join main_analyses
left join counts
    on tables.evidence_table = counts.evidence_table
    and main_analyses.analysis_id = counts.analysis_id
