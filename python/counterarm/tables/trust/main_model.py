"""Which model of an analysis is the one that is questioned: that of the arm alone."""

import pandas as pd

from counterarm.tables.frames import TEXT, typed_frame

TYPES = dict.fromkeys(("analysis_id", "model_id", "endpoint", "ties"), TEXT)
# The variance of a result that is questioned: the first of these that was computed.
VARIANCES = ("cluster", "two_way", "naive")
TREATED = "treated"


def main_models(models: pd.DataFrame, terms: pd.DataFrame) -> pd.DataFrame:
    """Return analysis_id, model_id, endpoint and ties of each analysis's main model.

    `models` and `terms` are rows of `protocol.analysis_models` and
    `protocol.analysis_model_terms`. The main model has the treated arm as its only
    term, without a variable; of several, the first by name. An analysis without one
    has no row.
    """
    of_arm = terms.groupby(["analysis_id", "model_id"]).filter(
        lambda own: (
            len(own) == 1
            and own["arm"].iloc[0] == TREATED
            and pd.isna(own["variable"].iloc[0])
        )
    )
    found = models.merge(of_arm[["analysis_id", "model_id"]])
    first = found.sort_values(["analysis_id", "model_id"], kind="stable")
    once = first.drop_duplicates("analysis_id")
    return typed_frame(once[list(TYPES)].to_dict("records"), TYPES)


def questioned_estimates(cox: pd.DataFrame, plans: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `analysis.cox` that are questioned, one per model.

    The effect of treatment in every model of a whole matched sample, not of a
    subgroup, in the first of `VARIANCES` that the model has. `plans` are rows of
    `analysis.model_plans`. Sorted by analysis and model.
    """
    of_subgroup = plans.loc[plans["subgroup"].notna(), ["analysis_id", "model_id"]]
    rows = cox[(cox["term"] == TREATED) & cox["variance"].isin(VARIANCES)].merge(
        of_subgroup.drop_duplicates(), how="left", indicator="subgroup_model"
    )
    rows = rows[rows["subgroup_model"] == "left_only"].drop(columns="subgroup_model")
    order = rows["variance"].map({name: i for i, name in enumerate(VARIANCES)})
    first = rows.assign(order=order).sort_values(
        ["analysis_id", "model_id", "order"], kind="stable"
    )
    return (
        first.drop_duplicates(["analysis_id", "model_id"])
        .drop(columns="order")
        .reset_index(drop=True)
    )
