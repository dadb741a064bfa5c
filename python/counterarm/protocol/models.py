"""Whether the models of an analysis have names, terms and endpoints that fit."""

from collections.abc import Iterator

from counterarm.protocol.problem import Problem, at, near, number
from counterarm.protocol.resolved import Resolved

# Seeds whose rows are numbered within a name.
NUMBERED = {
    "model_terms": "model_id",
    "regression_terms": "model_id",
    "dose_contrast_groups": "contrast_id",
    "specification_axes": "axis",
}


def model_problems(protocol: Resolved) -> Iterator[Problem]:
    """Yield a problem for models that have two endpoints, or no terms or endpoint.

    Estimates are keyed by analysis, model, variance and term: a model is of one
    endpoint and one way with ties. A main analysis needs a hazard ratio of treatment:
    the term `treated`, 1 in the treated arm.
    """
    seen: dict[tuple, tuple[int, dict]] = {}
    for line, row in protocol.all["models"]:
        key = (row["analysis_id"], row["model_id"])
        first_line, first = seen.setdefault(key, (line, row))
        for column in ("endpoint", "ties"):
            if row[column] != first[column]:
                yield at(
                    *("models", line, column, row[column]),
                    f"of {row['model_id']!r} is {first[column]} in line {first_line}: "
                    "a model is of one",
                    "give the other model another name",
                )
    for analysis in protocol.own("models"):
        yield from reference_problems(protocol, analysis)
    for seed, column in NUMBERED.items():
        yield from gap_problems(protocol, seed, column)
    for analysis in protocol.main:
        is_begun = protocol.rows("arms", analysis)
        if is_begun and protocol.is_sound(analysis, "models", "model_terms"):
            yield from treatment_problems(protocol, analysis)


def reference_problems(protocol: Resolved, analysis: object) -> Iterator[Problem]:
    """Yield a problem for each model of an analysis without terms or endpoint."""
    for column, seed in (("model_id", "model_terms"), ("endpoint", "endpoints")):
        names = protocol.values(seed, analysis, column)
        if not protocol.is_sound(analysis, seed):
            continue
        for line, row in protocol.rows("models", analysis):
            if row[column] not in names:
                yield at(
                    *("models", line, column, row[column]),
                    f"has no row in {seed}.csv for {analysis}",
                    near(row[column], names) or f"add it to {seed}.csv",
                )


def gap_problems(protocol: Resolved, seed: str, column: str) -> Iterator[Problem]:
    """Yield a problem for rows of a name that are not numbered from 1 without a gap.

    A gap is how a term shows that stands under the misspelt name of its model.
    """
    models: dict[tuple, list[tuple[float, int, dict]]] = {}
    for line, row in protocol.all[seed]:
        if (seed, line) not in protocol.broken:
            place = number(row["position"], 0)
            key = (row["analysis_id"], row[column])
            models.setdefault(key, []).append((place, line, row))
    for terms in models.values():
        in_order = sorted(terms, key=first_two)
        for expected, (place, line, row) in enumerate(in_order, start=1):
            if place > expected:
                yield at(
                    *(seed, line, "position", row["position"]),
                    f"leaves place {expected} of {row[column]!r} empty",
                    f"number its rows from 1, or correct its {column}",
                )
                break


def first_two(term: tuple[float, int, dict]) -> tuple[float, int]:
    """Return place and line of a term."""
    return term[:2]


def treatment_problems(protocol: Resolved, analysis: object) -> Iterator[Problem]:
    """Yield a problem for a main analysis that estimates no effect of treatment."""
    models = protocol.values("models", analysis, "model_id")
    terms = protocol.rows("model_terms", analysis)
    if not any(is_of_treatment(row) and row["model_id"] in models for _, row in terms):
        (line, _), *_ = protocol.of["analyses"][analysis]
        yield at(
            *("analyses", line, "analysis_id", analysis),
            "has no hazard ratio of treatment",
            f"add {analysis},unadjusted,OS,naive,efron to models.csv and "
            f"{analysis},unadjusted,1,treated,treated,,, to model_terms.csv",
        )
    for line, row in terms:
        if row["term"] == "treated" and not is_of_treatment(row):
            yield at(
                *("model_terms", line, "term", "treated"),
                "is the name of the effect of treatment",
                "name the term otherwise, or give it the arm treated and no variable",
            )


def is_of_treatment(row: dict) -> bool:
    """Tell whether a term is 1 in the whole treated arm, and named so."""
    is_arm = row["arm"] == "treated" and row["variable"] is None
    return row["term"] == "treated" and is_arm
