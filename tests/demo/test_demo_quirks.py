"""Each quirk of proact.md section 2 that touches these tables occurs, and rarely."""

import re

import numpy as np
import pandas as pd
import pytest

REVISED = ["R_1_Dyspnea", "R_2_Orthopnea", "R_3_Respiratory_Insufficiency"]
SHARED = [
    "Q1_Speech",
    "Q2_Salivation",
    "Q3_Swallowing",
    "Q4_Handwriting",
    "Q6_Dressing_and_Hygiene",
    "Q7_Turning_in_Bed",
    "Q8_Walking",
    "Q9_Climbing_Stairs",
]
Q5A, Q5B = "Q5a_Cutting_without_Gastrostomy", "Q5b_Cutting_with_Gastrostomy"


def rare(mask, most=0.03):
    """Say whether something occurs, but in a small share of the rows only."""
    return 0 < np.mean(mask) < most


@pytest.fixture(scope="module")
def scores(delivery, number):
    rows = delivery["ALSFRS"]
    items = [*SHARED, Q5A, Q5B, "Q10_Respiratory", *REVISED]
    values = {
        name: number(rows[name])
        for name in [*items, "ALSFRS_Total", "ALSFRS_R_Total", "ALSFRS_Delta"]
    }
    return pd.DataFrame({"subject_id": rows["subject_id"], **values})


def item_sum(scores, own):
    cutting = scores[Q5A].fillna(scores[Q5B])
    return scores[SHARED].sum(axis=1, skipna=False) + cutting + own


def test_1_symptom_and_onset_stand_on_different_rows_of_one_subject(delivery):
    history = delivery["ALSHISTORY"]
    symptom = history[(history["Symptom"] != "") & (history["Onset_Delta"] == "")]
    onset = history[(history["Symptom"] == "") & (history["Onset_Delta"] != "")]
    split = set(symptom["subject_id"]) & set(onset["subject_id"])
    assert 0.1 < len(split) / history["subject_id"].nunique() < 0.35
    assert (history["Symptom"] == "").any()


def test_1_the_row_with_symptoms_may_stand_first(delivery):
    first = delivery["ALSHISTORY"].drop_duplicates("subject_id")
    assert ((first["Symptom"] != "") & (first["Onset_Delta"] == "")).any()


@pytest.mark.parametrize("table", ["ALSFRS", "ALSHISTORY", "FVC", "VITALSIGNS"])
def test_3_some_rows_are_exact_duplicates(delivery, table):
    assert rare(delivery[table].duplicated(), 0.03)


@pytest.mark.parametrize("table", ["TREATMENT", "RILUZOLE"])
def test_2_tables_of_one_row_per_subject_keep_to_it(delivery, table):
    assert delivery[table]["subject_id"].is_unique


def test_4_rows_fill_one_scale_or_both_or_neither(scores):
    old = scores["ALSFRS_Total"].notna() | scores["Q10_Respiratory"].notna()
    revised = scores[[*REVISED, "ALSFRS_R_Total"]].notna().any(axis=1)
    assert 0.25 < (old & ~revised).mean() < 0.6
    assert 0.25 < (revised & ~old).mean() < 0.6
    assert 0.05 < (old & revised).mean() < 0.3
    assert rare(~old & ~revised)


def test_5_some_totals_disagree_with_the_sum_of_the_items(scores):
    total = item_sum(scores, scores[REVISED].sum(axis=1, skipna=False))
    both = total.notna() & scores["ALSFRS_R_Total"].notna()
    assert rare((total != scores["ALSFRS_R_Total"])[both])


def test_6_cutting_is_rated_with_or_without_gastrostomy(scores):
    a, b = scores[Q5A].notna(), scores[Q5B].notna()
    assert (a ^ b).mean() > 0.98
    assert 0.02 < (b & ~a).mean() < 0.25
    assert rare(a & b, 0.003)
    assert rare(~a & ~b, 0.01)


def test_7_one_total_reaches_44_through_both_cutting_items(scores):
    high = scores[scores["ALSFRS_Total"] == 44]
    assert len(high) >= 1
    assert (high[[Q5A, Q5B]] == 4).all(axis=None)
    assert scores["ALSFRS_Total"].max() == 44
    assert scores["ALSFRS_R_Total"].max() <= 48


def test_8_some_items_and_totals_have_half_points(scores):
    assert rare((scores[[*SHARED, Q5A, Q5B]] % 1 == 0.5).any(axis=1))
    assert rare((scores["ALSFRS_Total"] % 1 == 0.5)[scores["ALSFRS_Total"].notna()])


def test_9_some_scores_have_no_day(scores):
    assert rare(scores["ALSFRS_Delta"].isna(), 0.01)


def test_10_some_days_lie_before_the_trial(scores):
    assert rare(scores["ALSFRS_Delta"] < 0, 0.1)
    baseline = scores.groupby("subject_id")["ALSFRS_Delta"].min()
    assert (baseline < 0).mean() > 0.05


def test_11_some_subjects_have_two_different_scores_on_one_day(scores):
    dated = scores[scores["ALSFRS_Delta"].notna()].drop_duplicates()
    assert rare(dated.duplicated(["subject_id", "ALSFRS_Delta"]), 0.01)


def test_12_some_onsets_follow_the_diagnosis_or_the_entry(delivery, number):
    history = delivery["ALSHISTORY"]
    onset, diagnosis = (
        number(history["Onset_Delta"]),
        number(history["Diagnosis_Delta"]),
    )
    dated = onset.notna() & diagnosis.notna()
    assert rare((onset > diagnosis)[dated])
    assert rare((onset > 0)[onset.notna()], 0.01)
    assert rare((diagnosis > 0)[diagnosis.notna()], 0.01)


def test_14_some_deaths_have_no_day_and_no_survivor_has_one(delivery):
    deaths = delivery["DEATHDATA"]
    died = deaths["Subject_Died"] == "Yes"
    assert rare((deaths["Death_Days"] == "")[died], 0.06)
    assert (deaths["Death_Days"] == "")[~died].all()


def test_14_some_subjects_are_assessed_after_their_death(delivery, scores, number):
    deaths = delivery["DEATHDATA"].drop_duplicates("subject_id")
    day = number(deaths.set_index("subject_id")["Death_Days"]).dropna()
    last = scores.groupby("subject_id")["ALSFRS_Delta"].max()
    both = pd.concat([day, last], axis=1, join="inner")
    assert rare(both["ALSFRS_Delta"] > both["Death_Days"])


def test_14_one_subject_dies_on_two_different_days(delivery):
    deaths = delivery["DEATHDATA"]
    twice = deaths[deaths["subject_id"].duplicated(keep=False)]
    assert len(twice) == 2
    assert set(twice["Subject_Died"]) == {"Yes"}
    assert twice["Death_Days"].nunique() == 2


def test_15_many_subjects_have_no_death_row(delivery):
    people = set(delivery["DEMOGRAPHICS"]["subject_id"])
    known = set(delivery["DEATHDATA"]["subject_id"])
    assert known < people
    assert len(people - known) > 0.5 * len(people)


def test_18_riluzole_is_also_a_medication_and_the_files_disagree(delivery):
    drugs = delivery["CONMEDS"]
    taken = set(drugs.loc[drugs["Medication_Coded"] == "RILUZOLE", "subject_id"])
    rows = delivery["RILUZOLE"]
    said_no = set(rows.loc[rows["Subject_used_Riluzole"] == "No", "subject_id"])
    assert len(taken) > 400
    assert 0 < len(taken & said_no) < 0.05 * len(taken)
    assert rare(drugs["Medication_Coded"].str.contains(";"), 0.2)


def test_19_the_site_of_onset_is_text_for_some_and_flags_for_others(delivery):
    history = delivery["ALSHISTORY"]
    text = set(history.loc[history["Site_of_Onset"] != "", "subject_id"])
    flags = ["Site_of_Onset___Bulbar", "Site_of_Onset___Limb"]
    flagged = set(history.loc[(history[flags] == "1").any(axis=1), "subject_id"])
    assert len(text) > 1_500
    assert len(flagged) > 1_200
    assert 0 < len(text & flagged) < 100
    for name in flags:
        assert set(history[name]) == {"", "0", "1"}


def test_21_units_are_mixed_and_mostly_blank(delivery, number):
    vitals = delivery["VITALSIGNS"]
    assert set(vitals["Weight_Units"]) == {"", "Kilograms", "kg", "Pounds"}
    assert set(vitals["Height_Units"]) == {"", "Centimeters", "cm", "Inches"}
    height, unit = number(vitals["Height"]), vitals["Height_Units"]
    assert height[unit == "Inches"].between(50, 85).all()
    assert rare((height < 2.5)[height.notna()], 0.05)
    pounds = vitals["Weight_Units"] == "Pounds"
    assert number(vitals["Weight"])[pounds].mean() > 130


def test_22_some_temperatures_are_fahrenheit_without_a_unit(delivery, number):
    vitals = delivery["VITALSIGNS"]
    hot = number(vitals["Temperature"]) > 90
    assert hot.any()
    assert set(vitals.loc[hot, "Temperature_Units"]) == {""}


@pytest.mark.parametrize(
    ("table", "columns", "junk"),
    [
        ("FVC", ["Subject_Liters_Trial_1"], {". 0", "X.XX", "85%"}),
        ("VITALSIGNS", ["Weight", "Pulse", "Blood_Pressure_Systolic"], {"ND", "."}),
        ("CONMEDS", ["Dose"], {"ND", "UNK"}),
    ],
)
def test_22_some_numbers_are_no_numbers(delivery, number, table, columns, junk):
    rows = delivery[table]
    found = set()
    for column in columns:
        cells = rows.loc[number(rows[column]).isna(), column]
        found |= set(cells) - {""}
    assert junk <= found
    assert rare(rows[columns].isin(found).any(axis=1), 0.05)


@pytest.mark.parametrize("table", ["RILUZOLE", "DEATHDATA"])
def test_24_two_files_end_in_a_count_of_rows_affected(delivery, table):
    *rows, footer = delivery.raw(table)["subject_id"]
    assert footer == f"({len(rows)} row(s) affected)"
    assert not any(re.search(r"\D", subject) for subject in rows)


def test_25_some_subjects_stand_twice_through_their_ethnicity(delivery):
    people = delivery["DEMOGRAPHICS"]
    twice = people[people["subject_id"].duplicated(keep=False)]
    assert 4 <= twice["subject_id"].nunique() <= 40
    without = twice.drop(columns="Ethnicity").drop_duplicates()
    assert len(without) == twice["subject_id"].nunique()
    assert not twice.duplicated().any()


@pytest.mark.parametrize(
    ("table", "column"),
    [("ADVERSEEVENTS", "Start_Date_Delta"), ("CONMEDS", "Stop_Delta")],
)
def test_26_some_offsets_are_hundreds_of_thousands_of_days(
    delivery, number, table, column
):
    day = number(delivery[table][column]).dropna()
    assert rare(day > 20_000, 0.003)
    assert 300_000 < day.max() <= 1e6


def test_27_severity_mixes_two_vocabularies_and_two_cases(delivery):
    words = set(delivery["ADVERSEEVENTS"]["Severity"])
    assert words == {
        "",
        *("MILD", "MODERATE", "SEVERE", "Mild", "Moderate", "Severe"),
        *("Marked", "Life Threatening", "Fatal", "Yes", "No"),
    }


def test_28_files_are_not_sorted_by_day(delivery, scores, number):
    dated = scores[scores["ALSFRS_Delta"].notna()]
    step = dated.groupby("subject_id")["ALSFRS_Delta"].diff()
    unsorted = dated.loc[step < 0, "subject_id"].nunique()
    assert 0.03 < unsorted / dated["subject_id"].nunique() < 0.25


def test_17_some_trials_ship_only_users_of_riluzole(delivery):
    # where arms are not recorded, riluzole is never No
    arms = set(delivery["TREATMENT"]["subject_id"])
    rows = delivery["RILUZOLE"]
    observed = rows[~rows["subject_id"].isin(arms)]
    assert set(observed["Subject_used_Riluzole"]) == {"Yes"}


def test_20_some_trials_give_a_date_of_birth_in_negative_days(delivery, number):
    people = delivery["DEMOGRAPHICS"]
    age, birth = number(people["Age"]), number(people["Date_of_Birth"])
    both = age.notna() & birth.notna()
    assert both.any()
    assert (np.abs(-birth / 365.25 - age)[both] < 1.01).all()
    assert ((age % 1 > 0) & age.notna()).any()


def test_only_values_that_hold_a_comma_are_quoted(delivery):
    for table in ("ADVERSEEVENTS", "ALSHISTORY", "LABS"):
        file = next(path for path in delivery.demo.paths if path.stem.upper() == table)
        quoted = re.findall(rb'"[^"\n]*"', file.read_bytes())
        assert quoted
        assert all(b"," in value for value in quoted)
