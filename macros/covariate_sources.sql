{#-
    How the rows of seeds/protocol/variables.csv become columns: what each source gives.
    What a row may say is counterarm.protocol.variables'; its lists are the same.
-#}

{#- The variables that are always there: what a query needs to know of each. -#}
{% macro variables_always() -%}
    {%- set table = seed_table('variables') -%}
    {%- set rows = [] -%}
    {%- if execute -%}
        {%- set wanted -%}
            select variable, kind, source, parameter, field, record from {{ table }}
            where computed = 'always'
            order by variable
        {%- endset -%}
        {%- for row in run_query(wanted).rows -%}
            {%- do rows.append(dict(row)) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(rows) }}
{%- endmacro %}


{#- The others that some analysis names: what a query needs to know of each. -#}
{% macro variables_named() -%}
    {%- do ref('analysis_variables') -%}
    {%- set rows = [] -%}
    {%- if execute -%}
        {%- set table = api.Relation.create(
            database=target.database, schema='protocol', identifier='analysis_variables'
        ) -%}
        {%- set wanted -%}
            select distinct variable, kind, source, parameter, field, record
            from {{ table }}
            order by variable
        {%- endset -%}
        {%- for row in run_query(wanted).rows -%}
            {%- do rows.append(dict(row)) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(rows) }}
{%- endmacro %}


{#- Those variables as further columns of a select list. -#}
{% macro named_columns(table) -%}
    {%- for row in variables_named() %},
    {{ table }}.{{ row.variable }}
    {%- endfor -%}
{%- endmacro %}


{#- The codes of the parameters of some variables, quoted, for a condition `in`. -#}
{% macro codes_of(rows) -%}
    {%- set codes = [] -%}
    {%- for row in rows -%}
        {%- for code in row.parameter.split('|') -%}
            {%- do codes.append("'" ~ code | replace("'", "''") ~ "'") -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(codes | unique | sort | join(', ')) }}
{%- endmacro %}


{#- What a row of source adsl, scales or rule is, in the query of `covariates`. -#}
{% macro covariate_value(row) -%}
    {%- if row.source == 'rule' -%}
        {{ covariate_rules()[row.parameter] }}
    {%- elif row.source == 'scales' and row.field == 'slope' -%}
        (baseline.total - {{ row.record }}.total)
        / nullif({{ months('baseline.rel_day - ' ~ row.record ~ '.rel_day') }}, 0)
    {%- elif row.source == 'scales' -%}
        {{ row.record }}.{{ row.parameter }}
    {%- elif row.field == 'days' -%}
        {{ days_since(row.parameter) }}
    {%- elif row.field == 'months' -%}
        {{ months(days_since(row.parameter)) }}
    {%- elif row.kind == 'categorical' -%}
        case
            when adsl.{{ row.parameter }} not in ('U', 'UNKNOWN', 'NOT REPORTED')
            then adsl.{{ row.parameter }}
        end
    {%- else -%}
        adsl.{{ row.parameter }}
    {%- endif -%}
{%- endmacro %}


{#- Days from a day of ADSL to the index day; null where it is later. -#}
{% macro days_since(column) -%}
    case
        when {{ rel_day('adsl.' ~ column) }} <= index_days.index_day
        then index_days.index_day - {{ rel_day('adsl.' ~ column) }}
    end
{%- endmacro %}


{#- Rules that are always there: expressions over the CTEs of `covariates`. -#}
{% macro covariate_rules() -%}
    {{ return({
        'booster_interval_months': months('boosters.interval_days'),
        'deaths_recorded':
            "case when adsl.studyid = 'PROACT' then pseudo_trials.deaths_recorded"
            ~ " else 'site' end",
        'dose_group': 'dose_groups.dose_group',
        'follow_up_days': 'follow_up.follow_up_days',
        'is_ventilated_at_index':
            'case when index_days.index_day is not null then case'
            ~ ' when procedures.ventilation_day <= index_days.index_day then true'
            ~ ' when not coalesce(procedures.has_undated, false) then false end end',
        'n_assessments_after_index':
            'case when index_days.index_day is not null'
            ~ ' then coalesce(later_assessments.n_assessments_after_index, 0) end',
        'n_dose_windows_assessed': 'coalesce(dose_windows.n_dose_windows_assessed, 0)',
        'riluzole':
            "coalesce(adsl.riluzfl, case when riluzole_at_index.usubjid is not null"
            ~ " then 'Y' end)",
    }) }}
{%- endmacro %}


{#-
    Formulas over other variables, whose columns they name; what each needs is in
    `covariate_formula_inputs`. The TRICALS risk profile is that of the trials' public R
    script (van Eijk; the model without C9orf72 of Westeneng 2018): its months are
    365.25/12 days and its years 365.25 days; BULBAR alone is a bulbar onset.
-#}
{% macro covariate_formulas() -%}
    {{ return({
        'bmi':
            'case when height between 100 and 250'
            ~ ' then body_weight / ((height / 100) * (height / 100)) end',
        'bmi_change':
            'case when height between 100 and 250'
            ~ ' then body_weight_change / ((height / 100) * (height / 100)) end',
        'diagnostic_delay_months':
            'case when symptom_days >= disease_days then '
            ~ months('symptom_days - disease_days') ~ ' end',
        'initial_progression_speed': '(48 - alsfrs_r_total) / (disease_months + 12)',
        'onset_progression_speed': '(48 - alsfrs_r_total) / nullif(symptom_months, 0)',
        'tricals': tricals_risk_profile(),
        'tricals_missing':
            "coalesce(nullif(concat_ws(', ', " ~ tricals_missing() | join(', ')
            ~ "), ''), 'none')",
    }) }}
{%- endmacro %}


{% macro covariate_formula_inputs() -%}
    {%- set of_tricals = [
        'age', 'alsfrs_r_total', 'disease_days', 'el_escorial', 'ftd', 'fvc_pct',
        'onset_site', 'svc_pct', 'symptom_days'
    ] -%}
    {{ return({
        'bmi': ['body_weight', 'height'],
        'bmi_change': ['body_weight_change', 'height'],
        'diagnostic_delay_months': ['disease_days', 'symptom_days'],
        'initial_progression_speed': ['alsfrs_r_total', 'disease_months'],
        'onset_progression_speed': ['alsfrs_r_total', 'symptom_months'],
        'tricals': of_tricals,
        'tricals_missing': of_tricals,
    }) }}
{%- endmacro %}


{#- Each component of the TRICALS risk profile: its name in words, and its term. -#}
{% macro tricals_components() -%}
    {%- set month = '(365.25 / 12.0)::double' -%}
    {%- set age = '((age + (index_day - symptom_days) / 365.25::double) / 100)' -%}
    {%- set speed = '((48 - alsfrs_r_total) / (symptom_days / ' ~ month ~ '))' -%}
    {%- set delay = '(((symptom_days - disease_days) / ' ~ month ~ ') / 10)' -%}
    {%- set capacity = '(coalesce(fvc_pct, svc_pct) / 100)' -%}
    {{ return({
        'progression since onset':
            'case when symptom_days > 0 then -1.839 * power(0.1 + ' ~ speed
            ~ ', -0.5) end',
        'diagnostic delay':
            'case when symptom_days > disease_days then -2.376 * (power(' ~ delay
            ~ ', -0.5) + ln(' ~ delay ~ ')) end',
        'age at onset':
            'case when ' ~ age ~ ' > 0 then -0.264 * power(' ~ age ~ ', -2) end',
        'vital capacity':
            'case when ' ~ capacity ~ ' > 0 then 0.474 * (power(' ~ capacity
            ~ ', -1) + power(' ~ capacity ~ ', -0.5)) end',
        'bulbar onset':
            "case when onset_site is not null"
            ~ " then 0.271 * cast(onset_site = 'BULBAR' as integer) end",
        'definite ALS':
            "case when el_escorial is not null"
            ~ " then 0.238 * cast(el_escorial = 'DEFINITE' as integer) end",
        'frontotemporal dementia':
            "case ftd when 'Y' then 0.415 when 'N' then 0.0 end",
    }) }}
{%- endmacro %}


{% macro tricals_risk_profile() -%}
    {{ return('round(' ~ tricals_components().values() | join(' + ') ~ ', 10)') }}
{%- endmacro %}


{#- A text for each component, its name where it is not known. -#}
{% macro tricals_missing() -%}
    {%- set texts = [] -%}
    {%- for name, term in tricals_components().items() -%}
        {%- do texts.append(
            'case when (' ~ term ~ ") is null then '" ~ name ~ "' end"
        ) -%}
    {%- endfor -%}
    {{ return(texts) }}
{%- endmacro %}


{#- The variables of which an analysis assumes a value where it is not known. -#}
{% macro assumed_variables() -%}
    {%- do ref('analysis_assumed_values') -%}
    {%- set names = [] -%}
    {%- if execute -%}
        {%- set table = api.Relation.create(
            database=target.database, schema='protocol',
            identifier='analysis_assumed_values'
        ) -%}
        {%- for row in run_query(
            'select distinct variable from ' ~ table ~ ' order by variable'
        ).rows -%}
            {%- do names.append(row[0]) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(names) }}
{%- endmacro %}
