"""The hazard ratio of each main analysis under each follow-up rule."""

from collections.abc import Iterator

import pandas as pd

from counterarm.tables.frames import COUNT, FLAG, NUMBER, TEXT, numbers, typed_frame
from counterarm.tables.trust.main_model import questioned_estimates

TYPES = {
    "analysis_id": TEXT,
    "position": COUNT,
    "follow_up_rule": TEXT,
    "is_corrected": FLAG,
    "is_checked": FLAG,
    "rule_analysis_id": TEXT,
    "model_id": TEXT,
    "endpoint": TEXT,
    "n": COUNT,
    "n_events": COUNT,
    "coef": NUMBER,
    "hazard_ratio": NUMBER,
    "ci_low": NUMBER,
    "ci_high": NUMBER,
    "variance": TEXT,
    "estimand": TEXT,
    "note": TEXT,
}
AS_RECORDED = "as_recorded"
# It is the best case for the controls, one end of the bounds, and no correction.
BEST_CASE = "alive_to_last_death"
OF_COX = list(TYPES)[list(TYPES).index("endpoint") :]
NO_MODEL = "no model of treatment alone"
NO_ESTIMATE = "no matched subjects"
# How the summary's note begins where an analysis has no estimate.
EMPTY = "no estimate: "


def follow_up_estimates(
    summary: pd.DataFrame,
    follow_up: pd.DataFrame,
    main: pd.DataFrame,
    cox: pd.DataFrame,
    plans: pd.DataFrame,
) -> pd.DataFrame:
    """Return a row per delivered main analysis and follow-up rule, in order.

    `summary`: results.analysis_summary; `follow_up`: rows of
    `protocol.analysis_follow_up`; `main`: `main_models`; `cox`, `plans`: as
    `questioned_estimates` takes them. The main analysis comes first, then those based
    on it whose rule is another and is not as recorded: windows, then the other rules by
    name, each by its days. Each has the main model of the main analysis. `is_corrected`
    marks those that correct the follow-up; `is_checked` the first of them with an
    estimate, which later checks rest on, or the main analysis where there is none.
    """
    estimates = questioned_estimates(cox, plans)
    why = why_not(summary)
    model_of = dict(zip(main["analysis_id"], main["model_id"], strict=True))
    rows = []
    for analysis_id, rules in rules_of(summary, follow_up):
        model_id = model_of.get(analysis_id)
        of_model = estimates[estimates["model_id"] == model_id]
        by_analysis = of_model.set_index("analysis_id")[OF_COX].to_dict("index")
        found = [
            {
                "analysis_id": analysis_id,
                "position": position,
                "follow_up_rule": rule,
                "is_corrected": name != analysis_id and rule != BEST_CASE,
                "rule_analysis_id": name,
                "model_id": model_id,
            }
            | by_analysis.get(
                name, {"note": NO_MODEL if model_id is None else why[name]}
            )
            for position, (name, rule) in enumerate(rules, start=1)
        ]
        corrected = [
            row for row in found if row["is_corrected"] and pd.notna(row.get("coef"))
        ]
        checked = (corrected or found)[0]
        rows += [row | {"is_checked": row is checked} for row in found]
    return typed_frame(rows, TYPES)


def why_not(summary: pd.DataFrame) -> dict[str, str]:
    """Return why each analysis has no estimate, where it has none.

    `note` of the summary names an empty pool; else nobody was matched.
    """
    notes = summary.set_index("analysis_id")["note"]
    empty = notes.where(notes.astype(str).str.startswith(EMPTY), None)
    return {
        name: NO_ESTIMATE if pd.isna(note) else str(note).removeprefix(EMPTY)
        for name, note in empty.items()
    }


def rules_of(
    summary: pd.DataFrame, follow_up: pd.DataFrame
) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield each main analysis with analysis and rule of itself and of its variants."""
    delivered = summary[summary["is_delivered"].astype(bool)]
    ruled = delivered[["analysis_id", "based_on"]].merge(follow_up, on="analysis_id")
    ordered = ruled.assign(
        is_other=ruled["rule"] != "window", length=numbers(ruled, "days")
    ).sort_values(["is_other", "rule", "length", "analysis_id"], kind="stable")
    main = ordered[ordered["based_on"].isna()].sort_values("analysis_id")
    for own in main.itertuples():
        rules = ordered[
            (ordered["based_on"] == own.analysis_id)
            & ~ordered["follow_up_rule"].isin([AS_RECORDED, own.follow_up_rule])
        ]
        varied = zip(rules["analysis_id"], rules["follow_up_rule"], strict=True)
        yield own.analysis_id, [(own.analysis_id, own.follow_up_rule), *varied]
