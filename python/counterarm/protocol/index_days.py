"""Requirements of an analysis with several index days of a subject."""

from collections.abc import Iterator

from counterarm.protocol.choices import ALL_VISITS, BY_METHOD, PAIR_COLUMNS
from counterarm.protocol.problem import Problem, at, is_empty
from counterarm.protocol.resolved import Resolved


def index_day_problems(protocol: Resolved) -> Iterator[Problem]:
    """Yield a problem where all index days are kept and subject_use does not fit.

    Without replacement, subject_use in matching.csv states whether a subject may be
    matched on each of its days, or once. `once` has no meaning with replacement, nor
    where no subject has several days.
    """
    reported: set[int] = set()
    for analysis in protocol.based_on:
        if not protocol.is_sound(analysis, "arms", "matching"):
            continue
        rules = protocol.values("arms", analysis, "index_rule")
        for line, row in protocol.rows("matching", analysis):
            use = row.get("subject_use")
            is_asked = (
                ALL_VISITS in rules
                and BY_METHOD.get(row["method"]) == PAIR_COLUMNS
                and str(row["replacement"]).lower() == "false"
            )
            if line in reported:
                continue
            if is_asked and is_empty(use):
                reported.add(line)
                yield at(
                    *("matching", line, "subject_use", use),
                    f"must be given: in {analysis} a subject has several index days",
                    "write once (on one of them), or each_day",
                )
            elif use == "once" and ALL_VISITS in rules and not is_asked:
                reported.add(line)
                yield at(
                    *("matching", line, "subject_use", use),
                    "has no meaning with replacement",
                    "write each_day, or replacement false",
                )
            elif use == "once" and row["tie_policy"] != "first":
                reported.add(line)
                yield at(
                    *("matching", line, "tie_policy", row["tie_policy"]),
                    "is not implemented where a subject is matched once",
                    "write first",
                )
