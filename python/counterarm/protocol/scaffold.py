"""The smallest main analysis: rows only where every analysis needs some."""

import csv

# A line is a seed and the values of a row, in the order of the seed's columns after
# `analysis_id`. Covariates are those that most trials of PRO-ACT record; each variable
# of a score must be asked to be known by eligibility. The variance `cluster` is valid
# for pairs.
ROWS = """\
arms,control,PROACT,PLACEBO,trial_entry
arms,treated,{site},ANY,first_dose
windows,both,baseline,index_day,0,-45,14,total
eligibility,1,follow_up_after_index,both,follow_up_days,>,0,Followed after index
eligibility,2,onset_bulbar_or_limb,both,onset_site,in,BULBAR|LIMB,Onset bulbar or limb
eligibility,3,covariates_known,both,age,known,,{known}
eligibility,3,covariates_known,both,sex,known,,{known}
eligibility,3,covariates_known,both,onset_site,known,,{known}
eligibility,3,covariates_known,both,alsfrs_r_total,known,,{known}
eligibility,3,covariates_known,both,symptom_months,known,,{known}
matching,nearest,probability,largest,1,false,first,
matching_terms,age,score,,,
matching_terms,sex,score,,,
matching_terms,onset_site,score,,,
matching_terms,alsfrs_r_total,score,,,
matching_terms,symptom_months,score,,,
endpoints,OS,both,DEATH,Overall survival
groups,arms,1,control,control,,,
groups,arms,2,treated,treated,,,
models,unadjusted,OS,cluster,efron
model_terms,unadjusted,1,treated,treated,,,
"""
KNOWN = '"Age, sex, onset site, baseline total and symptom duration known"'


def scaffold_rows(site: str) -> dict[str, list[list[str]]]:
    """Return the rows of a minimal main analysis: seed -> rows of values.

    `site` is the study of the treated, in capitals; the controls are the placebo arms
    of PRO-ACT. The rows choose arms and index days, a baseline window, eligibility, a
    propensity score with nearest-neighbour pairs, overall survival, and one Cox model
    of treatment.
    """
    text = ROWS.format(site=site, known=KNOWN)
    rows: dict[str, list[list[str]]] = {}
    for seed, *values in csv.reader(text.splitlines()):
        rows.setdefault(seed, []).append(values)
    return rows
