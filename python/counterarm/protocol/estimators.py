"""Whether rows that ask for further estimators name what their analysis has."""

from collections.abc import Iterator

from counterarm.protocol.estimator_seeds import DISTRIBUTIONS
from counterarm.protocol.problem import Problem, at, is_empty, is_number, near
from counterarm.protocol.resolved import Resolved

# Columns that name rows of another seed, which must hold for the same analysis.
REFERENCES = {
    ("doubly_robust", "endpoint"): ("endpoints", "endpoint"),
    ("extrapolations", "endpoint"): ("endpoints", "endpoint"),
    ("extrapolations", "comparison_set"): ("groups", "comparison_set"),
    ("mmrm_models", "visits"): ("windows", "window_id"),
    ("rematched_subgroups", "subgroup_set"): ("subgroups", "subgroup_set"),
}
# Columns whose names are joined by a bar.
JOINED = {"visits", "distributions"}
LONGEST_DAY = 3650
SETS = ("nearest", "optimal", "full", "exact")


def estimator_problems(protocol: Resolved) -> Iterator[Problem]:
    """Yield a problem for each row that asks for what its analysis has not.

    Endpoints, sets of groups and subgroups, and visits are those of the analysis;
    distributions are known and named once; days rise; a bootstrap by pair needs pairs,
    a doubly robust estimate needs a score.
    """
    for (seed, column), (other, named) in REFERENCES.items():
        for line, row in protocol.all[seed]:
            if not is_empty(row[column]) and row["analysis_id"] in protocol.based_on:
                yield from unknown_names(
                    protocol, seed, line, row, column, other, named
                )
    for line, row in protocol.all["extrapolations"]:
        if not is_empty(row["distributions"]):
            yield from distribution_problems(line, row)
    for line, row in protocol.all["doubly_robust"]:
        if not is_empty(row["days"]):
            yield from day_problems(line, row)
    for line, row in protocol.all["bootstraps"]:
        if row["kind"] == "pair":
            yield from method_problems(protocol, "bootstraps", line, row, SETS)
    for line, row in protocol.all["doubly_robust"]:
        yield from score_problems(protocol, line, row)
    for line, row in protocol.all["rematched_subgroups"]:
        yield from response_problems(protocol, line, row)


def unknown_names(
    protocol: Resolved,
    seed: str,
    line: int,
    row: dict,
    column: str,
    other: str,
    named: str,
) -> Iterator[Problem]:
    """Yield a problem for each name that no row of the other seed has."""
    analysis = row["analysis_id"]
    if not protocol.is_sound(analysis, other):
        return
    known = {name for name in protocol.values(other, analysis, named) if name}
    values = str(row[column]).split("|") if column in JOINED else [str(row[column])]
    for value in values:
        if value not in known:
            yield at(
                *(seed, line, column, row[column]),
                f"names {value!r}, which is not in {other}.csv for {analysis}"
                if len(values) > 1
                else f"has no row in {other}.csv for {analysis}",
                near(value, known) or f"name one of {', '.join(sorted(known))}",
            )
    yield from twice(seed, line, row, column, values)


def distribution_problems(line: int, row: dict) -> Iterator[Problem]:
    """Yield a problem for a distribution that is not known, or named twice."""
    place = ("extrapolations", line, "distributions", row["distributions"])
    names = str(row["distributions"]).split("|")
    for name in names:
        if name not in DISTRIBUTIONS:
            yield at(
                *place,
                f"holds {name!r}, which is none of {', '.join(DISTRIBUTIONS)}",
                near(name, DISTRIBUTIONS) or "join names by |, as in weibull|gompertz",
            )
    yield from twice("extrapolations", line, row, "distributions", names)


def twice(
    seed: str, line: int, row: dict, column: str, names: list[str]
) -> Iterator[Problem]:
    """Yield a problem for a name that stands twice in a cell."""
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield at(
            *(seed, line, column, row[column]),
            f"names {name!r} twice",
            "name each once",
        )


def day_problems(line: int, row: dict) -> Iterator[Problem]:
    """Yield a problem for days that are no rising whole numbers."""
    place = ("doubly_robust", line, "days", row["days"])
    parts = str(row["days"]).removesuffix(".0").split("|")
    days = [float(part) if is_number(part) else 0.0 for part in parts]
    if any(not day.is_integer() or not 1 <= day <= LONGEST_DAY for day in days):
        yield at(
            *place,
            f"does not hold whole days from 1 to {LONGEST_DAY}",
            "join them by |, as in 182|365",
        )
    elif days != sorted(set(days)):
        yield at(*place, "does not rise, each day once", "order the days")


def method_problems(
    protocol: Resolved, seed: str, line: int, row: dict, methods: tuple[str, ...]
) -> Iterator[Problem]:
    """Yield a problem for an analysis that is matched by another method."""
    analysis = row["analysis_id"]
    for _, plan in protocol.rows("matching", analysis):
        if protocol.is_sound(analysis, "matching") and plan["method"] not in methods:
            yield at(
                *(seed, line, "analysis_id", analysis),
                f"is matched by the method {plan['method']}, which makes no sets",
                "write the kind subject, or name an analysis of pairs or sets",
            )


def response_problems(protocol: Resolved, line: int, row: dict) -> Iterator[Problem]:
    """Yield a problem for subgroups by response, which is known of pairs only."""
    analysis, chosen = row["analysis_id"], row["subgroup_set"]
    rows = protocol.rows("subgroups", analysis)
    named = {own["variable"] for _, own in rows if own["subgroup_set"] == chosen}
    if "response" in named:
        yield at(
            *("rematched_subgroups", line, "subgroup_set", chosen),
            "is by response, which pairs have after they are made",
            "name a set of subgroups by what is known before matching",
        )


def score_problems(protocol: Resolved, line: int, row: dict) -> Iterator[Problem]:
    """Yield a problem for an analysis without score terms."""
    analysis = row["analysis_id"]
    if analysis not in protocol.based_on:
        return
    roles = protocol.values("matching_terms", analysis, "role")
    if protocol.is_sound(analysis, "matching_terms") and "score" not in roles:
        yield at(
            *("doubly_robust", line, "analysis_id", analysis),
            "has no score terms in matching_terms.csv, which are the covariates",
            "name an analysis with the role score",
        )
