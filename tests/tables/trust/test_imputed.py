"""Imputation within matching: the plain row, Rubin's rules, and who is left out."""

import numpy as np
import pandas as pd
import pytest
import specification_rows as rows

from counterarm.matching import balance
from counterarm.matching.balance import absolute_differences
from counterarm.tables.trust.imputed import imputation_runs, imputed_table
from counterarm.tables.trust.specifications import specification_table


def one_rule() -> dict[str, pd.DataFrame]:
    only = {"follow_up_rule": [("as_recorded", True)]}
    return rows.protocol(axes=rows.axes(**only))


def incomplete(n: int = 12) -> pd.DataFrame:
    """Return subjects of whom n controls lack the age, and as many the sex."""
    subjects = rows.people()
    controls = subjects.index[
        (subjects["arm"] == "control") & (subjects["follow_up_rule"] == "as_recorded")
    ]
    subjects.loc[controls[:n], "age"] = np.nan
    subjects.loc[controls[n : 2 * n], "sex"] = None
    subjects.loc[controls[: 2 * n], "lacks_covariates"] = True
    return subjects


def test_where_nothing_is_missing_the_plain_row_is_the_answer():
    subjects = rows.people()
    found = imputed_table(imputation_runs(subjects, **rows.protocol()))
    plain = specification_table(
        subjects, **rows.protocol(axes=rows.first_levels())
    ).iloc[0]
    row = found.set_index("analysis_id").loc["a"]
    assert row["m"] == 0
    for column, wanted in (
        ("coef", plain["coef"]),
        ("se", plain["se"]),
        ("complete_coef", plain["coef"]),
        ("ci_low", np.log(plain["ci_low"])),
        ("ci_high", np.log(plain["ci_high"])),
        ("fmi", 0.0),
    ):
        assert row[column] == pytest.approx(wanted, abs=1e-12), column
    assert pd.isna(row["df"])
    assert set(found["analysis_id"]) == {"a", "a_window_91"}


@pytest.fixture(scope="module")
def runs() -> pd.DataFrame:
    return imputation_runs(incomplete(), **one_rule())


def test_each_imputation_is_matched_and_estimated(runs):
    of_model = runs[runs["quantity"] == "log hazard ratio"]
    # 24 of 120 are incomplete: 20 percent, and at least 20 imputations
    assert of_model["imputation"].tolist() == list(range(21))
    assert of_model["m"].eq(20).all()
    assert of_model["n_imputed_control"].eq(24).all()
    assert of_model["n_imputed_treated"].eq(0).all()
    assert len(set(of_model["value"].iloc[1:])) > 1
    assert of_model["n_pairs"].eq(30).all()
    smds = runs[runs["quantity"] == "smd"]
    assert set(smds["variable"]) == {"score", "age", "sex=F", "sex=M"}
    assert (smds["value"] >= 0).all()


def test_the_complete_are_those_that_are_published(runs):
    complete = incomplete().query("not lacks_covariates")
    plain = specification_table(
        complete, **rows.protocol(axes=rows.first_levels())
    ).iloc[0]
    first = runs[runs["imputation"] == 0].iloc[0]
    assert first["value"] == pytest.approx(plain["coef"], abs=1e-12)


def test_two_builds_are_equal_and_a_seed_moves_them(runs):
    again = imputation_runs(incomplete(), **one_rule())
    pd.testing.assert_frame_equal(runs, again)
    other = imputation_runs(incomplete(), **one_rule(), seed=1)
    assert (runs["value"] != other["value"]).any()


def test_who_fails_for_another_reason_than_covariates_is_not_imputed(runs):
    """Those rows are not in the table at all; others' values never move."""
    subjects = incomplete()
    subjects.loc[subjects["lacks_covariates"], "is_in_pool"] = False
    found = imputed_table(imputation_runs(subjects, **one_rule()))
    assert found["m"].eq(0).all()


def test_a_covariate_that_a_whole_pseudo_trial_lacks_is_not_imputed_there():
    subjects = incomplete()
    controls = subjects.index[
        (subjects["arm"] == "control") & (subjects["follow_up_rule"] == "as_recorded")
    ]
    subjects.loc[controls[:12], "pseudo_trial_id"] = "PT002"
    (row,) = imputed_table(imputation_runs(subjects, **one_rule())).itertuples()
    assert row.n_imputed_control == 12
    assert row.note == (
        "12 subjects not imputed, whose whole arm or pseudo-trial lacks age (1 group)"
    )


def run_rows(values, errors, n_pairs=157, complete=(-0.7, 0.18), m=None):
    """Return rows of `analysis.imputation_runs` of one analysis."""
    drawn = zip(values, errors, strict=True)
    return pd.DataFrame(
        {
            "analysis_id": "a",
            "follow_up_rule": "as_recorded",
            "model_id": "unadjusted",
            "quantity": "log hazard ratio",
            "variable": "treated",
            "imputation": number,
            "value": value,
            "se": se,
            "n_pairs": n_pairs,
            "m": len(values) if m is None else m,
            "seed": 1,
            "n_imputed_treated": 0,
            "n_imputed_control": 9,
            "note": None,
        }
        for number, (value, se) in enumerate([complete, *drawn])
    )


def test_estimates_are_pooled_as_mice_does(golden):
    given = golden["rubin.json"]
    runs = run_rows(given["q"], np.sqrt(given["u"]), given["dfcom"]["n_314"] + 1)
    (row,) = imputed_table(runs).itertuples()
    wanted = given["n_314"]
    assert row.coef == pytest.approx(wanted["qbar"], abs=1e-10)
    assert row.se == pytest.approx(np.sqrt(wanted["t"]), abs=1e-10)
    assert row.df == pytest.approx(wanted["df"], abs=1e-8)
    assert row.fmi == pytest.approx(wanted["fmi"], abs=1e-10)
    assert row.ci_low == pytest.approx(wanted["low"], abs=1e-10)
    assert row.ci_high == pytest.approx(wanted["high"], abs=1e-10)
    assert row.p_value == pytest.approx(wanted["p"], abs=1e-10)
    assert (row.complete_coef, row.complete_se) == (-0.7, 0.18)


def test_imputations_without_an_estimate_are_noted_and_one_is_not_pooled():
    (row,) = imputed_table(
        run_rows([-0.5, np.nan, -0.7], [0.2, np.nan, 0.2])
    ).itertuples()
    assert row.coef == pytest.approx(-0.6)
    assert row.note == "1 imputations without an estimate"
    (row,) = imputed_table(run_rows([-0.5, np.nan], [0.2, np.nan])).itertuples()
    assert pd.isna(row.coef)


def test_differences_are_those_of_balance():
    rng = np.random.default_rng(3)
    columns = np.column_stack([rng.normal(size=40), rng.random(40) < 0.4, np.ones(40)])
    treated = np.arange(40) < 15
    weights = np.where(treated, 1.0, rng.random(40))
    found = absolute_differences(columns, treated, weights, [False, True, False])
    for j, binary in enumerate((False, True, False)):
        smd = balance(columns[:, j], treated, weights, binary=binary).smd
        assert found[j] == pytest.approx(abs(smd), abs=1e-14)
    assert found[2] == 0


def test_no_treated_no_rows():
    subjects = incomplete()
    controls = subjects[subjects["arm"] == "control"]
    runs = imputation_runs(controls, **one_rule())
    assert runs.empty
    assert imputed_table(runs).empty


@pytest.fixture(scope="module")
def golden() -> dict:
    import json
    from pathlib import Path

    file = Path(__file__).parents[2] / "golden" / "trust" / "rubin.json"
    return {"rubin.json": json.loads(file.read_text())}
