with

arm_sources as (

    select
        analysis_id,
        arm,
        studyid || case armcd
            when 'ANY' then ''
            when 'NONE' then ', in no arm'
            else ', arm ' || armcd
        end as source,
        case
            when index_rule = 'first_dose' then 'the first dose'
            when index_rule = 'trial_entry' then 'entry into the trial'
            when index_rule = 'assessment' then 'the index assessment'
            when index_rule = 'diagnosis'
            then 'the diagnosis, or day 0 where that is later'
            when index_rule = 'nearest_to_matched_time'
            then 'the assessment nearest to the median time of the treated'
            when starts_with(index_rule, 'drawn_')
            then 'an assessment drawn from those of the baseline window, seed '
                || replace(index_rule, 'drawn_', '')
            when index_rule = 'all_visits'
            then 'each assessment of the baseline window, as separate candidates'
            when starts_with(index_rule, 'visit_')
            then 'assessment ' || substr(index_rule, 7)
            else index_rule
        end as index_words

    from {{ ref('analysis_arms') }}

),

topics as (

    select
        analysis_id,
        'arms' as topic,
        case arm when 'treated' then 1 else 2 end as position,
        case arm when 'treated' then 'Treated' else 'Controls' end
        || ': ' || case
            when count(distinct index_words) = 1
            then string_agg(source, '; ' order by source)
                || '. Follow-up counts from ' || min(index_words)
            else 'pooled, with follow-up of ' || string_agg(
                source || ' from ' || index_words, '; of ' order by source
            )
        end || '.' as sentence

    from arm_sources
    group by analysis_id, arm

    union all

    select
        analysis_id,
        'arms' as topic,
        case arm when 'control' then 4 else 3 end as position,
        case arm
            when 'treated' then 'Of the treated time'
            when 'control' then 'Of the controls time'
            else 'Time'
        end || ' counts from ' || case time_zero
            when 'first_dose' then 'the first dose'
            when 'entry' then 'entry into the study'
            when 'onset' then 'symptom onset'
            when 'index' then 'the index day'
            else {{ words('time_zero') }}
        end || case
            when time_zero = 'index' then ''
            else '; a subject is at risk from the index day on, when it comes under '
                || 'observation (delayed entry)'
        end || '.' as sentence

    from {{ ref('analysis_clocks') }}

    union all

    select
        analysis_id,
        'windows' as topic,
        row_number() over (
            partition by analysis_id order by offset_days, window_id, arm
        ) as position,
        {{ words('window_id') }}
        || case arm when 'both' then '' else ' (' || arm || ')' end
        || ': the ' || case requires
            when 'complete' then 'complete assessment'
            when 'total' then 'assessment with a total'
            else 'assessment'
        end || ' nearest to ' || case anchor
            when 'trial_entry' then 'trial entry'
            when 'index_day' then 'the index day'
            when 'baseline' then 'the index assessment'
            else 'the day of ' || {{ words('anchor') }}
        end || case
            when offset_days > 0 then ' + ' || offset_days || ' days'
            when offset_days < 0 then ' - ' || -offset_days || ' days'
            else ''
        end || ', from ' || -from_day || ' days before to ' || to_day || ' after it.'
            as sentence

    from {{ ref('analysis_windows') }}

    union all

    select
        analysis_id,
        'eligibility' as topic,
        step as position,
        min(label) || case
            when bool_and(arm = 'both') then ''
            else ' (' || string_agg(distinct arm, ', ' order by arm) || ')'
        end || '.' as sentence

    from {{ ref('analysis_eligibility') }}
    group by analysis_id, step

    union all

    select
        analysis_id,
        'matching' as topic,
        0 as position,
        case method
            when 'nearest'
            then 'Nearest neighbours' || case distance
                when 'mahalanobis' then ' by Mahalanobis distance'
                when 'robust_mahalanobis' then ' by robust Mahalanobis distance'
                when 'scaled_euclidean' then ' by scaled Euclidean distance'
                else ''
            end
            when 'optimal'
            then 'Optimal pairs: as many as possible, then the least total distance'
            when 'cem' then 'Coarsened exact matching'
            when 'subclass' then subclasses || ' subclasses of the score'
            when 'entropy' then 'Entropy balancing of the covariates'
            when 'energy' then 'Energy balancing of the covariates'
            else 'Method ' || {{ words('method') }}
        end
        || coalesce(', 1:' || ratio, '')
        || case
            when replacement is null then ''
            when replacement then ', with replacement'
            else ', without replacement'
        end
        || coalesce(
            ', on the scale of the ' || case score_scale
                when 'linear' then 'linear predictor' else {{ words('score_scale') }}
            end,
            ''
        )
        || case
            when tie_policy = 'matchit_4_7' then ', ties as in MatchIt 4.7' else ''
        end
        || '.' as sentence

    from {{ ref('analysis_matching') }}

    union all

    select
        assumed.analysis_id,
        'assumptions' as topic,
        row_number() over (
            partition by assumed.analysis_id order by assumed.variable, assumed.arm
        ) as position,
        coalesce(variables.label, {{ words('assumed.variable') }})
        || ' is ' || assumed.value || ' where it is not known'
        || case assumed.arm when 'both' then '' else ' (' || assumed.arm || ')' end
        || ': ' || assumed.why || '.' as sentence

    from {{ ref('analysis_assumed_values') }} as assumed
    left join {{ ref('variables') }} as variables
        on assumed.variable = variables.variable

    union all

    select
        terms.analysis_id,
        'matching' as topic,
        case terms.role
            when 'exact' then 1
            when 'score' then 2
            when 'covariate' then 3
            when 'caliper' then 4
            when 'distance' then 5
            else 6
        end as position,
        case terms.role
            when 'exact' then 'Matched exactly on: '
            when 'score' then 'Score, a logistic regression of treatment on: '
            when 'covariate' then 'Covariates: '
            when 'caliper' then 'Calipers: '
            when 'distance' then 'Distance, the sum of differences: '
            when 'balance' then 'Reported, not matched on: '
            else {{ words('terms.role') }} || ': '
        end || string_agg(
            case
                when terms.role = 'caliper'
                then case when terms.caliper < 0 then 'more than ' else '' end
                || cast(abs(terms.caliper) as decimal(9, 3))::double || case
                    when terms.caliper_unit = 'sd' then ' SD'
                    else coalesce(' ' || variables.unit, '')
                end || ' in '
                else ''
            end
            || coalesce(variables.label, {{ words('terms.variable') }})
            || case
                when terms.role = 'distance' and terms.scale is not null
                then ' / ' || terms.scale
                when terms.cutpoints is not null
                then ' (cut: ' || replace(terms.cutpoints, '|', ', ') || ')'
                when terms.moments > 1
                then ' (' || terms.moments || ' moments)'
                else ''
            end,
            '; ' order by terms.variable
        ) || '.' as sentence

    from {{ ref('analysis_matching_terms') }} as terms
    left join {{ ref('variables') }} as variables
        on terms.variable = variables.variable
    group by terms.analysis_id, terms.role

    union all

    select
        analysis_id,
        'endpoints' as topic,
        row_number() over (partition by analysis_id order by endpoint) as position,
        min(label) || ' (' || endpoint || '): '
        || string_agg(
            lower(event) || case
                when event = 'DECLINE'
                then ' of ' || {{ number_text('threshold') }} || ' points or more'
                when event = 'RESPIRATORY INSUFFICIENCY'
                then ', item 12 at ' || {{ number_text('threshold') }} || ' or below'
                when threshold is not null
                then ' ' || {{ number_text('threshold') }} || ' or above'
                else ''
            end || case role
                when 'competing' then ', competing'
                when 'censor' then ', ends follow-up'
                else ''
            end || case arm when 'both' then '' else ' (' || arm || ')' end,
            ', ' order by arm, event
        ) || '.' as sentence

    from {{ ref('analysis_endpoints') }}
    group by analysis_id, endpoint

    union all

    select
        analysis_id,
        'endpoints' as topic,
        100 + row_number() over (
            partition by analysis_id order by endpoint, arm, event, studyid
        ) as position,
        studyid || ' does not record ' || lower(event) || ', which counts for '
        || endpoint || ' (' || arm || '): ' || case treatment
            when 'ignored'
            then 'its subjects are followed as if the endpoint did not include it'
            else 'its subjects have no value of the endpoint'
        end || '. ' || why || '.' as sentence

    from {{ ref('endpoint_sources') }}
    where treatment <> 'counted'

    union all

    select
        analysis_id,
        'groups' as topic,
        row_number() over (
            partition by analysis_id order by comparison_set
        ) as position,
        {{ words('comparison_set') }} || ': ' || string_agg(
            {{ words('group_name') }}, ' against ' order by position desc
        ) || '.' as sentence

    from (
        -- a group of several conditions has a row for each
        select
            analysis_id,
            comparison_set,
            group_name,
            min(position) as position
        from {{ ref('analysis_groups') }}
        group by analysis_id, comparison_set, group_name
    )
    group by analysis_id, comparison_set

    union all

    select
        models.analysis_id,
        'models' as topic,
        row_number() over (
            partition by models.analysis_id order by models.model_id desc
        ) as position,
        'Cox model ' || {{ words('models.model_id') }} || ' of ' || models.endpoint
        || ' on ' || terms.terms || '; variance ' || models.variances || '; ties '
        || models.ties || '.' as sentence

    from (
        select
            analysis_id,
            model_id,
            min(endpoint) as endpoint,
            min(ties) as ties,
            string_agg(distinct variance, ', ' order by variance) as variances
        from {{ ref('analysis_models') }}
        group by analysis_id, model_id
    ) as models
    inner join (
        select
            analysis_id,
            model_id,
            string_agg(
                {{ words('term') }} || case
                    when variable is null or operator is null then ''
                    when operator = 'value' and variable = term then ''
                    when operator = 'value' then ' (' || {{ words('variable') }} || ')'
                    else ' (' || {{ words('variable') }} || ' ' || operator || ' '
                    || coalesce(value, '') || ')'
                end,
                ', ' order by position
            ) as terms
        from {{ ref('analysis_model_terms') }}
        group by analysis_id, model_id
    ) as terms
        on models.analysis_id = terms.analysis_id
        and models.model_id = terms.model_id

)

select
    analysis_id,
    topic,
    cast(position as bigint) as position,
    sentence

from topics
