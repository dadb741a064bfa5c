-- The month length that alone reproduces Nam 2023: 629 days are printed as 20.68 months
-- and 1201 as 39.48; a month of 30, 30.4375 or 30.5 days does not give both.

with

printed as (

    select
        unnest([629, 1201, 365, 0, -730]) as days,
        unnest([20.68, 39.48, 12.00, 0.00, -24.00]) as months

)

select
    days,
    months,
    {{ months('days') }} as computed

from printed
where abs({{ months('days') }} - cast(months as double)) >= 0.005
