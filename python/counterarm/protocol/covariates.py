"""Whether what an analysis compares by is known of everybody who is eligible.

A subject of whom a variable of the score is unknown cannot be matched, and one of whom
a term of a model is unknown is left out of it. Both are excluded before, by a step that
is named and counted: each condition on a variable excludes whom it cannot be judged of.

Variables that are known only later are exempt as terms of a model: a criterion on them
would choose subjects by what came after index. They are no variables to match by.
"""

from collections.abc import Iterator

from counterarm.protocol.levels import OF_TREATED
from counterarm.protocol.problem import Problem, at, is_empty, number
from counterarm.protocol.resolved import Resolved, Rows

# Who is known of all of these is known of the variable.
FOLLOWS_FROM = {
    "symptom_months": {"symptom_days"},
    "symptom_days": {"symptom_months"},
    "disease_months": {"disease_days"},
    "disease_days": {"disease_months"},
    "initial_progression_speed": {"alsfrs_r_total", "disease_days"},
}
# 0 where there is none: never unknown.
ALWAYS_KNOWN = {"n_dose_windows_assessed"}
MATCHED_BY = ("exact", "score", "distance", "covariate", "caliper")
TERMS = ("matching_terms", "model_terms", "regression_terms", "response_predictors")
ARMS = ("treated", "control")


def covariate_problems(
    protocol: Resolved, known_at: dict[str, str]
) -> Iterator[Problem]:
    """Yield a problem for each term whose variable may be unknown for the eligible.

    `known_at` tells variables that are known at index from those known later.
    """
    lacking: dict[tuple, list[str]] = {}
    for analysis in protocol.based_on:
        if not protocol.is_sound(analysis, "eligibility"):
            continue
        known = {arm: known_variables(protocol, analysis, arm) for arm in ARMS}
        for seed in TERMS:
            if not protocol.is_sound(analysis, seed):
                continue
            for line, row in protocol.rows(seed, analysis):
                arms = arms_of(seed, row, known_at)
                asked = [arm for arm in arms if row["variable"] not in known[arm]]
                if asked:
                    arm = asked[0] if len(asked) == 1 else "both"
                    key = (seed, line, row["variable"], arm)
                    lacking.setdefault(key, []).append(analysis)
    for (seed, line, variable, arm), analyses in lacking.items():
        yield lacking_problem(protocol, seed, line, variable, arm, analyses)
    yield from later_problems(protocol.all["matching_terms"])


def lacking_problem(
    protocol: Resolved,
    seed: str,
    line: int,
    variable: str,
    arm: str,
    analyses: list[str],
) -> Problem:
    """Return the problem of a term, with the row that eligibility.csv lacks."""
    of = "subjects of both arms" if arm == "both" else f"{arm} subjects"
    sources = dict.fromkeys(protocol.source("eligibility", name) for name in analyses)
    rows = " and ".join(
        f"{name},{known_step(protocol, name)},{arm},{variable},known,,LABEL"
        for name in sources
    )
    return at(
        seed,
        line,
        "variable",
        variable,
        f"may be unknown for {of} who are eligible in {', '.join(map(str, analyses))}",
        f"require in eligibility.csv that it is known: {rows}",
    )


def known_step(protocol: Resolved, analysis: object) -> str:
    """Return step and criterion to which a condition `known` is best added."""
    rows = protocol.rows("eligibility", analysis)
    own = [row for _, row in rows if row["operator"] == "known"]
    if own:
        first = own[0]
        return f"{number(first['step'], 0):.0f},{first['criterion']}"
    last = max((number(row["step"], 0) for _, row in rows), default=0)
    return f"{last + 1:.0f},covariates_known"


def known_variables(protocol: Resolved, analysis: object, arm: str) -> set[str]:
    """Return the variables that are known of every eligible subject of an arm."""
    rows = protocol.rows("eligibility", analysis)
    known = {row["variable"] for _, row in rows if row["arm"] in (arm, "both")}
    known |= ALWAYS_KNOWN
    for _ in FOLLOWS_FROM:
        known |= {name for name, needed in FOLLOWS_FROM.items() if needed <= known}
    return known


def arms_of(seed: str, row: dict, known_at: dict[str, str]) -> tuple[str, ...]:
    """Return the arms in which a term's variable must be known."""
    variable = row["variable"]
    if is_empty(variable) or variable not in known_at:
        return ()
    if seed == "matching_terms":
        if row["role"] not in MATCHED_BY or variable in OF_TREATED:
            return ()
        return ARMS
    if known_at[variable] == "later":
        return ()
    if seed == "response_predictors":
        return ("treated",)
    return ARMS if row["arm"] == "both" else (row["arm"],)


def later_problems(terms: Rows) -> Iterator[Problem]:
    """Yield a problem for each term to match by that only the treated have."""
    for line, row in terms:
        if row["variable"] in OF_TREATED:
            yield at(
                "matching_terms",
                line,
                "variable",
                row["variable"],
                "is known of the treated only and cannot be matched on",
                "delete the row",
            )
