-- Study days have no 0: day 0 is day 1, the day before is -1. A slip of one would move
-- every index day, and turning back must give the day that was delivered.

with

days as (

    select
        unnest([-400, -1, 0, 1, 182, null]) as rel_day,
        unnest([-400, -1, 1, 2, 183, null]) as dy

)

select
    rel_day,
    dy,
    {{ study_day('rel_day') }} as computed_dy,
    {{ rel_day('dy') }} as computed_rel_day,
    {{ study_day_of_date(
        "date '2020-02-29' + rel_day", "date '2020-02-29'"
    ) }} as computed_dy_of_date

from days
where {{ study_day('rel_day') }} is distinct from dy
    or {{ rel_day('dy') }} is distinct from rel_day
    or {{ study_day_of_date(
        "date '2020-02-29' + rel_day", "date '2020-02-29'"
    ) }} is distinct from dy
