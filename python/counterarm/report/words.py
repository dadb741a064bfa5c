"""Names and numbers as people read them."""

import math
import re
from typing import Any

import pandas as pd

from counterarm.report.variants import COMMON_ENDPOINT, COMMON_MODEL
from counterarm.units import MONTH

ABSENT = "\N{EN DASH}"
NOT_REACHED = "not reached"
# Shown in months already, or by an endpoint; the CSV has them, the page does not.
SHOWN_OTHERWISE = {"disease_days", "is_ventilated_at_index", "symptom_days"}
GROUPS = {"treated": "Treated", "control": "Controls"}
NAMED = {**GROUPS, "entire": "Entire follow-up", "none": "Not applicable"}
LEVELS = {
    **{"F": "female", "M": "male", "Y": "yes", "N": "no"},
    **{"True": "yes", "False": "no", "true": "yes", "false": "no"},
}
# Of two levels the one that is shown; of others the first.
SHOWN_LEVELS = ("Y", "True", "true", "F")
PROPER = {"african american": "African American", "asian": "Asian"}
SAMPLES = {"unmatched": "before matching", "matched": "after matching"}
METHODS = {
    "cem": "Coarsened exact matching",
    "energy": "Energy balancing",
    "entropy": "Entropy balancing",
    "exact": "All controls of the same stratum",
    "full": "Optimal full matching",
    "ipw": "Inverse-probability weights",
    "nearest": "Nearest-neighbour matching",
    "none": "No matching",
    "optimal": "Optimal pair matching",
    "overlap": "Overlap weights",
    "subclass": "Subclassification on the score",
}
VARIANCES = {
    "naive": "model-based (naive) variance",
    "cluster": "robust (cluster) variance",
    "two_way": "robust (two-way cluster) variance",
    "strata": "model stratified by matched set",
    "strata_source": "model stratified by source",
    "cluster_source": "robust variance, by source",
}
DISTRIBUTIONS = {
    "weibull": "Weibull",
    "gompertz": "Gompertz",
    "log_normal": "log-normal",
    "log_logistic": "log-logistic",
    "spline_1": "spline, 1 inner knot",
    "spline_2": "spline, 2 inner knots",
    "spline_3": "spline, 3 inner knots",
}
# A name in a cell, as the protocol and the tables spell them: to_month_12.
_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
ABBREVIATIONS = {
    "alsfrs": "ALSFRS",
    "ci": "CI",
    "cox": "Cox",
    "fh": "Fleming-Harrington",
    "ft9": "FT9",
    "gehan": "Gehan",
    "id": "ID",
    "ipw": "IPW",
    "iqr": "IQR",
    "n": "number of",
    "os": "OS",
    "pct": "percent",
    "peto": "Peto",
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
    if name in NAMED:
        return NAMED[name]
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


def level_words(level: Any) -> str:
    """Say a level of a categorical variable: F is female, DEFINITE is definite.

    Capitals of up to three letters, such as codes of countries, stay as they are.
    """
    text = str(level)
    if text in LEVELS:
        return LEVELS[text]
    if not (text.isupper() and len(text) > 3):
        return text
    words = text.lower().replace("_", " ")
    for name, proper in PROPER.items():
        words = words.replace(name, proper)
    return words


def cell_words(text: str) -> str:
    """Say the names in a cell: `to_month_12` is To month 12, other texts stay.

    Names may be put together: `treated vs control`, `unadjusted: women`.
    """
    for between in (" vs ", ": ", "_vs_"):
        parts = text.split(between)
        if len(parts) > 1 and all(_NAME.fullmatch(part) for part in parts):
            said = [name_words(parts[0]), *map(inner_words, parts[1:])]
            return (": " if between == ": " else " vs ").join(said)
    return name_words(text) if _NAME.fullmatch(text) else text


def method_words(method: Any) -> str:
    """Say how the arms were matched or weighted; an unknown method keeps its name."""
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


def distribution_words(name: str) -> str:
    """Say a distribution within a sentence; names of people keep their capitals."""
    return DISTRIBUTIONS.get(name, inner_words(name))


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


def fixed(value: Any, digits: int) -> str:
    """Write a number with `digits` decimals, a whole one too; a dash for none."""
    text = number(value, digits)
    is_whole = not isinstance(value, str | bool) and not is_missing(value)
    if digits and is_whole and text.replace(",", "").lstrip("-").isdigit():
        return f"{value:,.{digits}f}"
    return text


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


def signed_points(share: Any) -> str:
    """Write a difference of shares in percentage points, with its sign."""
    return ABSENT if is_missing(share) else f"{100 * float(share):+.0f}"


def p_with_sign(value: Any) -> str:
    """Write a p value for a sentence: `= 0.031`, `<0.001`."""
    text = p_text(value)
    return text if text.startswith("<") else f"= {text}"


def ratio_with_ci(row: Any) -> str:
    """Write hazard ratio and interval of a row: `0.27 (95% CI 0.19 to 0.38)`."""
    return estimate_text(row).replace(" (", " (95% CI ", 1)


def months(days: Any) -> str:
    """Write days as months of 365/12 days, to one decimal; not reached without days."""
    return NOT_REACHED if is_missing(days) else f"{float(days) / MONTH:.1f}"


def months_text(days: Any) -> str:
    """Write days as `27.3 months`, or that the value is not reached."""
    text = months(days)
    return text if is_missing(days) else f"{text} months"


def plural(count: Any, one: str, many: str | None = None) -> str:
    """Write a count with its noun: `1 pair`, `2 pairs`."""
    is_one = not is_missing(count) and count == 1
    return f"{number(count)} {one if is_one else many or one + 's'}"
