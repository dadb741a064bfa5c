"""Why a follow-up rule has no hazard ratio."""

import pandas as pd

from counterarm.tables.trust.follow_up_estimates import why_not


def test_an_empty_pool_is_told_from_nobody_matched():
    summary = pd.DataFrame(
        [
            ("a", None),
            ("a_window_91", "no estimate: no control is of a recording pseudo-trial"),
            ("a_horizon_270", "treated may be infinite"),
        ],
        columns=["analysis_id", "note"],
    )
    assert why_not(summary) == {
        "a": "no matched subjects",
        "a_window_91": "no control is of a recording pseudo-trial",
        "a_horizon_270": "no matched subjects",
    }
