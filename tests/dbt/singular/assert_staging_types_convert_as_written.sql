-- `typed` is the only place where a delivered text becomes a value: what it lets
-- through is believed by everything after it, what it refuses is kept in
-- rejected_values.

with

written (data_type, raw_value, expected) as (

    values
        ('id', '007', '7'),
        ('id', ' 12 ', '12'),
        ('id', '12.0', null),
        ('id', '-3', null),
        ('id', 'A1', null),
        ('day', '154.0', '154'),
        ('day', '154.5', null),
        ('day', ' 7 ', '7'),
        ('day', '-90', '-90'),
        ('day', '1e3', '1000'),
        ('day', '3e9', null),
        ('day', 'nan', null),
        ('day', 'inf', null),
        ('number', '2.5', '2.5'),
        ('number', '.5', '0.5'),
        ('number', ' 4 ', '4.0'),
        ('number', '. 0', null),
        ('number', '1,5', null),
        ('number', 'ND', null),
        ('number', 'X.XX', null),
        ('number', '%', null),
        ('number', '1_000', null),
        ('number', '+3', '3.0'),
        ('number', '1e400', null),
        ('number', 'nan', null),
        ('number', '-inf', null),
        ('flag', '1', 'true'),
        ('flag', '1.0', 'true'),
        ('flag', '0', 'false'),
        ('flag', '3', null),
        ('flag', 'Y', null),
        ('date', '2020-02-29', '2020-02-29'),
        ('date', '2021-02-29', null),
        ('date', '2020-2-9', null),
        ('date', '29/02/2020', null),
        ('date', '2020-02-29 10:00', null),
        ('text', ' Onset: Limb ', 'Onset: Limb'),
        ('text', '   ', null),
        ('text', '', null)

),

converted as (

    select
        *,
        case data_type
            {%- for type in ['id', 'day', 'number', 'flag', 'date', 'text'] %}
            when '{{ type }}' then cast({{ typed('raw_value', type) }} as varchar)
            {%- endfor %}
        end as converted

    from written

)

select * from converted
where converted is distinct from expected
