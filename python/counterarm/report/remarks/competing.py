"""Remarks on competing risks: what each number means, with the number."""

import pandas as pd

from counterarm.report.remarks.remark import Remark
from counterarm.report.words import (
    GROUPS,
    MONTH,
    estimate_text,
    inner_words,
    variance_words,
)

# Percentage points by which one less the Kaplan-Meier curve is worth a caution.
OVERSTATED = 0.05
# How counterarm.tables.competing words it, where the cause itself has no test.
UNRECORDED = r"^not computed: (.+) is not recorded in every arm \((.+)\)$"


def on_competing(
    incidence: pd.DataFrame,
    steps: pd.DataFrame,
    tests: pd.DataFrame,
    ratios: pd.DataFrame,
) -> list[Remark]:
    """Say what incidence is, what the curve would make of it, and the two ratios.

    `incidence` are rows of analysis.cumulative_incidence of the arms, `steps` of
    results.survival_steps on one scale, `tests` of analysis.cumulative_incidence_tests
    and `ratios` of analysis.subdistribution.
    """
    remarks = []
    for endpoint, rows in incidence.groupby("endpoint", sort=True):
        of = rows[rows["is_of_interest"]]
        day = int(of.groupby("group_name")["day"].max().min())
        found, worst = [], 0.0
        for group in GROUPS:
            own = of[(of["group_name"] == group) & (of["day"] <= day)]
            curve = steps[
                (steps["endpoint"] == endpoint)
                & (steps["group_name"] == group)
                & (steps["day"] <= day)
            ]
            if own.empty or curve.empty:
                continue
            real = float(own.sort_values("day")["incidence"].iloc[-1])
            naive = 1 - float(curve.sort_values("day")["survival"].iloc[-1])
            worst = max(worst, naive - real)
            found.append(f"{inner_words(group)} {real:.0%} (by the curve {naive:.0%})")
        if found:
            remarks.append(
                Remark(
                    f"{endpoint}: cumulative incidence by month {day / MONTH:.0f}: "
                    f"{', '.join(found)}. It is the probability that the endpoint "
                    "comes, and comes first. One less the Kaplan-Meier curve, which "
                    "censors at a competing event, is what it would be if the "
                    "competing events were abolished and changed nothing else.",
                    caution=worst > OVERSTATED,
                )
            )
    remarks += _on_unrecorded(tests)
    remarks += _on_ratios(ratios)
    return remarks


def _on_unrecorded(tests: pd.DataFrame) -> list[Remark]:
    """Warn of causes that are not recorded in an arm, and have no curve there.

    The row of the test names the cause; a curve may be missing for too few events.
    """
    if tests.empty:
        return []
    arms = tests[tests["comparison_set"] == "arms"]
    found = arms["definition"].str.extract(UNRECORDED)
    return [
        Remark(
            f"{endpoint}: {cause.lower()} is not recorded in every arm (not in: "
            f"{where}), and has no curve there. Subjects with it remain under "
            "follow-up: incidences and ratios are not comparable between the arms.",
            caution=True,
        )
        for endpoint, cause, where in zip(
            arms["endpoint"], found[0], found[1], strict=True
        )
        if isinstance(cause, str)
    ]


def _on_ratios(ratios: pd.DataFrame) -> list[Remark]:
    if ratios.empty:
        return []
    known = ratios[
        (ratios["term"] == "treated")
        & ratios["is_of_interest"]
        & ratios["hazard_ratio"].notna()
        & (ratios["model_id"] == "unadjusted")
    ]
    remarks = []
    for (endpoint, variance), rows in known.groupby(["endpoint", "variance"]):
        by_method = {row["method"]: row for _, row in rows.iterrows()}
        if len(by_method) < 2:
            continue
        remarks.append(
            Remark(
                f"{endpoint}: cause-specific hazard ratio "
                f"{estimate_text(by_method['cause_specific'])}, of the subdistribution "
                f"{estimate_text(by_method['fine_gray'])} "
                f"({variance_words(variance)}). The first compares rates among those "
                "still free of every event, the second how many have had the endpoint; "
                "they differ where treatment changes the competing events."
            )
        )
    return remarks
