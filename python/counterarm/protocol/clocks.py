"""Whether the clocks of an analysis fit its arms, and what can follow them."""

import re
from collections.abc import Iterator

from counterarm.protocol.arms import BOTH, PROACT
from counterarm.protocol.choices import TIME_ZEROS
from counterarm.protocol.endpoints import arms_of, studies_of
from counterarm.protocol.problem import Problem, at, is_empty, near
from counterarm.protocol.resolved import Resolved

DOSE = re.compile(r"dose_[1-9][0-9]*")
INDEX = "index"
# Both arms must count from the same event of the disease.
OF_THE_DISEASE = {"diagnosis", "onset"}
# Seeds whose tables count from the index day, and have no delayed entry.
FROM_INDEX = (
    "bootstraps",
    "dose_contrasts",
    "doubly_robust",
    "rematched_subgroups",
)


def clock_row(row: dict) -> Iterator[tuple[str, ...]]:
    """Yield what is wrong with one row of clocks.csv: column, reason, remedy."""
    zero = row["time_zero"]
    if not is_empty(zero) and zero not in TIME_ZEROS and not DOSE.fullmatch(str(zero)):
        names = [*sorted(TIME_ZEROS), "dose_N"]
        yield "time_zero", f"is none of {', '.join(names)}", near(zero, names)


def clock_problems(protocol: Resolved) -> Iterator[Problem]:
    """Yield a problem for each clock that cannot start, or cannot be followed."""
    reported: set[tuple] = set()
    for analysis in protocol.based_on:
        if not protocol.is_sound(analysis, "clocks", "arms"):
            continue
        for problem in of_analysis(protocol, analysis):
            key = (problem.seed, problem.line, problem.reason)
            if key not in reported:
                reported.add(key)
                yield problem


def of_analysis(protocol: Resolved, analysis: object) -> Iterator[Problem]:
    """Yield the problems of one analysis."""
    rows = protocol.rows("clocks", analysis)
    zeros: dict[object, object] = {arm: INDEX for arm in BOTH}
    for line, row in rows:
        zero = row["time_zero"]
        if row["arm"] == "both" and len(rows) > 1:
            yield at(
                *("clocks", line, "arm", "both"),
                "covers an arm that another row covers too",
                "write one row of both, or one of each arm",
            )
        for arm in arms_of(row):
            zeros[arm] = zero
            has_doses = zero == "first_dose" or DOSE.fullmatch(str(zero))
            if has_doses and PROACT in studies_of(protocol, analysis, arm):
                yield at(
                    *("clocks", line, "time_zero", zero),
                    f"starts no clock of the {arm} arm: PRO-ACT has no days of doses",
                    "write entry for that arm, or leave its row out",
                )
    treated, control = (zeros[arm] for arm in BOTH)
    if treated != control and {treated, control} & OF_THE_DISEASE:
        line, row = next(
            (line, row) for line, row in rows if row["time_zero"] in OF_THE_DISEASE
        )
        yield at(
            *("clocks", line, "time_zero", row["time_zero"]),
            f"counts the arms from different events: treated from {treated}, controls "
            f"from {control}",
            "write the same time zero for both arms",
        )
    if treated == control == INDEX:
        return
    inherited = protocol.source("borrowing", analysis)
    for line, row in protocol.rows("borrowing", analysis)[:1]:
        yield at(
            *("borrowing", line, "analysis_id", row["analysis_id"]),
            f"holds for {analysis} too, whose clock starts elsewhere than at the index "
            "day, from which borrowing counts",
            "start no clock there"
            if inherited == analysis
            else f"base {analysis} on an analysis that does not borrow",
        )
    for seed in FROM_INDEX:
        for line, _ in protocol.of[seed].get(analysis, []):
            yield at(
                *(seed, line, "analysis_id", analysis),
                "counts from the index day, and clocks.csv starts the clock of "
                f"{analysis} elsewhere",
                "move the row to an analysis without a clock",
            )
