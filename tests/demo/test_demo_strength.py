"""HANDGRIPSTRENGTH and MUSCLESTRENGTH (proact.md 1.15, 1.16)."""

import pandas as pd
import pytest

N = 4_000
TABLES = ["HANDGRIPSTRENGTH", "MUSCLESTRENGTH"]


@pytest.fixture(scope="module")
def grip(newest):
    return newest["HANDGRIPSTRENGTH"]


@pytest.fixture(scope="module")
def muscle(newest):
    return newest["MUSCLESTRENGTH"]


@pytest.mark.parametrize(
    ("table", "rows"), [("HANDGRIPSTRENGTH", 60_000), ("MUSCLESTRENGTH", 150_000)]
)
def test_tables_of_strength_are_of_medium_length(newest, table, rows):
    assert len(newest[table]) * 11_675 / N == pytest.approx(rows, rel=0.07)


@pytest.mark.parametrize("table", TABLES)
def test_strength_is_in_pounds_on_both_sides(newest, table, number):
    rows = newest[table]
    assert set(rows["Test_Unit"]) == {"Pounds"}
    left = (rows["Test_Laterality"] == "LEFT").mean()
    assert left == pytest.approx(0.5, abs=0.01)
    value = number(rows["Test_Result"])
    assert value.min() >= 0
    assert value.max() < 250
    assert 0 < value.isna().mean() < 0.05
    day = number(rows["MS_Delta"])
    assert 0 < day.isna().mean() < 0.01
    assert (day < 0).any()


def test_some_trials_number_three_tries_and_some_none(grip):
    tries = grip["Test_trial"].value_counts(normalize=True)
    assert set(tries.index) == {"", "1", "2", "3"}
    assert 0.1 < tries[""] < 0.4
    assert tries["1"] == pytest.approx(tries["3"], abs=0.02)
    numbered = set(grip.loc[grip["Test_trial"] != "", "subject_id"])
    # of those who number them, a few rows lack the number
    lacking = grip[grip["subject_id"].isin(numbered)]["Test_trial"] == ""
    assert 0 < lacking.mean() < 0.03


def test_hand_and_setting_are_known_where_tries_are_numbered(grip):
    known = grip["DominantHand"] != ""
    assert set(grip["DominantHand"]) == {"", "LEFT", "RIGHT"}
    assert set(grip["Test_Setting"]) == {"", "2", "3"}
    right = grip.loc[known, "DominantHand"] == "RIGHT"
    assert right.mean() == pytest.approx(0.9, abs=0.05)
    assert (grip.loc[known, "Test_trial"] != "").mean() > 0.97
    assert grip[known].groupby("subject_id")["DominantHand"].nunique().max() == 1


def test_muscles_have_names_with_a_comma_and_a_wrist_misspelt(muscle):
    assert muscle["Test_Name"].str.startswith("Isometric Muscle Strength, ").all()
    share = muscle["Test_Location"].value_counts(normalize=True)
    assert set(share.index) == {
        *("SHOULDER JOINT", "ELBOW JOINT", "WRIST JOINT", "Wristjoint"),
        *("HIP JOINT", "KNEE JOINT", "ANKLE JOINT"),
    }
    wrists = share["Wristjoint"] + share["WRIST JOINT"]
    assert wrists == pytest.approx(1 / 7, abs=0.01)
    assert share["Wristjoint"] / wrists == pytest.approx(0.1, abs=0.02)
    assert muscle.groupby(["Test_Name", "Test_Location"]).ngroups == 8


def test_a_break_is_yes_or_missing_and_the_try_too(muscle):
    assert set(muscle["Test_Break"]) == {"", "yes"}
    assert 0.1 < (muscle["Test_Break"] == "yes").mean() < 0.3
    assert set(muscle["Test_trial"]) == {"", "1"}
    assert 0.2 < (muscle["Test_trial"] == "").mean() < 0.5


@pytest.mark.parametrize("table", TABLES)
def test_strength_falls_in_the_months_of_a_trial(newest, table, number):
    rows = newest[table]
    rows = rows.assign(day=number(rows["MS_Delta"]), value=number(rows["Test_Result"]))
    at_entry = rows[rows["day"] == 0].groupby("subject_id")["value"].mean()
    late = rows[rows["day"] > 240].groupby("subject_id")["value"].mean()
    assert 0.4 < (late / at_entry).dropna().median() < 0.9


def test_men_are_stronger_than_women(grip, newest, number):
    sex = newest["DEMOGRAPHICS"].drop_duplicates("subject_id")
    sex = sex.set_index("subject_id")["Sex"]
    value = number(grip["Test_Result"]).groupby(grip["subject_id"].map(sex)).median()
    assert value["Female"] / value["Male"] == pytest.approx(0.62, abs=0.08)


def test_weak_hands_write_badly(grip, newest, number):
    scores = newest["ALSFRS"]
    writing = number(scores["Q4_Handwriting"]).groupby(scores["subject_id"]).mean()
    force = number(grip["Test_Result"]).groupby(grip["subject_id"]).mean()
    both = pd.concat([writing, force], axis=1, join="inner").dropna()
    assert both.corr("spearman").iloc[0, 1] > 0.5
