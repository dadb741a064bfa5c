"""Margins of proact.md section 4, at 4,000 subjects."""

import numpy as np
import pytest

from counterarm.demo.layout import HEADINGS
from counterarm.demo.trials import assign_trials, trials

N = 4_000
RACE_FLAGS = [
    name
    for name in HEADINGS["DEMOGRAPHICS"]
    if name.startswith("Race_") and not name.endswith("Specify")
]


def share_of_subjects(rows):
    return rows["subject_id"].nunique() / N


def test_there_are_23_hidden_trials_of_11675_subjects():
    assert len(trials()) == 23
    assert sum(trial.subjects for trial in trials()) == 11_675


def test_a_trial_gets_its_share_whatever_the_number_of_subjects():
    planned = np.array([trial.subjects for trial in trials()]) / 11_675
    got = np.bincount(assign_trials(np.arange(300)), minlength=23) / 300
    assert np.abs(got - planned).max() < 0.01


def test_subjects_are_distinct_integers_spread_over_six_digits(delivery):
    ids = delivery["DEMOGRAPHICS"]["subject_id"].drop_duplicates().astype(int)
    assert len(ids) == N
    assert ids.between(1, 999_999).all()
    assert np.histogram(ids, bins=10, range=(0, 1e6))[0].min() > 0.08 * N


def test_age_and_sex_follow_the_population(delivery, number):
    people = delivery["DEMOGRAPHICS"].drop_duplicates("subject_id")
    age = number(people["Age"])
    assert age.mean() == pytest.approx(55.8, abs=0.8)
    assert age.std() == pytest.approx(11.6, abs=0.6)
    assert (people["Sex"] == "Male").mean() == pytest.approx(0.635, abs=0.025)


def test_age_is_missing_for_a_quarter_and_partly_recoverable(delivery):
    people = delivery["DEMOGRAPHICS"].drop_duplicates("subject_id")
    no_age = people["Age"] == ""
    assert no_age.mean() == pytest.approx(0.26, abs=0.03)
    recoverable = no_age & (people["Date_of_Birth"] != "")
    assert recoverable.mean() == pytest.approx(0.08, abs=0.02)
    assert people.loc[recoverable, "Date_of_Birth"].astype(float).max() < 0


def test_race_is_known_for_two_thirds_and_mostly_caucasian(delivery):
    people = delivery["DEMOGRAPHICS"].drop_duplicates("subject_id")
    flagged = people[RACE_FLAGS] == "1"
    known = flagged.any(axis=1)
    assert known.mean() == pytest.approx(0.68, abs=0.04)
    caucasian = flagged.loc[known, "Race_Caucasian"].mean()
    assert caucasian == pytest.approx(0.95, abs=0.02)
    assert (people["Ethnicity"] != "").mean() == pytest.approx(0.25, abs=0.03)


def test_history_rows_sites_and_dates_are_as_often_missing_as_in_the_release(delivery):
    history = delivery["ALSHISTORY"]
    assert share_of_subjects(history) == pytest.approx(0.88, abs=0.03)
    assert len(history) / N == pytest.approx(12_936 / 11_675, abs=0.08)
    for column, share in (("Onset_Delta", 0.66), ("Diagnosis_Delta", 0.456)):
        filled = history[history[column] != ""]
        assert share_of_subjects(filled) == pytest.approx(share, abs=0.04)
    text = history[history["Site_of_Onset"] != ""]
    assert share_of_subjects(text) == pytest.approx(0.47, abs=0.05)
    first = text.drop_duplicates("subject_id")["Site_of_Onset"]
    bulbar = (first == "Onset: Bulbar").mean()
    assert bulbar == pytest.approx(0.21, abs=0.04)


def test_onset_is_18_to_20_months_before_entry_and_diagnosis_8_to_9(delivery, number):
    history = delivery["ALSHISTORY"]
    onset = -number(history["Onset_Delta"]).dropna() * 12 / 365
    diagnosis = -number(history["Diagnosis_Delta"]).dropna() * 12 / 365
    assert 17.5 < onset.mean() < 20.5
    assert 7.8 < diagnosis.mean() < 9.6


def test_riluzole_is_recorded_for_four_fifths_and_used_by_77_percent(delivery):
    rows = delivery["RILUZOLE"]
    assert share_of_subjects(rows) == pytest.approx(0.82, abs=0.03)
    assert (rows["Subject_used_Riluzole"] == "Yes").mean() == pytest.approx(
        0.774, abs=0.03
    )


def test_thirty_percent_of_recorded_arms_are_placebo(delivery):
    rows = delivery["TREATMENT"]
    assert share_of_subjects(rows) == pytest.approx(0.90, abs=0.02)
    assert (rows["Study_Arm"] == "Placebo").mean() == pytest.approx(0.302, abs=0.03)


def test_placebo_deaths_split_into_yes_no_and_no_row(delivery):
    arms = delivery["TREATMENT"]
    placebo = arms.loc[arms["Study_Arm"] == "Placebo", ["subject_id"]]
    deaths = delivery["DEATHDATA"].drop_duplicates("subject_id")
    status = placebo.merge(deaths, "left", "subject_id")["Subject_Died"].fillna("")
    shares = status.value_counts(normalize=True)
    assert shares["Yes"] == pytest.approx(1088 / 2912, abs=0.05)
    assert shares["No"] == pytest.approx(447 / 2912, abs=0.05)
    assert shares[""] == pytest.approx(1377 / 2912, abs=0.05)
    assert share_of_subjects(deaths) == pytest.approx(0.43, abs=0.03)


def test_alsfrs_rows_per_subject_follow_the_2016_release(delivery):
    rows = delivery["ALSFRS"]
    assert share_of_subjects(rows) == pytest.approx(0.64, abs=0.02)
    per_subject = rows.groupby("subject_id").size()
    assert per_subject.mean() == pytest.approx(8.9, abs=0.5)
    low, median, high = np.percentile(per_subject, [25, 50, 75])
    assert [low, median, high] == pytest.approx([6, 9, 12], abs=1)
    assert per_subject.min() == 1
    assert 30 <= per_subject.max() <= 40


def test_baseline_total_and_raw_slope_follow_the_published_ones(delivery, number):
    rows = delivery["ALSFRS"]
    rows = rows.assign(
        months=number(rows["ALSFRS_Delta"]) * 12 / 365,
        total=number(rows["ALSFRS_R_Total"]),
    ).dropna(subset=["months", "total"])
    baseline = rows.loc[rows["months"] == 0, "total"]
    assert baseline.mean() == pytest.approx(38.7, abs=0.7)
    assert baseline.std() == pytest.approx(5.0, abs=0.5)

    slopes = [
        np.polyfit(one["months"], one["total"], 1)[0]
        for _, one in rows.groupby("subject_id")
        if len(one) >= 3 and np.ptp(one["months"]) >= 3
    ]
    assert np.mean(slopes) == pytest.approx(-1.02, abs=0.1)
    assert np.std(slopes) == pytest.approx(0.75, abs=0.2)


def test_vital_capacity_heights_and_weights_are_plausible(delivery, number):
    fvc = delivery["FVC"]
    assert share_of_subjects(fvc) == pytest.approx(0.68, abs=0.04)
    entry = fvc[fvc["Forced_Vital_Capacity_Delta"] == "0"]
    percent = number(entry["pct_of_Normal_Trial_1"]).dropna()
    assert percent.mean() == pytest.approx(88, abs=4)
    assert percent.std() == pytest.approx(15, abs=2.5)
    vitals = delivery["VITALSIGNS"]
    in_kilograms = vitals[vitals["Weight_Units"] == "Kilograms"]
    assert number(in_kilograms["Weight"]).mean() == pytest.approx(76.3, abs=1.5)
    in_centimeters = vitals[vitals["Height_Units"] == "Centimeters"]
    assert number(in_centimeters["Height"]).mean() == pytest.approx(172, abs=1.0)


def test_r3_is_rarely_lost_before_the_late_stage(delivery, number):
    rows = delivery["ALSFRS"]
    early = number(rows["ALSFRS_R_Total"]) > 36
    lost = number(rows["R_3_Respiratory_Insufficiency"]) < 4
    assert lost[early].mean() < 0.05
    assert lost[number(rows["ALSFRS_R_Total"]) < 20].mean() > 0.25


def test_items_do_not_jump_from_visit_to_visit(delivery, number):
    rows = delivery["ALSFRS"]
    rows = rows.assign(
        day=number(rows["ALSFRS_Delta"]), walk=number(rows["Q8_Walking"])
    )
    rows = rows.dropna(subset=["day", "walk"])
    rows = rows[rows["subject_id"].duplicated(keep=False)]
    rows = rows.sort_values(["subject_id", "day"], kind="stable")
    step = rows.groupby("subject_id")["walk"].diff().dropna()
    assert (step.abs() <= 1).mean() > 0.97
    assert step.mean() < 0


@pytest.mark.parametrize(
    ("table", "rows_at_full_size", "tolerance"),
    [
        ("ALSFRS", 64_000, 6_000),
        ("ALSHISTORY", 12_900, 800),
        ("FVC", 48_900, 4_000),
        ("SVC", 9_525, 900),
        ("VITALSIGNS", 72_400, 4_000),
        ("RILUZOLE", 9_500, 400),
        ("ADVERSEEVENTS", 70_000, 6_000),
        ("CONMEDS", 60_000, 5_000),
    ],
)
def test_tables_are_as_long_as_in_the_release(
    delivery, table, rows_at_full_size, tolerance
):
    rows = len(delivery[table]) * 11_675 / N
    assert rows == pytest.approx(rows_at_full_size, abs=tolerance)
