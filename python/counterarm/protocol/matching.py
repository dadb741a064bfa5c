"""Whether the terms of an analysis are those that its way of matching needs."""

from collections.abc import Iterator

import pandas as pd

from counterarm.protocol.rows import at, is_empty

NEEDS_SCORE = {"full", "ipw", "overlap"}
# Roles that a method passes over; none uses no term but for the balance.
PASSED_OVER = {
    "full": {"distance"},
    "exact": {"distance", "caliper", "score"},
    "ipw": {"distance", "caliper", "exact"},
    "overlap": {"distance", "caliper", "exact"},
}


def matching_problems(seeds: dict[str, pd.DataFrame]) -> Iterator[str]:
    """Yield a text for rows of matching.csv whose analysis has terms of other methods.

    Terms are an analysis's own, or those of the one it is based on.
    """
    terms = seeds["matching_terms"]
    based_on = seeds["analyses"].set_index("analysis_id")["based_on"].to_dict()
    for line, row in enumerate(seeds["matching"].to_dict("records"), start=2):
        name, method = row["analysis_id"], row["method"]
        own = terms[terms["analysis_id"] == name]
        if own.empty:
            own = terms[terms["analysis_id"] == based_on.get(name)]
        roles = set(own["role"])
        if method in NEEDS_SCORE and "score" not in roles:
            yield at("matching", line, "method", method, "needs score terms")
        if method == "exact" and "exact" not in roles:
            yield at("matching", line, "method", method, "needs exact terms")
        for role in sorted(PASSED_OVER.get(method, set()) & roles):
            yield at(
                "matching",
                line,
                "method",
                method,
                f"passes over the {role} terms of the analysis; give it rows of its "
                "own in matching_terms.csv without them",
            )
        if not is_empty(row["discard"]) and "score" not in roles:
            yield at("matching", line, "discard", row["discard"], "needs score terms")
