"""The smallest main analysis, and the follow-up rules that come beside each one."""

import csv

# A line is a seed and the values of a row, in the order of the seed's `COLUMNS` after
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
matching,nearest,probability,largest,1,false,first,,,,
matching_terms,age,score,,,,,
matching_terms,sex,score,,,,,
matching_terms,onset_site,score,,,,,
matching_terms,alsfrs_r_total,score,,,,,
matching_terms,symptom_months,score,,,,,
endpoints,OS,both,DEATH,Overall survival,,,,
groups,arms,1,control,control,,,
groups,arms,2,treated,treated,,,
models,unadjusted,OS,cluster,efron
model_terms,unadjusted,1,treated,treated,,,
placebo_nulls,C1,procedure,,200,1,Matching and model of the whole path
placebo_nulls,C2,ascertainment,{reference},200,2,The follow-up of the controls alone
placebo_nulls,C3,pseudo_trial,,,,By how much trials differ after matching
tipping_sweeps,control,1|0.75|0.5|0.25|0.1|0,20,1,How rarely must censored controls die
tipping_sweeps,treated,1|1.25|1.5|2|3|4|6|8,20,2,How often must censored treated die
"""
# Each rule is an analysis based on the main one: rule, days, the end of its label, and
# why. A result whose follow-up is not varied cannot be judged.
FOLLOW_UP = (
    (
        "window",
        "91",
        "every control followed 91 days past the last visit",
        "A death within 91 days of the last visit is assumed to have been recorded; "
        "the dead and the living are followed equally long",
    ),
    (
        "window",
        "182",
        "every control followed 182 days past the last visit",
        "Patients may stop attending some time before they die: the wider window still "
        "counts their deaths",
    ),
    (
        "alive_to_last_visit",
        "",
        "every control followed to the last visit of its pseudo-trial",
        "A death up to the last visit of any subject in the pseudo-trial is assumed to "
        "have been recorded",
    ),
    (
        "horizon",
        "365",
        "both arms followed for 365 days",
        "A death in the first year is assumed to have been recorded; needs no days of "
        "last visits",
    ),
    (
        "horizon",
        "270",
        "both arms followed for 270 days",
        "A death in the first 270 days is assumed to have been recorded; least "
        "affected where ascertainment of deaths decreases with time",
    ),
    (
        "alive_to_last_death",
        "",
        "every control followed to the last death of its pseudo-trial",
        "The longest that a control can be assumed to have lived: the other end of the "
        "bounds on ascertainment",
    ),
)
KNOWN = '"Age, sex, onset site, baseline total and symptom duration known"'


def scaffold_rows(analysis_id: str, site: str) -> dict[str, list[list[str]]]:
    """Return the rows of a minimal main analysis: seed -> rows of values.

    `site` is the study of the treated, in capitals; the controls are the placebo arms
    of PRO-ACT. The rows choose arms and index days, a baseline window, eligibility, a
    propensity score with nearest-neighbour pairs, overall survival, one Cox model of
    treatment, comparisons of placebo with placebo, and tipping points.
    """
    reference = f"{analysis_id}_alive_to_last_death"
    text = ROWS.format(site=site, known=KNOWN, reference=reference)
    rows: dict[str, list[list[str]]] = {}
    for seed, *values in csv.reader(text.splitlines()):
        rows.setdefault(seed, []).append(values)
    return rows


def follow_up_rows(analysis_id: str, label: str) -> dict[str, list[dict[str, str]]]:
    """Return the rows of the analyses that vary the follow-up rule of a main one.

    Rows of the seeds analyses, follow_up and scopes, by column, in order of their ids.
    The controls are those of pseudo-trials that record deaths.
    """
    rows: dict[str, list[dict[str, str]]] = {
        "analyses": [],
        "follow_up": [],
        "scopes": [],
    }
    for rule, days, ending, why in FOLLOW_UP:
        name = {"analysis_id": "_".join(filter(None, (analysis_id, rule, days)))}
        rows["analyses"].append(
            name | {"based_on": analysis_id, "label": f"{label}: {ending}", "why": why}
        )
        rows["follow_up"].append(
            name
            | {"rule": rule, "days": days, "pool": "recording"}
            | {"arms": "control", "why": why}
        )
        rows["scopes"].append(name | {"scope": "survival"})
    return {
        seed: sorted(of_seed, key=lambda row: row["analysis_id"])
        for seed, of_seed in rows.items()
    }
