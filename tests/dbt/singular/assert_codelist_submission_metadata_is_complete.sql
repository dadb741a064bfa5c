-- What a package would leave out of define.xml: a dataset without a label, an SDTM
-- variable without a role, a codelist without a name, a code for a term that is in no
-- codelist.

with

variables as (

    select
        domain as dataset,
        variable,
        codelist
    from {{ ref('sdtm_variables') }}
    union all
    select
        dataset,
        variable,
        codelist
    from {{ ref('adam_variables') }}

),

-- the variable as SDTM's model writes it: --dy of lbdy, and of mhdy in apmh
general as (

    select
        domain,
        variable,
        case
            when starts_with(variable, right(domain, 2)) and length(domain) <= 4
                then '--' || variable[3:]
            else variable
        end as general
    from {{ ref('sdtm_variables') }}

)

select
    'dataset without a row in submission_datasets' as what,
    dataset as name
from variables
anti join {{ ref('submission_datasets') }} using (dataset)

union all

select
    'variable without a row in sdtm_roles' as what,
    general.domain || '.' || general.variable as name
from general
anti join {{ ref('sdtm_roles') }} as roles
    on roles.dataset in ('*', general.domain)
    and roles.variable in (general.general, general.variable)

union all

select
    'codelist without a row in submission_codelists' as what,
    codelist as name
from variables
anti join {{ ref('submission_codelists') }} using (codelist)
where codelist is not null

union all

select
    'code of a term that is in no codelist' as what,
    codelist || ' ' || term as name
from {{ ref('term_codes') }}
anti join {{ ref('controlled_terms') }} using (codelist, term)
