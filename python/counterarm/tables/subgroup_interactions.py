"""The test of every set of subgroups for a difference of its hazard ratios."""

import numpy as np
import pandas as pd

from counterarm.survival.subgroup_interaction import interaction_test
from counterarm.tables.frames import COUNT, NUMBER, TEXT, typed_frame

TYPES = {
    "analysis_id": TEXT,
    "model_id": TEXT,
    "endpoint": TEXT,
    "variance": TEXT,
    "subgroup_set": TEXT,
    "n_subgroups": COUNT,
    "n_estimated": COUNT,
    "statistic": NUMBER,
    "df": COUNT,
    "p_value": NUMBER,
    "definition": TEXT,
    "note": TEXT,
}
DEFINITION = (
    "Cochran's Q of the log hazard ratios of the subgroups, chi-squared; takes the "
    "subgroups as independent of each other"
)
_KEYS = ["analysis_id", "model_id", "endpoint", "variance", "subgroup_set"]
_WITHIN = ": "


def subgroup_interactions(cox: pd.DataFrame, subgroups: pd.DataFrame) -> pd.DataFrame:
    """Test each set of subgroups for treatment-by-subgroup interaction.

    `cox` are rows of `analysis.cox`, whose models within a subgroup are named
    `model: subgroup`, and `subgroups` of `protocol.analysis_subgroups`. One row per
    analysis, model, endpoint, variance and set of at least two subgroups; where fewer
    than two are estimated the row has a note and no test.
    """
    # partition gives no columns for an empty table
    parts = [str(model).partition(_WITHIN) for model in cox["model_id"]]
    within = cox.assign(
        model_id=[model for model, _, _ in parts],
        subgroup=[subgroup for _, _, subgroup in parts],
    )
    within = within[(within["term"] == "treated") & (within["subgroup"] != "")]
    sets = subgroups[["analysis_id", "subgroup_set", "subgroup"]].drop_duplicates()
    within = within.merge(sets, on=["analysis_id", "subgroup"])
    rows = []
    for keys, of in within.groupby(_KEYS, sort=True):
        if len(of) < 2:
            continue
        known = of[of["coef"].notna() & (of["se"] > 0) & np.isfinite(of["se"])]
        row = dict(zip(_KEYS, keys, strict=True)) | {
            "n_subgroups": len(of),
            "n_estimated": len(known),
            "definition": DEFINITION,
        }
        if len(known) < 2:
            row["note"] = "fewer than two subgroups have an estimate"
        else:
            test = interaction_test(known["coef"], known["se"])
            row |= {
                "statistic": test.statistic,
                "df": test.df,
                "p_value": test.p_value,
            }
        rows.append(row)
    return typed_frame(rows, TYPES)
