-- An analysis is delivered where each of its arms has a study with at least one
-- candidate. It is of a paper where the ledger sets a printed number beside it, or
-- beside the one that it is based on. The variance is the naive one where the analysis
-- has it: it has not where subjects are weighted or used again, and there a robust one
-- is shown, two-way before cluster.

-- depends_on: {{ ref('gate_analyses') }}

with

arms as (

    select
        arms.analysis_id,
        arms.arm,
        bool_or(dm.studyid is not null) as is_delivered,
        string_agg(distinct arms.studyid, ', ' order by arms.studyid) as studies

    from {{ ref('analysis_arms') }} as arms
    left join (select distinct studyid from {{ ref('dm') }}) as dm
        on arms.studyid = dm.studyid
    group by arms.analysis_id, arms.arm

),

deliveries as (

    select
        analysis_id,
        bool_and(is_delivered) as is_delivered,
        string_agg(studies, ', ' order by arm, studies) filter (
            where not is_delivered
        ) as not_delivered

    from arms
    group by analysis_id

),

papers as (

    select
        analysis_id,
        min(paper) as paper

    from {{ ref('ledger_sources') }}
    where analysis_id is not null
    group by analysis_id

),

counts as (

    select
        analysis_id,
        count(*) filter (where arm = 'treated') as n_treated,
        count(*) filter (where arm = 'control') as n_control,
        count(*) filter (where arm = 'treated' and is_eligible) as n_treated_eligible,
        count(*) filter (where arm = 'control' and is_eligible) as n_control_eligible

    from {{ ref('subjects') }}
    group by analysis_id

),

pairs as (

    select
        analysis_id,
        count(*) as n_pairs

    from {{ ref('pairs') }}
    group by analysis_id

),

matched as (

    select
        analysis_id,
        max(method) as method,
        max(n_used) filter (where arm = 'treated') as n_treated_used,
        max(n_used) filter (where arm = 'control') as n_control_used,
        max(effective_sample_size) filter (
            where arm = 'control'
        ) as control_effective_size

    from {{ ref('match_summary') }}
    group by analysis_id

),

hazard_ratios as (

    select
        cox.*,
        row_number() over (
            partition by cox.analysis_id
            order by
                case cox.variance
                    when 'naive' then 1
                    when 'two_way' then 2
                    when 'cluster' then 3
                end
        ) as preference

    from {{ ref('cox') }} as cox
    inner join {{ ref('analysis_main_models') }} as main_models
        on cox.analysis_id = main_models.analysis_id
        and cox.model_id = main_models.model_id
        and cox.endpoint = main_models.endpoint
    where
        cox.term = 'treated'
        and cox.variance in ('naive', 'two_way', 'cluster')

),

largest_imbalances as (

    select
        analysis_id,
        max(abs(smd)) as largest_smd

    from {{ ref('balance') }}
    where sample = 'matched' and role <> 'balance'
    group by analysis_id

)

select
    analyses.analysis_id,
    analyses.based_on,
    analyses.label,
    analyses.why,
    coalesce(deliveries.is_delivered, false) as is_delivered,
    deliveries.not_delivered,
    coalesce(papers.paper, papers_of_base.paper) as paper,
    counts.n_treated,
    counts.n_control,
    counts.n_treated_eligible,
    counts.n_control_eligible,
    matched.method,
    case
        when matched.method in ('nearest', 'optimal') then coalesce(pairs.n_pairs, 0)
    end as n_pairs,
    matched.n_treated_used,
    matched.n_control_used,
    matched.control_effective_size,
    largest_imbalances.largest_smd,
    hazard_ratios.model_id,
    hazard_ratios.endpoint,
    follow_up.follow_up_rule,
    hazard_ratios.n_events,
    hazard_ratios.hazard_ratio,
    hazard_ratios.ci_low,
    hazard_ratios.ci_high,
    hazard_ratios.variance,
    case
        when follow_up.pool = 'recording' and counts.n_control_eligible = 0
        then 'no estimate: no control is of a pseudo-trial that records deaths'
        else hazard_ratios.note
    end as note

from {{ ref('analyses') }} as analyses
left join {{ ref('analysis_follow_up') }} as follow_up
    on analyses.analysis_id = follow_up.analysis_id
left join deliveries on analyses.analysis_id = deliveries.analysis_id
left join papers on analyses.analysis_id = papers.analysis_id
left join papers as papers_of_base on analyses.based_on = papers_of_base.analysis_id
left join counts on analyses.analysis_id = counts.analysis_id
left join pairs on analyses.analysis_id = pairs.analysis_id
left join matched on analyses.analysis_id = matched.analysis_id
left join largest_imbalances
    on analyses.analysis_id = largest_imbalances.analysis_id
left join hazard_ratios
    on analyses.analysis_id = hazard_ratios.analysis_id
    and hazard_ratios.preference = 1
