{#-
    The delivered columns whose terms a codelist of raw_terms.csv must know: kind of
    source, table, staged model, column, codelists.
-#}
{% macro coded_columns() -%}
    {%- set coded = [] -%}
    {%- for kind, table, column, codelists in [
        ('proact', 'demographics', 'sex', ['SEX']),
        ('proact', 'demographics', 'ethnicity', ['ETHNIC']),
        ('proact', 'treatment', 'study_arm', ['ARMCD']),
        ('proact', 'deathdata', 'subject_died', ['NY']),
        ('proact', 'riluzole', 'subject_used_riluzole', ['NY']),
        ('proact', 'alshistory', 'site_of_onset', ['ONSETLOC']),
        ('proact', 'adverseevents', 'severity', ['AESEV']),
        ('proact', 'adverseevents', 'outcome', ['OUT']),
        ('proact', 'conmeds', 'unit', ['DOSEUNIT']),
        ('proact', 'conmeds', 'frequency', ['FREQ']),
        ('proact', 'conmeds', 'route', ['ROUTE']),
        ('proact', 'elescorial', 'el_escorial', ['ELESCOR']),
        ('proact', 'familyhistory', 'family_hx_of_neuro_disease', ['FAMHX']),
        ('proact', 'neurofilament', 'matrix', ['SPECTYPE']),
        ('proact', 'handgripstrength', 'test_location', ['LOC']),
        ('proact', 'handgripstrength', 'test_laterality', ['LAT']),
        ('proact', 'handgripstrength', 'test_unit', ['UNIT']),
        ('proact', 'musclestrength', 'test_location', ['LOC']),
        ('proact', 'musclestrength', 'test_laterality', ['LAT']),
        ('proact', 'musclestrength', 'test_unit', ['UNIT']),
        ('proact', 'vitalsigns', 'blood_pressure_diastolic_units', ['UNIT']),
        ('proact', 'vitalsigns', 'blood_pressure_systolic_units', ['UNIT']),
        ('proact', 'vitalsigns', 'height_units', ['UNIT']),
        ('proact', 'vitalsigns', 'pulse_units', ['UNIT']),
        ('proact', 'vitalsigns', 'respiratory_rate_units', ['UNIT']),
        ('proact', 'vitalsigns', 'weight_units', ['UNIT']),
        ('proact', 'vitalsigns', 'temperature_units', ['UNIT']),
        ('site', 'subjects', 'sex', ['SEX']),
        ('site', 'subjects', 'race', ['RACE']),
        ('site', 'subjects', 'country', ['COUNTRY']),
        ('site', 'subjects', 'onset_site', ['ONSETLOC']),
        ('site', 'subjects', 'riluzole', ['NY']),
        ('site', 'subjects', 'el_escorial', ['ELESCOR']),
        ('site', 'subjects', 'arm', ['SITEARM']),
        ('site', 'subjects', 'days_only', ['NY']),
        ('site', 'subjects', 'family_history', ['NY']),
        ('site', 'subjects', 'ftd', ['NY']),
        ('site', 'doses', 'dose_unit', ['DOSEUNIT']),
        ('site', 'visits', 'gastrostomy', ['NY']),
        ('site', 'events', 'event', ['DSDECOD', 'PRDECOD']),
        ('site', 'adverse_events', 'severity', ['AESEV']),
        ('site', 'adverse_events', 'serious', ['NY']),
        ('site', 'adverse_events', 'causality', ['AEREL']),
        ('site', 'adverse_events', 'outcome', ['OUT']),
        ('site', 'adverse_events', 'hospitalised', ['NY']),
        ('site', 'adverse_events', 'congenital_anomaly', ['NY']),
        ('site', 'adverse_events', 'disability', ['NY']),
        ('site', 'adverse_events', 'life_threatening', ['NY']),
        ('site', 'adverse_events', 'medically_important', ['NY']),
    ] -%}
        {%- do coded.append((kind, table, 'stg_' ~ kind ~ '__' ~ table, column, codelists)) -%}
    {%- endfor -%}
    {{ return(coded) }}
{%- endmacro %}
