-- A seed is read by people and compared line by line: a row out of order is a row that
-- the next person enters a second time. The order of the file is that of rowid.

with

sorted as (

    {% for seed, columns in [
        ('raw_terms', 'codelist, raw_term'),
        ('value_bounds', 'source_kind, table_name, column_name, consequence'),
        ('controlled_terms', 'codelist, term'),
        ('sdtm_variables', 'domain, position'),
        ('trial_arms', 'trial, armcd, taetord'),
        ('trial_elements', 'trial, etcd'),
        ('trial_criteria', 'trial, ietestcd'),
        ('trial_parameters', 'trial, tsparmcd, tsseq'),
        ('vital_capacity_norms', 'race, sex'),
        ('vital_signs', 'proact_column'),
        ('unit_conversions', 'unit, standard_unit'),
        ('lab_tests', 'raw_test'),
        ('lab_units', 'raw_unit'),
        ('lab_conversions', 'lbtestcd, unit, standard_unit'),
        ('strength_tests', 'raw_test'),
        ('relatives', 'proact_column'),
        ('raw_tables', 'source_kind, table_name'),
        ('raw_columns', 'source_kind, table_name, position'),
        ('analysis_parameters', 'dataset, paramn'),
        ('visit_windows', 'window_group, avisitn'),
        ('time_to_event_parameters', 'paramn, event'),
        ('age_groups', 'agegr1n'),
        ('als_progression_terms', 'pt'),
        ('pain_terms', 'pt'),
        ('safety_kinds', 'position'),
        ('adam_variables', 'dataset, position'),
        ('submission_codelists', 'codelist'),
        ('submission_datasets', 'dataset'),
        ('sdtm_roles', 'dataset, variable'),
        ('term_codes', 'codelist, term'),
        ('crf_annotations', 'table_name, column_name'),
    ] -%}
    select
        '{{ seed }}' as seed,
        concat_ws(', ', {{ columns }}) as key,
        row_number() over (order by rowid) as line,
        row_number() over (order by {{ columns }}) as sorted_line
    from {{ ref(seed) }}
    {{ 'union all' if not loop.last }}

    {% endfor %}

)

select * from sorted
where line <> sorted_line
