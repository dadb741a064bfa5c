-- depends_on: {{ ref('gate_analyses') }}

select
    tests.analysis_id,
    analyses.label,
    tests.endpoint,
    tests.comparison_set,
    tests.comparison,
    tests.test,
    tests.statistic,
    tests.statistic_kind,
    tests.df,
    tests.p_value,
    tests.p_adjusted,
    tests.definition

from {{ ref('survival_tests') }} as tests
inner join {{ ref('analyses') }} as analyses
    on tests.analysis_id = analyses.analysis_id
