"""Whether the terms of an analysis are those that its way of matching needs."""

from collections.abc import Iterator

import pandas as pd

from counterarm.protocol.problem import Problem, at, is_empty, numbered

# The roles of which a method needs one.
NEEDS = {
    "nearest": ("score", "distance"),
    "optimal": ("distance",),
    "full": ("score",),
    "exact": ("exact",),
    "subclass": ("score",),
    "cem": ("covariate",),
    "ipw": ("score",),
    "overlap": ("score",),
    "entropy": ("covariate",),
    "energy": ("covariate",),
}
# Roles that a method ignores; none uses no term but for the balance.
PASSED_OVER = {
    "nearest": {"covariate"},
    "optimal": {"covariate"},
    "full": {"distance", "covariate"},
    "subclass": {"distance", "covariate", "caliper", "exact"},
    "exact": {"distance", "covariate", "caliper", "score"},
    "cem": {"distance", "caliper", "score"},
    "ipw": {"distance", "covariate", "caliper", "exact"},
    "overlap": {"distance", "covariate", "caliper", "exact"},
    "entropy": {"distance", "caliper", "exact", "score"},
    "energy": {"distance", "caliper", "exact", "score"},
}
# Columns of a covariate term that only one method reads.
READ_BY = {"cutpoints": "cem", "moments": "entropy"}


def matching_problems(seeds: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Yield a problem for analyses whose terms are not those of their method.

    Method and terms are each an analysis's own, or those of the one it is based on. A
    text names the row of the method, or of the first term where only the terms are the
    analysis's own.
    """
    matching, terms = seeds["matching"], seeds["matching_terms"]
    based_on = seeds["analyses"].set_index("analysis_id")["based_on"].to_dict()
    for line, row in numbered(matching):
        own = terms[terms["analysis_id"] == row["analysis_id"]]
        if own.empty:
            own = terms[terms["analysis_id"] == based_on.get(row["analysis_id"])]
        for column, text in plan_problems(row, set(own["role"])):
            yield at("matching", line, column, row[column], text)
    plans = {row["analysis_id"]: row for _, row in numbered(matching)}
    for name, base in based_on.items():
        own = terms["analysis_id"] == name
        if name in plans or base not in plans or not own.any():
            continue
        line = int(own.to_numpy().argmax()) + 2
        method = plans[base]["method"]
        for _, text in plan_problems(plans[base], set(terms.loc[own, "role"])):
            inherited = f"takes the method {method!r} of {base}, which {text}"
            yield at("matching_terms", line, "analysis_id", name, inherited)
    for line, row in numbered(terms[terms["role"] == "covariate"]):
        plan = plans.get(row["analysis_id"])
        plan = plans.get(based_on.get(row["analysis_id"])) if plan is None else plan
        for column, method in READ_BY.items():
            unread = plan is not None and plan["method"] != method
            if not is_empty(row[column]) and unread:
                text = f"is read by the method {method} only, not {plan['method']}"
                yield at("matching_terms", line, column, row[column], text)


def plan_problems(row: dict, roles: set[str]) -> Iterator[tuple[str, str]]:
    """Yield column and text of what a row of matching.csv and the terms' roles lack."""
    method, by_score = row["method"], "score" in roles
    if method == "nearest" and not is_empty(row["distance"]):
        if "covariate" not in roles:
            yield (
                "distance",
                "needs covariate terms: give the analysis rows in matching_terms.csv "
                "with the role covariate",
            )
        if "distance" in roles:
            yield (
                "distance",
                "ignores the distance terms of the analysis; give it rows of its "
                "own in matching_terms.csv without them",
            )
        if is_empty(row["match_order"]):
            yield (
                "match_order",
                "must not be empty where pairs are made by covariates",
            )
        elif row["match_order"] in ("largest", "smallest") and not by_score:
            yield "match_order", "needs score terms"
    else:
        for text in term_problems(method, roles):
            yield "method", text
    if not is_empty(row["discard"]) and not by_score:
        yield "discard", "needs score terms"
    is_by_score = method == "nearest" and by_score and "distance" not in roles
    if is_by_score and is_empty(row["distance"]) and is_empty(row["match_order"]):
        yield "match_order", "must not be empty where pairs are made by score"


def term_problems(method: str, roles: set[str]) -> Iterator[str]:
    """Yield what a method lacks in the roles of an analysis's terms, or ignores."""
    needed = NEEDS.get(method, ())
    if needed and not roles & set(needed):
        named = " or ".join(needed)
        yield (
            f"needs {named} terms: give the analysis rows in matching_terms.csv "
            f"with the role {named}"
        )
    for role in sorted(PASSED_OVER.get(method, set()) & roles):
        yield (
            f"ignores the {role} terms of the analysis; give it rows of its "
            "own in matching_terms.csv without them"
        )
