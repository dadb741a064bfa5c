"""Contrasts of doses equal R's, count everybody, and do not find what is not there."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from dose_contrast_models import run, variant

GOLDEN = Path(__file__).parents[1] / "golden"
BOTH = "unadjusted|adjusted"


@pytest.fixture(scope="module")
def golden() -> dict:
    return json.loads((GOLDEN / "dose_contrasts.json").read_text())


@pytest.fixture(scope="module")
def synthetic() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Subjects and doses that R saw, too."""
    subjects = pd.read_csv(GOLDEN / "data" / "dose_contrast_subjects.csv")
    doses = pd.read_csv(GOLDEN / "data" / "dose_contrast_doses.csv")
    doses = doses.sort_values(["usubjid", "dose_day"])
    doses["dose"] = doses.groupby("usubjid").cumcount() + 1
    return subjects, doses


@pytest.fixture(scope="module")
def ours(synthetic) -> pd.DataFrame:
    table, _ = run(
        *synthetic,
        [
            variant("naive", models=BOTH, horizons="full|common"),
            variant("landmark_day", 182, models=BOTH),
            variant("landmark_day", 365, models=BOTH),
            variant("delayed_entry", models=BOTH),
            variant("time_dependent", models=BOTH),
            variant("naive_doses"),
            variant("time_dependent_doses"),
            variant(
                "naive",
                contrast_id="three_doses",
                variances="cluster|naive|strata",
            ),
            variant(
                "landmark_dose",
                3,
                contrast_id="three_doses",
                left_out="set",
                variances="cluster|naive|strata",
            ),
        ],
    )
    return table


def assert_is_that_of_r(rows: pd.DataFrame, answers: dict) -> None:
    assert set(rows["term"]) == set(answers) - {"female"}
    for row in rows.to_dict("records"):
        answer = answers[row["term"]]
        assert row["coef"] == pytest.approx(answer["coef"], abs=1e-6)
        assert row["se"] == pytest.approx(answer[f"{row['variance']}_se"], abs=1e-6)


@pytest.mark.parametrize("model_id", ["unadjusted", "adjusted"])
@pytest.mark.parametrize(
    ("answer", "name", "horizon"),
    [
        ("naive", "naive", "full"),
        ("naive_common", "naive", "common"),
        ("landmark_182", "landmark_day_182", "full"),
        ("landmark_365", "landmark_day_365", "full"),
        ("delayed_entry", "delayed_entry", "full"),
        ("time_dependent", "time_dependent", "full"),
    ],
)
def test_each_way_of_counting_time_equals_coxph(
    ours, golden, answer, name, horizon, model_id
):
    rows = ours[
        (ours["contrast_id"] == "doses")
        & (ours["variant"] == name)
        & (ours["horizon"] == horizon)
        & (ours["model_id"] == model_id)
    ]
    assert len(rows) == 4  # two groups, two variances
    assert_is_that_of_r(rows, golden[answer][model_id])
    assert set(rows["n"]) == {golden[answer]["n"]}
    assert set(rows["n_events"]) == {golden[answer]["n_events"]}
    left = [name for name in rows if name.startswith("n_left_out")]
    assert set(rows[left].sum(axis=1)) == {golden[answer]["left_out"]}


def test_the_number_of_doses_so_far_equals_coxph_of_tmerge(ours, golden):
    rows = ours[ours["variant"] == "time_dependent_doses"]
    answers = golden["doses_so_far"]["unadjusted"]
    assert_is_that_of_r(rows, {"n_doses": answers["so_far"]})


def test_intervals_are_as_many_as_those_of_tmerge(synthetic, golden):
    _, tables = run(
        *synthetic, [variant("naive_doses"), variant("time_dependent_doses")]
    )
    periods = tables["dose_periods"]
    own = periods[periods["method"] == "time_dependent_doses"]
    assert len(own) == golden["doses_so_far"]["intervals"]
    # nobody's time is lost or counted twice
    days = (own["stop_day"] - own["start_day"]).groupby(own["usubjid"]).sum()
    subjects = synthetic[0].set_index("usubjid")
    assert days.sort_index().to_dict() == subjects["days"].sort_index().to_dict()
    events = own.groupby("usubjid")["is_event"].sum()
    assert (events.sort_index() == subjects["is_event"].sort_index()).all()


def test_the_landmark_at_a_dose_equals_coxph(ours, golden):
    rows = ours[ours["variant"] == "landmark_dose_3"]
    answers = golden["landmark_dose_3"]
    clustered = rows[rows["variance"] != "strata"]
    assert_is_that_of_r(clustered, answers["unadjusted"])
    (stratified,) = rows[rows["variance"] == "strata"].to_dict("records")
    strata = answers["strata"]["treated"]
    assert stratified["coef"] == pytest.approx(strata["coef"], abs=1e-6)
    assert stratified["se"] == pytest.approx(strata["se"], abs=1e-6)
    assert set(rows["n"]) == {answers["n"]}


def test_the_common_horizon_is_named(ours, golden):
    rows = ours[ours["horizon"] == "common"]
    assert set(rows["horizon_day"]) == {golden["common_day"]}


def test_everybody_matched_is_counted_once(ours, synthetic):
    left = [name for name in ours if name.startswith("n_left_out")]
    assert (ours[left].sum(axis=1) + ours["n"] == len(synthetic[0])).all()
    assert (ours["n_matched"] == len(synthetic[0])).all()


def test_the_naive_estimate_stands_beside_each(ours):
    naive = ours[(ours["method"] == "naive") & (ours["horizon"] == "full")]
    keys = ["contrast_id", "model_id", "term", "variance"]
    beside = ours.merge(naive, on=keys, suffixes=("", "_naive"), how="inner")
    assert len(beside) == (ours["term"] != "n_doses").sum()
    assert (beside["naive_hazard_ratio"] == beside["hazard_ratio_naive"]).all()
    ratio = beside["hazard_ratio"] / beside["hazard_ratio_naive"]
    assert beside["ratio_to_naive"].to_numpy(float) == pytest.approx(ratio)


def test_a_group_that_nobody_is_of_has_a_row_that_says_so(synthetic):
    table, _ = run(*synthetic, [variant("naive"), variant("landmark_day", 40)])
    rows = table[table["variant"] == "landmark_day_40"].set_index("term")
    assert rows.loc["multiple", "hazard_ratio"].isna().all()
    assert set(rows.loc["multiple", "note"]) == {
        "not fitted: the term does not vary among those at risk"
    }
    assert set(rows.loc["multiple", "group_n"]) == {0}
    assert rows.loc["single_cycle", "hazard_ratio"].notna().all()


def test_a_landmark_that_nobody_reaches_counts_everybody_as_left_out(synthetic):
    table, _ = run(*synthetic, [variant("naive"), variant("landmark_day", 5000)])
    rows = table[table["variant"] == "landmark_day_5000"]
    assert len(rows) == 4
    assert (rows["n_left_out_before_landmark"] == len(synthetic[0])).all()
    assert (rows["n"] == 0).all()
    assert rows["hazard_ratio"].isna().all()
    assert rows["note"].notna().all()


def test_an_unknown_term_leaves_a_subject_out_of_that_model_only(synthetic):
    subjects, doses = synthetic
    subjects = subjects.astype({"female": float})
    subjects.loc[subjects["usubjid"].isin(["T01", "C05"]), "female"] = np.nan
    table, _ = run(subjects, doses, [variant("naive", models=BOTH)])
    unknown = table.groupby("model_id")["n_left_out_unknown_term"].max()
    assert unknown.to_dict() == {"unadjusted": 0, "adjusted": 2}
    adjusted = table[table["model_id"] == "adjusted"]
    left = [name for name in table if name.startswith("n_left_out")]
    assert (adjusted[left].sum(axis=1) + adjusted["n"] == len(subjects)).all()


def test_survival_a_year_after_the_landmark_is_counted_by_hand():
    # After day 100: deaths 65 and 365 days on, two alive at 400 days; of the controls
    # one dies and the others are not followed for a year.
    subjects = pd.DataFrame(
        {
            "usubjid": ["T1", "T2", "T3", "T4", "C1", "C2", "C3"],
            "set_id": ["s1", "s2", "s3", "s4", "s1", "s2", "s3"],
            "arm": ["treated"] * 4 + ["control"] * 3,
            "days": [165, 465, 500, 500, 150, 300, 300],
            "is_event": [1, 1, 0, 0, 1, 0, 0],
        }
    )
    doses = pd.DataFrame(
        [(f"T{i}", k, 28 * (k - 1)) for i in range(1, 5) for k in (1, 2)],
        columns=["usubjid", "dose", "dose_day"],
    )
    table, _ = run(subjects, doses, [variant("naive"), variant("landmark_day", 100)])
    row = table[table["variant"] == "landmark_day_100"].iloc[0]
    assert row["term"] == "single_cycle"
    assert row["group_survival_1y"] == pytest.approx(0.5)
    # S is .75 from 65, .5 from 365 days on and never falls again; 2/3 for controls
    assert row["group_median_days"] == pytest.approx(365)
    assert pd.isna(row["reference_median_days"])
    assert pd.isna(row["reference_survival_1y"])
    assert row["reference_person_years"] == pytest.approx((50 + 200 + 200) / 365)


def without_effect(rng: np.random.Generator, n: int = 400) -> tuple:
    """Draw pairs whose drug does nothing; doses go on for as long as one lives."""
    life = np.ceil(rng.exponential(500, 2 * n)).clip(1)
    subjects = pd.DataFrame(
        {
            "usubjid": [f"{arm}{i}" for arm in "TC" for i in range(n)],
            "set_id": [f"s{i}" for _ in "TC" for i in range(n)],
            "arm": np.repeat(["treated", "control"], n),
            "days": np.minimum(life, 1500).astype(int),
            "is_event": life <= 1500,
        }
    )
    rows = [
        (f"T{i}", k, day)
        for i in range(n)
        for k, day in enumerate([0, 28, *(28 + np.cumsum(rng.integers(90, 300, 4)))], 1)
        if day < life[i] and (k < 3 or rng.random() < 0.8)
    ]
    doses = pd.DataFrame(rows, columns=["usubjid", "dose", "dose_day"])
    doses["dose"] = doses.groupby("usubjid").cumcount() + 1
    return subjects, doses


def test_a_drug_without_effect_helps_only_where_the_future_is_known():
    rng = np.random.default_rng(86)
    variants = [
        variant("naive", variances="naive"),
        variant("landmark_day", 365, variances="naive"),
        variant("time_dependent", variances="naive"),
        variant("naive_doses", variances="naive"),
        variant("time_dependent_doses", variances="naive"),
    ]
    drawn = pd.concat([run(*without_effect(rng), variants)[0] for _ in range(12)])
    drawn["term"] = drawn["term"].astype(str)
    by = drawn.groupby(["variant", "term"])["coef"]
    mean, error = by.mean().astype(float), by.std().astype(float) / np.sqrt(12)
    # those who get many doses had to live for them
    assert mean["naive", "multiple"] < np.log(0.75)
    assert mean["naive", "single_cycle"] > np.log(1.5)
    assert mean["naive_doses", "n_doses"] < -0.05
    for key in [
        ("landmark_day_365", "multiple"),
        ("landmark_day_365", "single_cycle"),
        ("time_dependent", "multiple"),
        ("time_dependent", "single_cycle"),
        ("time_dependent_doses", "n_doses"),
    ]:
        assert abs(mean[key]) < 3.5 * error[key], key
        assert abs(mean[key]) < 0.15, key


def test_a_group_without_an_event_has_a_note_and_no_estimate(synthetic):
    subjects, doses = synthetic
    counts = doses.groupby("usubjid").size()
    single = subjects["usubjid"].isin(counts.index[counts == 2])
    assert single.any()
    nobody_of_single_died = subjects.assign(
        is_event=subjects["is_event"].astype(bool) & ~single
    )
    table, _ = run(
        nobody_of_single_died, doses, [variant("naive", variances="cluster|naive")]
    )
    rows = table[table["term"] == "single_cycle"]
    assert rows["group_events"].tolist() == [0, 0]
    assert rows["note"].str.contains("coefficient may be infinite").all()
    for name in ("coef", "se", "hazard_ratio", "ci_low", "ci_high", "z", "p_value"):
        assert rows[name].isna().all(), name
    assert table.loc[table["term"] == "multiple", "hazard_ratio"].notna().all()
