{#-
    The rows of a trial design seed for every study of DM: its own, else, for a site
    without any, those of `SITE`, for a registry those of `REGISTRY`.
-#}
{% macro trials(seed) -%}
    select
        studies.studyid,
        designs.* exclude (trial, source)

    from (select distinct studyid from {{ ref('dm') }}) as studies
    inner join {{ ref(seed) }} as designs
        on designs.trial = case
            when studies.studyid in (select trial from {{ ref(seed) }})
            then studies.studyid
            when studies.studyid in (
                select upper(roles.site) from {{ ref('site_roles') }} as roles
                where roles.role = 'registry'
            )
            then 'REGISTRY'
            else 'SITE'
        end
{%- endmacro %}
