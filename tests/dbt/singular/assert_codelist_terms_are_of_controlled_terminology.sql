-- These codelists are fixed by CDISC (SDTM CT 2025-03-28): a term of ours that is not
-- of them, be it a slip of spelling, makes every exported file invalid.

{% set fixed = {
    'AESEV': ['MILD', 'MODERATE', 'SEVERE'],
    'ETHNIC': [
        'HISPANIC OR LATINO', 'NOT HISPANIC OR LATINO', 'NOT REPORTED', 'UNKNOWN'
    ],
    'NY': ['N', 'NA', 'U', 'Y'],
    'OUT': [
        'FATAL', 'NOT RECOVERED/NOT RESOLVED', 'RECOVERED/RESOLVED',
        'RECOVERED/RESOLVED WITH SEQUELAE', 'RECOVERING/RESOLVING', 'UNKNOWN'
    ],
    'RACE': [
        'AMERICAN INDIAN OR ALASKA NATIVE', 'ASIAN', 'BLACK OR AFRICAN AMERICAN',
        'NATIVE HAWAIIAN OR OTHER PACIFIC ISLANDER', 'NOT REPORTED', 'OTHER',
        'UNKNOWN', 'WHITE'
    ],
    'SEX': ['F', 'INTERSEX', 'M', 'U'],
} -%}

select
    codelist,
    raw_term,
    term
from {{ ref('raw_terms') }}
where case codelist
    {%- for codelist, terms in fixed.items() %}
    when '{{ codelist }}'
    then term not in (
        {%- for term in terms %}
        '{{ term }}'{{ ',' if not loop.last }}
        {%- endfor %}
    )
    {%- endfor %}
    else false
end
