"""Doubly robust survival as a table: shares of twelve that can be counted."""

from dataclasses import replace

import pandas as pd
import pytest
from test_rematched import ENDPOINTS, SUBJECTS, protocol

from counterarm.tables.estimators.doubly_robust import doubly_robust_table

ALL_DIE = ENDPOINTS.assign(is_event=True)


def table(days: str = "300", **changed: pd.DataFrame) -> pd.DataFrame:
    asked = {"analysis_id": "a", "endpoint": "OS", "days": days, "why": ""}
    by_score = protocol(by_score=True)
    only_sex = by_score.terms[by_score.terms["variable"] == "sex"]
    return doubly_robust_table(
        pd.DataFrame([asked]),
        changed.get("subjects", SUBJECTS),
        changed.get("endpoints", ALL_DIE),
        replace(by_score, terms=only_sex),
    )


def test_controls_are_standardised_to_the_sexes_of_the_treated():
    """Beyond day 300: 2 of 3 women and 1 of 3 men of the controls, half of each.

    Of the treated 3 of 6, as who dies on day 300 does not live beyond it.
    """
    rows = table().set_index("measure")
    survival = rows.loc["survival"]
    assert survival["control"] == pytest.approx(0.5 * 2 / 3 + 0.5 * 1 / 3)
    assert survival["treated"] == pytest.approx(0.5)
    assert survival["difference"] == pytest.approx(0, abs=1e-12)
    # restricted means: women 250, 300, 300 and men 290, 300, 180
    mean = rows.loc["rmst"]
    assert mean["control"] == pytest.approx(0.5 * 850 / 3 + 0.5 * 770 / 3)
    assert mean["treated"] == pytest.approx((300 * 4 + 200 + 270) / 6)
    assert rows["n_treated"].eq(6).all()
    assert rows["note"].isna().all()


def test_a_day_beyond_follow_up_has_a_note():
    rows = table("300|411")
    late = rows[rows["at_day"] == 411]
    assert len(rows) == 4
    assert late["difference"].isna().all()
    assert late["note"].str.startswith("not computed: at: 411").all()


def test_who_is_not_evaluable_does_not_count():
    lost = ALL_DIE.assign(days=ALL_DIE["days"].astype("Int64"))
    lost.loc[lost["usubjid"] == "C3", "days"] = pd.NA
    survival = table(endpoints=lost).set_index("measure").loc["survival"]
    assert (survival["n_control"], survival["n_left_out"]) == (5, 1)
    assert survival["control"] == pytest.approx(0.5 * 1 / 2 + 0.5 * 1 / 3)


def test_an_arm_of_whom_nobody_is_evaluable_has_a_note():
    unknown = ALL_DIE.assign(days=ALL_DIE["days"].astype("Int64"))
    unknown.loc[unknown["usubjid"].str.startswith("T"), "days"] = pd.NA
    rows = table(endpoints=unknown)
    assert rows["note"].eq("not computed: an arm has no evaluable subject").all()
    assert rows[["n_treated", "n_control", "n_left_out"]].to_numpy().tolist() == [
        [0, 6, 6],
        [0, 6, 6],
    ]


def test_delayed_entry_is_not_taken_and_said():
    late = ALL_DIE.assign(entry_days=10)
    note = "not computed: some come under observation late"
    assert table(endpoints=late)["note"].eq(note).all()


def test_an_analysis_without_treated_has_no_rows():
    assert table(subjects=SUBJECTS[SUBJECTS["arm"] == "control"]).empty
