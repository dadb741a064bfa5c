"""LABS: length, names, scales and texts (proact.md 1.10, 2 #10, #22, #23, #26)."""

import numpy as np
import pandas as pd
import pytest

from counterarm.demo.lab_tests import SPELLINGS, STYLES, TESTS, spell
from counterarm.demo.lab_words import ANSWERS, WORD_TESTS, WORDS, word
from counterarm.demo.labs import NAMES, UNITS
from counterarm.demo.trials import trials

N = 4_000
KEYS = ["subject_id", "Test_Name", "Laboratory_Delta"]


def rare(mask, most=0.03):
    return 0 < np.mean(mask) < most


def of(rows, name):
    """Rows of a test under all its spellings."""
    return rows[rows["Test_Name"].isin({spell(name, s) for s in range(STYLES)})]


def plain(column):
    return pd.to_numeric(column.str.replace(",", ""), errors="coerce")


@pytest.fixture(scope="module")
def labs(delivery):
    return delivery["LABS"]


def test_labs_are_as_long_as_in_the_release(labs):
    assert len(labs) * 11_675 / N == pytest.approx(2_445_059, rel=0.04)


def test_labs_belong_to_the_subjects_of_trials_that_shipped_them(labs):
    shipped = sum(trial.subjects for trial in trials() if trial.labs != "none") / 11_675
    assert 0.6 < shipped < 0.7
    assert labs["subject_id"].nunique() / N == pytest.approx(shipped, abs=0.01)


def test_names_are_about_a_hundred_and_known(labs):
    found = set(labs["Test_Name"])
    assert found <= set(NAMES)
    assert 80 <= len({name.upper() for name in found}) <= 110
    for name in ("Hemoglobin", "ALPHA2-GLOBULIN", "CK", "Urine Color"):
        assert name in found
    for name in ("ALT(SGPT)", "ALT (SGPT)", "SGPT", "BUN", "HEMOGLOBIN", "hemoglobin"):
        assert name in found
    assert {name for name, _ in SPELLINGS} <= {test.name for test in TESTS}
    # names have no comma and are told apart in every style
    for style in range(STYLES):
        spelt = [spell(test.name, style) for test in (*TESTS, *WORD_TESTS)]
        assert len(set(spelt)) == len(spelt)


def test_a_quarter_of_the_names_has_few_rows(labs):
    rows = labs.groupby(labs["Test_Name"].str.upper()).size() * 11_675 / N
    few = rows.index[rows < 150]
    assert 15 <= len(few) <= 30
    assert {"FOLATE", "LAB COMMENT", "UNCODED TEST 7"} <= set(few)


@pytest.mark.parametrize(
    "units",
    [
        {"IU/L", "U/L", "u/l", ""},
        {"mg/dL", "mg/dl", "mmol/L", "umol/L"},
        {"g/dL", "g/dl", "g/L"},
        {"10E9/L", "10E3/uL", "/mm3", "10E12/L"},
        {"%"},
    ],
)
def test_23_units_are_spelt_in_several_ways(labs, units):
    found = set(labs["Test_Unit"])
    assert units <= found <= {"", *UNITS}
    for name, unit in (("CK", "IU/L"), ("Creatinine", "mg/dL"), ("Albumin", "g/L")):
        blank = of(labs, name)["Test_Unit"] == ""
        assert unit in set(of(labs, name)["Test_Unit"])
        assert 0.1 < blank.mean() < 0.3


@pytest.mark.parametrize(
    ("text", "share"),
    [
        (r"-", 0.0043),
        (r"\.\d+", 0.017),
        (r"<\d+(\.\d+)?", 0.006),
        (r"\d{1,3}(,\d{3})+", 0.007),
        (r"", 0.004),
        (r"(?i:yellow)", 0.008),
        (r"NEG", 0.0095),
        (r"NEGATIVE", 0.035),
        (r"Negative", 0.0187),
        (r"(?i:trace)", 0.0045),
    ],
)
def test_23_some_results_are_no_numbers(labs, text, share):
    found = labs["Test_Result"].str.fullmatch(text).mean()
    assert found == pytest.approx(share, rel=0.25)


def test_every_result_is_a_number_or_a_known_text(labs):
    text = labs["Test_Result"]
    number = text.str.fullmatch(r"<?\d*\.?\d+|\d{1,3}(,\d{3})+")
    assert (number | text.isin({"", "-", *WORDS})).all()
    assert number.mean() == pytest.approx(0.85, abs=0.03)


def test_words_are_written_in_the_style_of_the_trial():
    assert [word("NEGATIVE", style) for style in range(STYLES)] == [
        *("NEGATIVE", "Negative", "NEG", "NEGATIVE"),
    ]
    assert len(WORDS) == STYLES * sum(len(kind) for kind in ANSWERS.values())
    assert {test.kind for test in WORD_TESTS} == set(ANSWERS)


@pytest.mark.parametrize("test", WORD_TESTS[:13], ids=lambda test: test.name)
def test_a_test_in_words_has_the_answers_of_its_kind(labs, test):
    rows = of(labs, test.name)
    known = {word(a, style) for a in ANSWERS[test.kind] for style in range(STYLES)}
    assert set(rows["Test_Result"]) - {"", "-"} <= known
    assert set(rows["Test_Unit"]) == {""}
    usual = next(iter(ANSWERS[test.kind]))
    share = ANSWERS[test.kind][usual] / sum(ANSWERS[test.kind].values())
    spelt = {word(usual, style) for style in range(STYLES)}
    assert rows["Test_Result"].isin(spelt).mean() == pytest.approx(share, abs=0.03)


def test_22_red_cells_stand_on_four_scales(labs):
    value = plain(of(labs, "Red Blood Cells (RBC)")["Test_Result"]).dropna()
    scale = np.rint(np.log10(value / 4.8)).astype(int)
    assert set(scale) == {0, 2, 3, 6}
    for power, share in scale.value_counts(normalize=True).items():
        assert share > 0.05
        middle = value[scale == power].median() / 10.0**power
        assert middle == pytest.approx(4.8, abs=0.15)


@pytest.mark.parametrize(
    ("name", "limit"), [("Platelets", 50_000), ("White Blood Cell (WBC)", 1_000)]
)
def test_22_some_counts_are_per_mm3(labs, name, limit):
    rows = of(labs, name)
    high = plain(rows["Test_Result"]) > limit
    assert 0.05 < high.mean() < 0.25
    assert set(rows.loc[high, "Test_Unit"]) == {"/mm3", ""}
    assert not high[rows["Test_Unit"].isin(["10E9/L", "10E3/uL"])].any()


@pytest.mark.parametrize(
    ("name", "unit", "middle"),
    [
        ("Hemoglobin", "g/dL", 14.8),
        ("Hemoglobin", "g/L", 148),
        ("Sodium", "mmol/L", 140),
        ("Glucose", "mg/dL", 96),
        ("Glucose", "mmol/L", 5.33),
        ("Creatinine", "umol/L", 80),
    ],
)
def test_results_are_on_the_scale_of_their_unit(labs, name, unit, middle):
    rows = of(labs, name)
    value = plain(rows.loc[rows["Test_Unit"] == unit, "Test_Result"])
    assert value.median() == pytest.approx(middle, rel=0.04)


def test_creatinine_falls_with_the_disease_and_sodium_does_not(labs):
    def change(name, unit):
        rows = of(labs, name)
        rows = rows[rows["Test_Unit"] == unit]
        rows = rows.assign(
            day=plain(rows["Laboratory_Delta"]), value=plain(rows["Test_Result"])
        )
        first = rows[rows["day"] == 0].groupby("subject_id")["value"].mean()
        late = rows[rows["day"].between(200, 1_200)].groupby("subject_id")
        return (late["value"].mean() / first).dropna().mean() - 1

    assert -0.2 < change("Creatinine", "mg/dL") < -0.04
    assert abs(change("Sodium", "mEq/L")) < 0.005


def test_a_subject_is_more_like_itself_than_like_others(labs):
    rows = of(labs, "Alkaline Phosphatase").drop_duplicates("subject_id", keep="first")
    again = of(labs, "Alkaline Phosphatase").drop_duplicates("subject_id", keep="last")
    pairs = rows.merge(again, on="subject_id", suffixes=("", "_again"))
    pairs = pairs[pairs["Laboratory_Delta"] != pairs["Laboratory_Delta_again"]]
    values = pairs[["Test_Result", "Test_Result_again"]].apply(plain)
    correlation = values.corr("spearman").iloc[0, 1]
    assert correlation == pytest.approx(0.6, abs=0.08)


def test_3_some_rows_are_exact_duplicates(labs):
    assert rare(labs.duplicated(), 0.01)


def test_23_some_tests_have_two_results_on_one_day(labs):
    distinct = labs.drop_duplicates()
    assert rare(distinct.duplicated(KEYS), 0.02)
    both = distinct[distinct.duplicated(KEYS, keep=False)]
    dashed = both[both["Test_Result"] == "-"].merge(both, on=KEYS)
    beside = pd.to_numeric(dashed["Test_Result_y"], errors="coerce").notna()
    assert beside.sum() * 11_675 / N > 4_000


def test_10_some_labs_precede_the_trial(labs, number):
    day = number(labs["Laboratory_Delta"])
    assert (day < 0).mean() == pytest.approx(0.015, abs=0.006)
    assert rare(day.isna(), 0.003)


def test_26_isolated_labs_follow_the_last_contact_by_months(labs, delivery, number):
    columns = {
        "ALSFRS": "ALSFRS_Delta",
        "FVC": "Forced_Vital_Capacity_Delta",
        "VITALSIGNS": "Vital_Signs_Delta",
    }
    contacts = pd.concat(
        delivery[table][["subject_id", column]].set_axis(["subject_id", "day"], axis=1)
        for table, column in columns.items()
    )
    last = number(contacts["day"]).groupby(contacts["subject_id"]).max()
    rows = labs.assign(day=number(labs["Laboratory_Delta"]))
    after = rows["day"] - rows["subject_id"].map(last)
    late = rows[after > 400]
    assert 15 <= late["subject_id"].nunique() <= 80
    assert late.groupby("subject_id").size().median() <= 8
    assert after.max() > 1_500


def test_28_labs_are_not_sorted_by_day(labs, number):
    day = number(labs["Laboratory_Delta"])
    dated = labs.assign(day=day)[day.notna()]
    step = dated.groupby("subject_id")["day"].diff()
    unsorted = dated.loc[step < 0, "subject_id"].nunique()
    assert 0.05 < unsorted / dated["subject_id"].nunique() < 0.2
