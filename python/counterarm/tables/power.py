"""Power of the log-rank test for the questions of the protocol."""

import numpy as np
import pandas as pd

from counterarm.survival.power import (
    expected_events,
    freedman_group_size,
    freedman_power,
    proportional_hazard_ratio,
    simulated_power,
)
from counterarm.tables.frames import COUNT, NUMBER, TEXT, typed_frame

POWER_TYPES = {
    "analysis_id": TEXT,
    "question": TEXT,
    "method": TEXT,
    "s_treated": NUMBER,
    "s_control": NUMBER,
    "n_treated": COUNT,
    "n_control": COUNT,
    "alpha": NUMBER,
    "hazard_ratio": NUMBER,
    "expected_events": NUMBER,
    "power": NUMBER,
    "monte_carlo_se": NUMBER,
    "target_power": NUMBER,
    "n_per_group_for_target": COUNT,
    "runs": COUNT,
    "seed": COUNT,
    "definition": TEXT,
    "note": TEXT,
}
FREEDMAN = (
    "two-sided log-rank test, Freedman 1982: events by the proportions surviving, "
    "hazard ratio their logarithms' ratio"
)
INFINITE = "no subject of a group survives: the hazard ratio is at its limit"
SHAPES = {
    "exponential": "deaths at a constant hazard",
    "linear": "deaths evenly over the time, so that the hazard ratio is not constant",
}


def power_table(questions: pd.DataFrame) -> pd.DataFrame:
    """Answer every row of the protocol's `power`: one row by Freedman, one simulated.

    A question that a method cannot answer has a row without power, and `note` gives the
    reason.
    """
    rows = []
    ordered = questions.sort_values(["analysis_id", "question"], kind="stable")
    for question in ordered.to_dict("records"):
        keys = {name: question[name] for name in ("analysis_id", "question")}
        keys |= {
            "s_treated": question["s_treated"],
            "s_control": question["s_control"],
            "n_treated": question["n_treated"],
            "n_control": question["n_control"],
            "alpha": question["alpha"],
        }
        for method, answer in (("freedman", by_formula), ("simulation", simulated)):
            try:
                rows.append(keys | {"method": method} | answer(question))
            except ValueError as error:
                note = f"not computed: {error}"
                rows.append(keys | {"method": method, "note": note})
    return typed_frame(rows, POWER_TYPES)


def groups(question: dict) -> tuple[float, float, int, int]:
    """Return survival and size of the treated and the control group."""
    return (
        float(question["s_treated"]),
        float(question["s_control"]),
        int(question["n_treated"]),
        int(question["n_control"]),
    )


def by_formula(question: dict) -> dict:
    """Return the columns of Freedman's answer."""
    s_treated, s_control, n_treated, n_control = groups(question)
    alpha, target = float(question["alpha"]), float(question["target_power"])
    return {
        "hazard_ratio": proportional_hazard_ratio(s_treated, s_control),
        "expected_events": expected_events(s_treated, s_control, n_treated, n_control),
        "power": freedman_power(
            s_treated, s_control, n_treated, n_control, alpha=alpha
        ),
        "target_power": target,
        "n_per_group_for_target": freedman_group_size(
            s_treated, s_control, target, alpha=alpha
        ),
        "definition": FREEDMAN,
        "note": INFINITE if 0 in (s_treated, s_control) else None,
    }


def simulated(question: dict) -> dict:
    """Return the columns of the simulation's answer."""
    runs, seed, shape = int(question["runs"]), int(question["seed"]), question["shape"]
    power = simulated_power(
        *groups(question),
        alpha=float(question["alpha"]),
        shape=shape,
        runs=runs,
        seed=seed,
    )
    return {
        "expected_events": expected_events(*groups(question)),
        "power": power,
        "monte_carlo_se": float(np.sqrt(power * (1 - power) / runs)),
        "runs": runs,
        "seed": seed,
        "definition": (
            "two-sided log-rank test, hypergeometric variance, simulated trials: "
            f"{SHAPES[shape]}, no loss to follow-up"
        ),
    }
