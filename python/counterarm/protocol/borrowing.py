"""Whether an analysis that borrows has whom to borrow from, and says how."""

from collections.abc import Iterator

from counterarm.protocol.problem import Problem, at, is_empty, near
from counterarm.protocol.resolved import Resolved

SEED = "borrowing"
# The column that a method needs; it says nothing in the other.
NEEDS = {"power_prior": "weight", "test_then_pool": "alpha"}


def borrowing_problems(protocol: Resolved) -> Iterator[Problem]:
    """Yield a problem for a row of borrowing.csv that is not whole or cannot be.

    Internal controls are those of a study that feeds the treated arm too, external
    those of the others: an analysis that borrows has both.
    """
    for line, row in protocol.all[SEED]:
        for column in NEEDS.values():
            is_needed = NEEDS.get(row["method"]) == column
            if is_needed and is_empty(row[column]):
                yield at(
                    *(SEED, line, column, None),
                    f"must be given with the method {row['method']}",
                )
            elif not is_needed and not is_empty(row[column]):
                yield at(
                    *(SEED, line, column, row[column]),
                    f"must be empty with the method {row['method']}",
                )
    for analysis in protocol.own(SEED):
        rows = protocol.rows(SEED, analysis)
        if not rows or not protocol.is_sound(analysis, "arms", "endpoints"):
            continue
        yield from source_problems(protocol, analysis, rows[0][0])
        names = protocol.values("endpoints", analysis, "endpoint")
        for line, row in rows:
            if not is_empty(row["endpoint"]) and row["endpoint"] not in names:
                yield at(
                    *(SEED, line, "endpoint", row["endpoint"]),
                    f"has no row in endpoints.csv for {analysis}",
                    near(row["endpoint"], names) or "add it to endpoints.csv",
                )


def source_problems(
    protocol: Resolved, analysis: object, line: int
) -> Iterator[Problem]:
    """Yield a problem for an analysis without internal or without external controls."""
    studies = {
        arm: {
            row["studyid"]
            for _, row in protocol.rows("arms", analysis)
            if row["arm"] == arm
        }
        for arm in ("treated", "control")
    }
    treated = ", ".join(sorted(map(str, studies["treated"])))
    if not studies["control"] & studies["treated"]:
        yield at(
            *(SEED, line, "analysis_id", analysis),
            f"has no internal controls: none are of {treated}, which feeds the treated",
            f"add a row of arms.csv such as {analysis},control,{treated},PLACEBO,"
            "trial_entry",
        )
    if not studies["control"] - studies["treated"]:
        yield at(
            *(SEED, line, "analysis_id", analysis),
            f"has no external controls: all are of {treated}, which feeds the treated",
            "add a row of arms.csv with the arm control of another study",
        )
