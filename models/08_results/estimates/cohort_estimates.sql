-- depends_on: {{ ref('gate_analyses') }}

with

attrition as (

    select
        analysis_id,
        'attrition/' || arm || '/' || criterion || '/n_after' as estimate,
        cast(n_after as double) as value,
        'subjects who remain after the step ' || criterion as definition

    from {{ ref('attrition') }}

),

candidates as (

    select
        analysis_id,
        'candidates/' || arm || '/dose_group=' || dose_group || '/n' as estimate,
        cast(count(*) as double) as value,
        'subjects of dose group ' || dose_group || ', before eligibility' as definition

    from {{ ref('subjects') }}
    where dose_group is not null
    group by analysis_id, arm, dose_group

),

pairs as (

    select
        analysis_id,
        'pairs/n' as estimate,
        cast(count(*) as double) as value,
        'matched pairs' as definition

    from {{ ref('pairs') }}
    group by analysis_id

),

baseline as (

    select
        analysis_id,
        'baseline/' || sample || '/' || group_name || '/'
        || variable || coalesce('=' || level, '') || '/' || statistic as estimate,
        value,
        statistic || ' of ' || variable || coalesce(' ' || level, '')
        || ', ' || sample as definition

    from {{ ref('baseline_table') }}

),

baseline_p_values as (

    select
        analysis_id,
        'baseline/' || sample || '/'
        || case
            when comparison <> 'treated vs control' then comparison || '/' else ''
        end
        || variable || '/' || test || '/p' as estimate,
        p_value as value,
        test || ' of ' || comparison || ', ' || sample as definition

    from {{ ref('baseline_tests') }}

),

-- The difference of two groups is given in both directions, so that a paper's order can
-- be named.
baseline_differences as (

    select
        analysis_id,
        'baseline/' || sample || '/' || compared || '/' || variable || '/difference'
            as estimate,
        value,
        'difference of the means of ' || variable || ', ' || compared || ', ' || sample
            as definition

    from (
        select
            analysis_id,
            sample,
            variable,
            unnest(
                [
                    comparison,
                    split_part(comparison, ' vs ', 2)
                    || ' vs '
                    || split_part(comparison, ' vs ', 1)
                ]
            ) as compared,
            unnest([difference, -difference]) as value
        from {{ ref('baseline_tests') }}
        where test = 't_test'
    )

),

pair_differences as (

    select
        analysis_id,
        'pair_differences/' || variable || '/within=' || cast(high as varchar)
        || coalesce('/decimals=' || cast(decimals as varchar), '')
        || '/' || measure as estimate,
        value,
        case measure when 'n_beyond' then 'pairs beyond: ' else 'pairs: ' end || label
            as definition

    from (
        select
            analysis_id,
            variable,
            high,
            decimals,
            label,
            unnest(['n', 'n_beyond']) as measure,
            unnest(
                [cast(n_within as double), cast(n_known - n_within as double)]
            ) as value
        from {{ ref('pair_difference_table') }}
        where kind = 'within'
    )

),

groups as (

    select
        analysis_id,
        endpoint || '/' || comparison_set || '/' || group_name || '/n_members'
            as estimate,
        cast(n_members as double) as value,
        'matched subjects of the group ' || group_name || ' followed for ' || endpoint
            as definition

    from {{ ref('group_counts') }}

),

arms as (

    select distinct
        analysis_id,
        usubjid,
        arm

    from {{ ref('matched_subjects') }}

),

association_rows as (

    select
        analysis_id,
        'association/' || association || '/' || arm || '/' || row_level || '/'
        || measure as estimate,
        value,
        'matched subjects of arm ' || arm || ' by ' || association
        || case when measure = 'percent' then ', percent of the known' else '' end
            as definition

    from (
        select
            members.analysis_id,
            members.association,
            arms.arm,
            members.row_level,
            unnest(['n', 'percent']) as measure,
            unnest(
                [
                    cast(count(*) as double),
                    100.0::double
                    * count(*)
                    / sum(count(*)) over (
                        partition by
                            members.analysis_id, members.association, arms.arm
                    )
                ]
            ) as value
        from {{ ref('association_members') }} as members
        inner join arms
            on members.analysis_id = arms.analysis_id
            and members.usubjid = arms.usubjid
        where members.row_level is not null and members.population <> 'eligible'
        group by
            members.analysis_id, members.association, arms.arm, members.row_level
    )

),

association_p_values as (

    select
        analysis_id,
        'association/' || association || '/' || test || '/p' as estimate,
        p_value as value,
        test || ' of ' || association || ', ' || population as definition

    from {{ ref('associations') }}
    where test is not null

),

largest_difference as (

    select
        analysis_id,
        'balance/' || sample || '/largest_smd' as estimate,
        max(abs(smd)) as value,
        'largest absolute standardized difference of any matching variable, '
        || sample as definition

    from {{ ref('balance') }}
    group by analysis_id, sample

),

cut_points as (

    select
        analysis_id,
        'protocol/' || model_id || '/' || term as estimate,
        try_cast(value as double) as value,
        'cut of the protocol: ' || variable || ' ' || operator || ' ' || value
            as definition

    from {{ ref('analysis_model_terms') }}
    where operator in ('<', '<=', '>', '>=')

),

all_estimates as (

    select * from attrition
    union all
    select * from candidates
    union all
    select * from pairs
    union all
    select * from baseline
    union all
    select * from baseline_p_values
    union all
    select * from baseline_differences
    union all
    select * from pair_differences
    union all
    select * from groups
    union all
    select * from association_rows
    union all
    select * from association_p_values
    union all
    select * from largest_difference
    union all
    select * from cut_points

)

select
    analysis_id,
    estimate,
    value,
    cast(null as varchar) as null_means,
    definition

from all_estimates
