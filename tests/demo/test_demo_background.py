"""ELESCORIAL, FAMILYHISTORY, NEUROFILAMENT (proact.md 1.13, 1.14, 1.17)."""

import numpy as np
import pandas as pd
import pytest

N = 4_000
RELATIVES = ["Mother", "Father", "Grandmother__Maternal_", "Sister", "Brother"]


def scaled(count):
    """Turn a count into one at full size."""
    return count * 11_675 / N


@pytest.fixture(scope="module")
def family(delivery):
    return delivery["FAMILYHISTORY"]


@pytest.fixture(scope="module")
def filaments(newest, number):
    rows = newest["NEUROFILAMENT"]
    return rows.assign(
        day=number(rows["Collection_Delta"]), value=number(rows["Result"])
    )


@pytest.fixture(scope="module")
def baseline(filaments):
    serum = filaments[filaments["Matrix"] == "Serum"].sort_values("day")
    return serum.drop_duplicates("subject_id").set_index("subject_id")


def test_el_escorial_is_one_row_per_subject_in_five_levels(newest, number):
    rows = newest["ELESCORIAL"]
    assert rows["subject_id"].is_unique
    share = rows["el_escorial"].value_counts(normalize=True)
    assert set(share.index) == {
        *("", "Definite", "Probable", "Possible", "Suspected"),
        "Probable Laboratory Supported",
    }
    assert share[""] < 0.03
    assert share[["Definite", "Probable"]].sum() > 0.6
    day = number(rows["delta_days"])
    assert day.max() == 0
    assert 0 < day.isna().mean() < 0.06


def test_el_escorial_is_known_for_64_percent_of_the_documented_subset(newest):
    people, history = newest["DEMOGRAPHICS"], newest["ALSHISTORY"]
    flags = ["Site_of_Onset___Limb", "Site_of_Onset___Bulbar"]
    has_site = (history["Site_of_Onset"] != "") | (history[flags] == "1").any(axis=1)
    has_age = (people["Age"] != "") | (people["Date_of_Birth"] != "")
    subset = set(people.loc[has_age, "subject_id"])
    subset &= set(history.loc[history["Onset_Delta"] != "", "subject_id"])
    subset &= set(history.loc[history["Diagnosis_Delta"] != "", "subject_id"])
    subset &= set(history.loc[has_site, "subject_id"])
    rows = newest["ELESCORIAL"]
    known = set(rows.loc[rows["el_escorial"] != "", "subject_id"])
    assert len(subset & known) / len(subset) == pytest.approx(0.64, abs=0.03)


def test_2_family_history_repeats_some_subjects(family):
    assert scaled(len(family)) == pytest.approx(1_071, abs=150)
    assert scaled(family["subject_id"].nunique()) == pytest.approx(1_007, abs=140)
    again = family["subject_id"].duplicated()
    assert scaled(again.sum()) == pytest.approx(64, abs=40)
    assert not family.duplicated().any()
    assert family.groupby("subject_id").size().max() == 2


def test_family_flags_are_1_or_missing_and_many_columns_are_empty(family):
    empty = [name for name in family.columns if (family[name] == "").all()]
    assert len(empty) >= 12
    assert {"Volunteer", "Aunt", "Family_Hx_of_ALS_Mutation_Other"} <= set(empty)
    for name in RELATIVES:
        assert set(family[name]) == {"", "1"}


def test_family_diseases_are_those_of_the_release(family):
    disease = family["Neurological_Disease"]
    assert set(disease) == {
        *("", "DAT", "OTHER", "STROKE-NOS", "BRAIN TUMOR", "PARKINSON'S DISEASE"),
        *("DEMENTIA-NOS", "ALS", "STROKE-ISCHEMIC", "STROKE-HEMORRHAGIC"),
    }
    named = family["Neurological_Disease_Other"] != ""
    assert (disease[named] == "OTHER").all()
    asked = family["Family_Hx_of_Neuro_Disease"]
    assert set(asked) == {"", "Yes", "No"}
    assert set(disease[asked == "No"]) == {""}
    assert (disease[asked != "No"] != "").all()
    yes = family.loc[asked == "Yes", "subject_id"].nunique()
    assert scaled(yes) == pytest.approx(131, abs=60)


def test_neurofilament_is_measured_in_serum_and_seldom_in_liquor(filaments):
    assert scaled(len(filaments)) == pytest.approx(3_670, rel=0.15)
    assert scaled(filaments["subject_id"].nunique()) == pytest.approx(814, rel=0.12)
    share = filaments["Matrix"].value_counts(normalize=True)
    assert set(share.index) == {"Serum", "CSF"}
    assert share["CSF"] == pytest.approx(90 / 3_670, abs=0.015)
    assert set(filaments["Analyte"]) == {"Neurofilament light chain"}
    assert set(filaments["Unit"]) == {"pg/mL"}


def test_baseline_neurofilament_is_like_the_published_one(baseline):
    value = baseline["value"]
    low, median, high = np.percentile(value, [25, 50, 75])
    assert median == pytest.approx(78.5, abs=9)
    assert low == pytest.approx(52.6, abs=8)
    assert high == pytest.approx(115.1, abs=16)
    assert value.max() <= 840
    assert baseline["day"].between(0, 90).all()
    assert baseline["day"].median() == pytest.approx(27, abs=5)


def test_one_sample_of_liquor_is_an_outlier(filaments):
    liquor = filaments.loc[filaments["Matrix"] == "CSF", "value"]
    assert liquor.max() == 27_212
    assert (liquor > 20_000).sum() == 1
    assert liquor.median() > 1_000


def test_neurofilament_goes_with_limb_onset_and_fast_decline(baseline, newest, number):
    history = newest["ALSHISTORY"]
    limb = history["Site_of_Onset"].isin(["Onset: Limb", "Onset: Spine"])
    limb |= history["Site_of_Onset___Limb"] == "1"
    known = limb | (history["Site_of_Onset"] != "")
    known |= history["Site_of_Onset___Bulbar"] == "1"
    measured = history["subject_id"].isin(baseline.index)
    assert limb[known & measured].mean() > 0.93

    scores = newest["ALSFRS"]
    scores = scores.assign(
        day=number(scores["ALSFRS_Delta"]), total=number(scores["ALSFRS_R_Total"])
    ).dropna(subset=["day", "total"])
    slopes = {
        subject: np.polyfit(rows["day"], rows["total"], 1)[0]
        for subject, rows in scores.groupby("subject_id")
        if subject in baseline.index and rows["day"].nunique() >= 3
    }
    both = pd.concat([baseline["value"], pd.Series(slopes)], axis=1, join="inner")
    assert both.corr("spearman").iloc[0, 1] == pytest.approx(-0.43, abs=0.12)
