"""Win ratio and joint rank of matched subjects, held to the golden pairs."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from counterarm.tables.trust.joint import joint_rank_table, win_ratio_table

FOLDER = Path(__file__).parents[2] / "golden" / "trust"
WANTED = json.loads((FOLDER / "winratio.json").read_text())["last_common"]
MONTHS = {"change_3": 91, "change_6": 182, "change_9": 274, "change_12": 365}


def members(rule: str = "window_91", **changed: object) -> pd.DataFrame:
    """Return the golden pairs as rows of `analysis.joint_members`, in no order."""
    pairs = pd.read_csv(FOLDER / "function_survival.csv")
    wide = pd.DataFrame(
        {
            "analysis_id": f"a_{rule}",
            "follow_up_rule": rule,
            "set_id": [f"a-{pair:05d}" for pair in pairs["pair"]],
            "usubjid": [f"S-{i:03d}" for i in range(len(pairs))],
            "arm": np.where(pairs["treated"] == 1, "treated", "control"),
            "weight": 1.0,
            "days": pairs["time"].astype("Int64"),
            "is_event": pairs["event"] == 1,
            "baseline_total": pairs["baseline"].astype(float),
        }
    ).assign(**changed)
    visits = [
        wide.assign(offset_days=days, change=pairs[name], window_id=name)
        for name, days in MONTHS.items()
    ]
    return pd.concat(visits).sample(frac=1, random_state=1)


def test_the_ratios_are_the_golden_ones():
    found = win_ratio_table(members()).set_index("pairing")
    names = {"low": "ci_low", "high": "ci_high"}
    for key in ("wins", "losses", "ties", "win_ratio", "log_se", "low", "high"):
        value = found.loc["unmatched", names.get(key, key)]
        assert value == pytest.approx(WANTED[key], abs=1e-8), key
    matched = WANTED["matched"]
    for key in ("wins", "losses", "ties", "win_ratio", "low", "high"):
        value = found.loc["matched", names.get(key, key)]
        assert value == pytest.approx(matched[key], abs=1e-8), key
    assert found.loc["matched", "p_value"] == pytest.approx(matched["p_exact"])
    assert found["note"].isna().all()
    assert found["margin"].eq(0).all()


def test_a_visit_that_one_arm_does_not_plan_is_compared_with_nothing():
    """Two of four visits of the controls: as many rows as three of everybody."""
    rows = members()
    late = (rows["arm"] == "control") & (rows["offset_days"] > 200)
    unknown = rows.assign(change=rows["change"].mask(late))
    pd.testing.assert_frame_equal(
        win_ratio_table(rows[~late]), win_ratio_table(unknown)
    )


def test_the_ranks_are_the_golden_ones():
    found = joint_rank_table(members()).set_index("group_name")
    assert found.loc["treated", "mean_rank"] == WANTED["cafs_mean_rank_treated"]
    assert found.loc["control", "mean_rank"] == WANTED["cafs_mean_rank_control"]
    assert found["n"].eq(24).all()
    names = {"ancova_coef": "cafs_ancova_coef", "ancova_se": "cafs_ancova_se"}
    for column in ("fs_t", "fs_variance", "fs_z", *names):
        wanted = WANTED[names.get(column, column)]
        assert found[column].to_numpy(float) == pytest.approx([wanted] * 2, abs=1e-8)
    # Student's t with 48 - 3 df, two-sided, as R's 2 * pt(-2.3105369658, 45)
    assert found["p_value"].to_numpy(float) == pytest.approx([0.02551] * 2, abs=1e-4)


def test_as_recorded_wins_by_death_are_called_an_artefact():
    assert (
        win_ratio_table(members("as_recorded"))["note"].str.contains("recorded").all()
    )
    assert joint_rank_table(members("as_recorded"))["note"].notna().all()


def test_a_pair_of_which_one_has_no_days_is_left_out():
    rows = members()
    rows.loc[rows["usubjid"] == "S-000", "days"] = pd.NA
    found = win_ratio_table(rows).set_index("pairing")
    counts = found[["wins", "losses", "ties"]].sum(axis=1)
    assert counts["matched"] == 23
    assert counts["unmatched"] == 23 * 23


def test_who_has_no_baseline_is_not_ranked_and_counted():
    rows = members()
    rows.loc[rows["usubjid"] == "S-000", ["baseline_total", "change"]] = None
    found = joint_rank_table(rows)
    assert found["n"].tolist() == [23, 24]
    assert found["note"].eq("1 without a total at baseline").all()


@pytest.mark.parametrize(
    "changed", [{"weight": 0.5}, {"usubjid": "S-1", "set_id": "a-1"}]
)
def test_sets_that_are_no_pairs_have_a_note_only(changed):
    rows = members()
    of_control = rows["arm"] == "control"
    for column, value in changed.items():
        rows.loc[of_control, column] = value
    if "usubjid" in changed:
        rows = rows.drop_duplicates(["set_id", "usubjid", "offset_days"])
    for table in (win_ratio_table(rows), joint_rank_table(rows)):
        assert len(table) == 2
        assert table["note"].str.startswith("not computed: sets are not").all()


def test_without_losses_there_is_no_ratio_and_counts_stay():
    rows = members(is_event=False)
    rows["change"] = np.where(rows["arm"] == "treated", 1.0, 0.0)
    found = win_ratio_table(rows).set_index("pairing")
    assert found.loc["matched", "wins"] == 24
    assert found["win_ratio"].isna().all()
    assert found["note"].eq("no losses: no ratio").all()


def test_sets_whose_days_are_not_known_are_counted():
    rows = members()
    first = rows["set_id"].min()
    rows.loc[(rows["set_id"] == first) & (rows["arm"] == "treated"), "days"] = pd.NA
    note = "1 sets left out: not evaluable"
    assert win_ratio_table(rows)["note"].tolist() == [note] * 2
    ranks = joint_rank_table(rows)
    assert ranks["note"].tolist() == [note] * 2
    assert ranks["n"].tolist() == [23, 23]


def test_nobody_matched_no_rows():
    for table in (win_ratio_table(members().iloc[:0]), joint_rank_table(members()[:0])):
        assert table.empty
