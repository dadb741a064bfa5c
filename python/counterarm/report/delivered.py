"""What of the results is about delivered patients, in the order of the page."""

import pandas as pd

from counterarm.report.reading import Results
from counterarm.warehouse.undelivered import left_out_line


def of_delivered(results: Results) -> tuple[Results, str]:
    """Leave out analyses whose sites have no delivered subject; count them in a line.

    With them go the published numbers that theirs are set beside, and all numbers of a
    paper of which no analysis is left. The line is "" where nothing is left out.
    """
    rows = results.of("analysis_summary")
    is_there = rows["is_delivered"].astype(bool)
    gone = set(rows["analysis_id"][~is_there])
    papers = set(rows["paper"][~is_there]) - set(rows["paper"][is_there])
    tables = {
        name: _without(frame, gone, papers) for name, frame in results.tables.items()
    }
    tables["analysis_summary"] = in_order(tables["analysis_summary"])
    return results.with_tables(tables), left_out_line(rows["not_delivered"][~is_there])


def _without(frame: pd.DataFrame, analyses: set, papers: set) -> pd.DataFrame:
    for column, left_out in (("analysis_id", analyses), ("paper", papers)):
        if column in frame and left_out:
            is_kept = frame[column].isna() | ~frame[column].isin(left_out)
            frame = frame[is_kept].reset_index(drop=True)
    return frame


def in_order(summary: pd.DataFrame) -> pd.DataFrame:
    """Sort the analyses as the page shows them: a main one, then what varies it.

    Main analyses with patients in both arms come first, and among these the analyses
    that reproduce no paper.
    """
    arms = summary[["n_treated_eligible", "n_control_eligible"]]
    is_main = summary["based_on"].isna()
    has_patients = arms.fillna(0).gt(0).all(axis=1)
    full = set(summary["analysis_id"][is_main & has_patients])
    family = summary["based_on"].fillna(summary["analysis_id"])
    order = summary.assign(
        family=family,
        is_empty=~family.isin(full),
        is_of_paper=family.isin(family[summary["paper"].notna()]),
        is_variant=~is_main,
    ).sort_values(["is_empty", "is_of_paper", "family", "is_variant", "analysis_id"])
    return summary.loc[order.index].reset_index(drop=True)
