-- --SEQ names a record for SUPP-- and RELREC; a gap or a repeat would tie a qualifier
-- to another record.

with

numbered as (

    {% for domain in [
        'ae', 'cm', 'ds', 'ex', 'lb', 'mh', 'mk', 'pr', 'qs', 're', 'vs'
    ] -%}
    select
        '{{ domain }}' as domain,
        usubjid,
        count(*) as n_records,
        count(distinct {{ domain }}seq) as n_numbers,
        min({{ domain }}seq) as first_number,
        max({{ domain }}seq) as last_number
    from {{ ref(domain) }}
    group by usubjid
    {{ 'union all' if not loop.last }}

    {% endfor %}

)

select * from numbered
where n_numbers <> n_records or first_number <> 1 or last_number <> n_records
