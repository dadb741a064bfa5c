-- A qualifier that names no record of its table is lost to whoever joins the two.

with

named as (

    {% for domain, idvar in [
        ('ae', 'aeseq'), ('mh', 'mhseq'), ('mk', 'mkseq'), ('qs', 'qsspid')
    ] -%}
    select
        supplements.usubjid,
        supplements.rdomain,
        supplements.idvarval,
        supplements.qnam
    from {{ ref('supp' ~ domain) }} as supplements
    left join {{ ref(domain) }} as records
        on supplements.usubjid = records.usubjid
        and supplements.idvarval = cast(records.{{ idvar }} as varchar)
    where records.usubjid is null
    {{ 'union all' if not loop.last }}

    {% endfor %}

)

select * from named
