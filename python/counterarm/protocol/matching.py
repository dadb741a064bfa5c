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
    "ipw": ("score",),
    "overlap": ("score",),
}
# Roles that a method passes over; none uses no term but for the balance.
PASSED_OVER = {
    "full": {"distance"},
    "exact": {"distance", "caliper", "score"},
    "ipw": {"distance", "caliper", "exact"},
    "overlap": {"distance", "caliper", "exact"},
}


def matching_problems(seeds: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Yield a problem for analyses whose terms are not those of their method.

    Method and terms are each an analysis's own, or those of the one it is based on. A
    text names the row of the method, or of the first term where only the terms are the
    analysis's own.
    """
    matching, terms = seeds["matching"], seeds["matching_terms"]
    based_on = seeds["analyses"].set_index("analysis_id")["based_on"].to_dict()
    for line, row in numbered(matching):
        name, method = row["analysis_id"], row["method"]
        own = terms[terms["analysis_id"] == name]
        if own.empty:
            own = terms[terms["analysis_id"] == based_on.get(name)]
        roles = set(own["role"])
        for text in term_problems(method, roles):
            yield at("matching", line, "method", method, text)
        if not is_empty(row["discard"]) and "score" not in roles:
            yield at("matching", line, "discard", row["discard"], "needs score terms")
        by_score = method == "nearest" and "score" in roles and "distance" not in roles
        if by_score and is_empty(row["match_order"]):
            yield at(
                "matching",
                line,
                "match_order",
                row["match_order"],
                "must not be empty where pairs are made by score",
            )
    methods = dict(zip(matching["analysis_id"], matching["method"], strict=True))
    for name, base in based_on.items():
        own = terms["analysis_id"] == name
        if name in methods or base not in methods or not own.any():
            continue
        line = int(own.to_numpy().argmax()) + 2
        for text in term_problems(methods[base], set(terms.loc[own, "role"])):
            inherited = f"takes the method {methods[base]!r} of {base}, which {text}"
            yield at("matching_terms", line, "analysis_id", name, inherited)


def term_problems(method: str, roles: set[str]) -> Iterator[str]:
    """Yield what a method lacks in the roles of an analysis's terms, or passes over."""
    needed = NEEDS.get(method, ())
    if needed and not roles & set(needed):
        named = " or ".join(needed)
        yield (
            f"needs {named} terms: give the analysis rows in matching_terms.csv "
            f"with the role {named}"
        )
    for role in sorted(PASSED_OVER.get(method, set()) & roles):
        yield (
            f"passes over the {role} terms of the analysis; give it rows of its "
            "own in matching_terms.csv without them"
        )
