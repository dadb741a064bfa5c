-- Barczewska 2020 prints > 3, < -3 and "within < 3 and > -3", which leaves exactly 3
-- and -3 without a class. three_is_no_change is the rule of analysis.response;
-- three_is_a_change counts 3 as decreased and -3 as increased; three_has_no_class
-- follows the print.

with

rules as (

    select
        unnest(
            ['three_is_no_change', 'three_is_a_change', 'three_has_no_class']
        ) as response_rule,
        unnest([true, false, false]) as is_main

),

classed as (

    select
        response.analysis_id,
        rules.response_rule,
        rules.is_main,
        response.difference,
        case
            when response.difference > 3 then 'decreased'
            when response.difference < -3 then 'increased'
            when abs(response.difference) < 3
                or rules.response_rule = 'three_is_no_change'
                and response.difference is not null
            then 'no change'
            when rules.response_rule = 'three_is_a_change' and response.difference = 3
            then 'decreased'
            when rules.response_rule = 'three_is_a_change' and response.difference = -3
            then 'increased'
        end as response

    from {{ ref('response') }} as response
    cross join rules

)

select
    analysis_id,
    response_rule,
    is_main,
    count(*) as n_pairs,
    count(*) filter (where response is null) as n_without_class,
    count(*) filter (where response = 'decreased') as n_decreased,
    count(*) filter (where response = 'no change') as n_no_change,
    count(*) filter (where response = 'increased') as n_increased,
    count(*) filter (where difference = 3) as n_at_plus_three,
    count(*) filter (where difference = -3) as n_at_minus_three

from classed
group by analysis_id, response_rule, is_main
