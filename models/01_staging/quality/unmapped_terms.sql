-- One row per source, column and delivered term that its codelist does not know.
--
-- The coded column is null where such a term stands; a row in
-- seeds/codelists/raw_terms.csv gives it a meaning. A country is its ISO 3166 code.

with

coded_columns as (

    {% for model, source_table, column, codelists in [
        ('stg_proact__demographics', 'demographics', 'sex', ['SEX']),
        ('stg_proact__demographics', 'demographics', 'ethnicity', ['ETHNIC']),
        ('stg_proact__treatment', 'treatment', 'study_arm', ['ARMCD']),
        ('stg_proact__deathdata', 'deathdata', 'subject_died', ['NY']),
        ('stg_proact__riluzole', 'riluzole', 'subject_used_riluzole', ['NY']),
        ('stg_proact__alshistory', 'alshistory', 'site_of_onset', ['ONSETLOC']),
        ('stg_proact__adverseevents', 'adverseevents', 'severity', ['AESEV']),
        ('stg_proact__adverseevents', 'adverseevents', 'outcome', ['OUT']),
        ('stg_proact__conmeds', 'conmeds', 'unit', ['DOSEUNIT']),
        ('stg_proact__conmeds', 'conmeds', 'frequency', ['FREQ']),
        ('stg_proact__conmeds', 'conmeds', 'route', ['ROUTE']),
        ('stg_proact__vitalsigns', 'vitalsigns', 'height_units', ['UNIT']),
        ('stg_proact__vitalsigns', 'vitalsigns', 'weight_units', ['UNIT']),
        ('stg_proact__vitalsigns', 'vitalsigns', 'temperature_units', ['UNIT']),
        ('stg_site__subjects', 'subjects', 'sex', ['SEX']),
        ('stg_site__subjects', 'subjects', 'race', ['RACE']),
        ('stg_site__subjects', 'subjects', 'country', ['COUNTRY']),
        ('stg_site__subjects', 'subjects', 'onset_site', ['ONSETLOC']),
        ('stg_site__subjects', 'subjects', 'riluzole', ['NY']),
        ('stg_site__subjects', 'subjects', 'el_escorial', ['ELESCOR']),
        ('stg_site__doses', 'doses', 'dose_unit', ['DOSEUNIT']),
        ('stg_site__visits', 'visits', 'gastrostomy', ['NY']),
        ('stg_site__events', 'events', 'event', ['DSDECOD', 'PRDECOD']),
        ('stg_site__adverse_events', 'adverse_events', 'severity', ['AESEV']),
        ('stg_site__adverse_events', 'adverse_events', 'serious', ['NY']),
        ('stg_site__adverse_events', 'adverse_events', 'causality', ['AEREL']),
        ('stg_site__adverse_events', 'adverse_events', 'outcome', ['OUT']),
    ] -%}
    select
        source,
        '{{ source_table }}' as table_name,
        '{{ column }}' as column_name,
        {{ column }} as raw_term,
        {{ codelists }} as codelists
    from ({{ staged_kept(model) }})
    where {{ column }} is not null
    {{ 'union all' if not loop.last }}

    {% endfor %}

),

known_terms as (

    select
        codelist,
        raw_term
    from {{ ref('raw_terms') }}

    union all

    select
        codelist,
        upper(term) as raw_term
    from {{ ref('controlled_terms') }}
    where codelist = 'COUNTRY'

)

select
    coded_columns.source,
    coded_columns.table_name,
    coded_columns.column_name,
    array_to_string(coded_columns.codelists, ' or ') as codelist,
    coded_columns.raw_term,
    count(*) as n_rows

from coded_columns
left join known_terms
    on list_contains(coded_columns.codelists, known_terms.codelist)
    and upper(coded_columns.raw_term) = known_terms.raw_term
where known_terms.raw_term is null
group by
    coded_columns.source,
    coded_columns.table_name,
    coded_columns.column_name,
    array_to_string(coded_columns.codelists, ' or '),
    coded_columns.raw_term
