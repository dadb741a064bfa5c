"""What the variables of the protocol are, and the values that each can have."""

from collections.abc import Iterator

import pandas as pd

from counterarm.protocol.problem import is_number, near

# The columns of cohort.covariates that are always there, with their kind.
COVARIATES = {
    "age": "numeric",
    "alsfrs_r_total": "numeric",
    "booster_interval_months": "numeric",
    "country": "categorical",
    "deaths_recorded": "categorical",
    "disease_days": "numeric",
    "disease_months": "numeric",
    "dose_group": "categorical",
    "el_escorial": "categorical",
    "follow_up_days": "numeric",
    "ft9_stage": "categorical",
    "initial_progression_speed": "numeric",
    "is_ventilated_at_index": "boolean",
    "kings_stage": "categorical",
    "mitos_stage": "categorical",
    "n_assessments_after_index": "numeric",
    "n_dose_windows_assessed": "numeric",
    "n_doses": "numeric",
    "onset_site": "categorical",
    "progression_rate": "numeric",
    "race": "categorical",
    "riluzole": "categorical",
    "sex": "categorical",
    "symptom_days": "numeric",
    "symptom_months": "numeric",
    "vital_status": "categorical",
}
# Stages are categories in an order, and numbers.
STAGES = {"ft9_stage": 5, "kings_stage": 4, "mitos_stage": 5}
# Variables that only the treated have.
OF_TREATED = {"booster_interval_months", "dose_group"}
# What a number can be, ends included: a bound beyond is met by everybody or nobody.
DAYS, MONTHS = (0, 40_000), (0, 1_300)
RANGES = {
    "age": (0, 120),
    "alsfrs_r_total": (0, 48),
    "booster_interval_months": MONTHS,
    "disease_days": DAYS,
    "disease_months": MONTHS,
    "follow_up_days": DAYS,
    "initial_progression_speed": (-48, 48),
    "n_assessments_after_index": (0, 10_000),
    "n_dose_windows_assessed": (0, 10_000),
    "n_doses": (0, 10_000),
    "progression_rate": (-48, 48),
    "symptom_days": DAYS,
    "symptom_months": MONTHS,
}
# The values of a category, as cohort.covariates holds them.
LEVELS: dict[str, set[str]] = {
    "sex": {"F", "M"},
    "riluzole": {"Y", "N"},
    "onset_site": {"BULBAR", "LIMB", "LIMB AND BULBAR", "OTHER"},
    "el_escorial": {
        "DEFINITE",
        "PROBABLE",
        "PROBABLE LABORATORY SUPPORTED",
        "POSSIBLE",
        "SUSPECTED",
    },
    "vital_status": {"ALIVE", "DEAD"},
    "deaths_recorded": {"none", "yes", "full", "site"},
    "is_ventilated_at_index": {"true", "false"},
    "response": {"decreased", "no change", "increased"},
}
# Variables whose values are terms of a codelist of controlled_terms.csv.
CODELISTS = {"race": "RACE", "country": "COUNTRY"}
# Terms that are read as not known.
UNKNOWN = {"UNKNOWN", "NOT REPORTED"}


def known_levels(terms: pd.DataFrame | None) -> dict[str, set[str]]:
    """Return the values of each category; those of codelists only with `terms`.

    `terms` are rows of seeds/codelists/controlled_terms.csv.
    """
    levels = LEVELS | {
        name: {str(stage) for stage in range(highest + 1)}
        for name, highest in STAGES.items()
    }
    if terms is not None:
        for name, codelist in CODELISTS.items():
            of_list = terms.loc[terms["codelist"] == codelist, "term"]
            levels[name] = set(of_list) - UNKNOWN
    return levels


def level_problems(
    variable: str, value: object, levels: dict[str, set[str]]
) -> Iterator[tuple[str, str]]:
    """Yield (reason, remedy) for each level that a variable never has."""
    allowed = levels.get(variable)
    if allowed is None:
        return
    for level in str(value).split("|"):
        held = same_number(level) if variable in STAGES else level
        if held in allowed:
            continue
        shown = f"{level!r} " if level != str(value) else ""
        some = sorted(allowed) if len(allowed) <= 8 else []
        hint = near(level, allowed)
        yield (
            f"{shown}is not a level of {variable}",
            hint or (f"write one of {', '.join(some)}" if some else "see its codelist"),
        )


def same_number(text: str) -> str:
    """Write a whole number without decimals, so that 3.0 is the level 3."""
    if is_number(text) and float(text).is_integer():
        return str(int(float(text)))
    return text
