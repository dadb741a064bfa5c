"""Names and numbers as people read them."""

import math
import re
from typing import Any

import pandas as pd

from counterarm.report.variants import COMMON_ENDPOINT, COMMON_MODEL
from counterarm.units import MONTH

ABSENT = "\N{EN DASH}"
# Told in months already, or by an endpoint; the CSV has them, the page does not.
TOLD_TWICE = {"disease_days", "is_ventilated_at_index", "symptom_days"}
GROUPS = {"treated": "Treated", "control": "Controls"}
SAMPLES = {"unmatched": "before matching", "matched": "after matching"}
METHODS = {
    "exact": "All controls of the same stratum",
    "full": "Optimal full matching",
    "ipw": "Inverse-probability weights",
    "nearest": "Nearest-neighbour matching",
    "none": "No matching",
    "optimal": "Optimal pair matching",
    "overlap": "Overlap weights",
}
VARIANCES = {
    "naive": "model (naive) variance",
    "cluster": "robust (cluster) variance",
    "two_way": "robust (two_way) variance",
    "strata": "stratified by matched set (strata)",
}
ABBREVIATIONS = {
    "alsfrs": "ALSFRS",
    "ci": "CI",
    "ft9": "FT9",
    "id": "ID",
    "ipw": "IPW",
    "iqr": "IQR",
    "n": "number of",
    "os": "OS",
    "pct": "percent",
    "ph": "PH",
    "py": "person-years",
    "rmst": "RMST",
    "sd": "SD",
    "smd": "SMD",
}


def name_words(name: str) -> str:
    """Turn a name of a column or group into words: `n_events` is `Number of events`.

    Two numbers at the end are a range: `booster_3_4` is `Booster 3 to 4`.
    """
    if name in GROUPS:
        return GROUPS[name]
    ranges = re.sub(r"_(\d+)_(\d+)$", r"_\1_to_\2", str(name))
    words = [ABBREVIATIONS.get(word, word) for word in ranges.split("_") if word]
    text = " ".join(words).replace("ALSFRS r", "ALSFRS-R")
    return text[:1].upper() + text[1:]


def inner_words(name: str) -> str:
    """Turn a name into words within a sentence; abbreviations keep their capitals."""
    words = name_words(name)
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def sample_words(sample: str) -> str:
    """Say before or after matching; another sample keeps its name."""
    return SAMPLES.get(sample, str(sample).replace("_", " "))


def method_words(method: Any) -> str:
    """Say how the arms were made alike; an unknown way keeps its name."""
    if is_missing(method):
        return "Matching"
    return METHODS.get(method, name_words(method))


def endpoint_words(endpoint: str) -> str:
    """Say an endpoint, and whether it ends at the common horizon."""
    short = endpoint.removesuffix(COMMON_ENDPOINT)
    return short if short == endpoint else f"{short}, common horizon"


def model_words(model: str) -> str:
    """Say a Cox model, and whether it ends at the common horizon."""
    short = model.removesuffix(COMMON_MODEL)
    said = name_words(short)
    return said if short == model else f"{said}, common horizon"


def variance_words(variance: str) -> str:
    """Say which variance an interval rests on; an unknown one keeps its name."""
    return VARIANCES.get(variance, f"{variance} variance")


def is_missing(value: Any) -> bool:
    """Tell whether there is no value: None, NaN or NA."""
    return (
        value is None or value is pd.NA or (isinstance(value, float) and value != value)
    )


def number(value: Any, digits: int = 2) -> str:
    """Write a number with `digits` decimals; a whole one without, a dash for none."""
    if is_missing(value):
        return ABSENT
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{int(value):,}"
    if value and (abs(value) < 10**-digits / 2 or abs(value) >= 1e7):
        return f"{value:.2g}"
    return f"{value:,.{digits}f}"


def ratio(value: Any) -> str:
    """Write a ratio to two decimals, one that is no estimate as it is."""
    if is_missing(value):
        return ABSENT
    if isinstance(value, str):
        return value
    if value >= 1000:
        return ">1,000"
    return "<0.01" if 0 <= value < 0.005 else f"{value:.2f}"


def p_text(value: Any) -> str:
    """Write a p value: three decimals, small ones as <0.001."""
    if is_missing(value):
        return ABSENT
    return (
        value
        if isinstance(value, str)
        else "<0.001"
        if value < 0.001
        else f"{value:.3f}"
    )


def estimate_text(row: Any) -> str:
    """Write hazard ratio and interval of a row, or that there is none."""
    if is_missing(row["hazard_ratio"]):
        return "no estimate"
    return (
        f"{ratio(row['hazard_ratio'])} "
        f"({ratio(row['ci_low'])} to {ratio(row['ci_high'])})"
    )


def months(days: Any) -> str:
    """Write days as months of 365/12 days, to one decimal; not reached without days."""
    return "not reached" if is_missing(days) else f"{float(days) / MONTH:.1f}"


def plural(count: Any, one: str, many: str | None = None) -> str:
    """Write a count with its noun: `1 pair`, `2 pairs`."""
    is_one = not is_missing(count) and count == 1
    return f"{number(count)} {one if is_one else many or one + 's'}"
