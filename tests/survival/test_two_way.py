"""Weighted and two-way clustered Cox models are those of R."""

import json

import numpy as np
import pandas as pd
import pytest

from counterarm.matching import fit_propensity_score, score_weights
from counterarm.survival import fit_cox


@pytest.fixture(scope="module")
def golden(pytestconfig):
    file = pytestconfig.rootpath / "tests" / "golden" / "weights.json"
    return json.loads(file.read_text())


@pytest.fixture(scope="module")
def lung(pytestconfig):
    folder = pytestconfig.rootpath / "tests" / "golden" / "data"
    lung = pd.read_csv(folder / "lung.csv").dropna(subset=["age", "sex", "ph.ecog"])
    return lung.assign(
        female=lung["sex"] == 2, row=np.arange(1, len(lung) + 1)
    ).reset_index(drop=True)


@pytest.mark.parametrize(
    ("answer", "estimand", "pairs"),
    [
        ("cox_att", "ATT", False),
        ("cox_ato", "ATO", False),
        ("cox_att_cluster", "ATT", True),
    ],
)
def test_the_weighted_robust_cox_is_that_of_r(golden, lung, answer, estimand, pairs):
    score = fit_propensity_score(lung[["age", "ph.ecog"]], lung["female"]).score
    fit = fit_cox(
        lung["time"],
        lung["status"] == 2,
        lung[["female"]].astype(float),
        names=["female"],
        weights=score_weights(score, lung["female"], estimand),
        cluster=(lung["row"] + 1) // 2 if pairs else lung["row"],
    )
    expected = golden[answer]
    assert fit.coef[0] == pytest.approx(expected["coef"][0], abs=1e-7)
    assert fit.naive_se[0] == pytest.approx(expected["naive_se"][0], abs=1e-7)
    assert fit.se[0] == pytest.approx(expected["robust_se"][0], abs=1e-7)
    assert fit.z[0] == pytest.approx(expected["z"][0], abs=1e-5)


@pytest.fixture(scope="module")
def again(golden, lung):
    """Rows of lung in sets, one man in several of them."""
    rows = lung.set_index("row").loc[golden["two_way_rows"]].reset_index()
    return rows.assign(set=golden["two_way_sets"])


def two_way(again):
    return fit_cox(
        again["time"],
        again["status"] == 2,
        again[["female", "age"]].astype(float),
        names=["female", "age"],
        cluster=(again["set"], again["row"]),
    )


def test_the_two_way_variance_is_that_of_sandwich(golden, again):
    fit = two_way(again)
    assert fit.coef == pytest.approx(golden["two_way_coef"], abs=1e-7)
    expected = np.array(golden["two_way_covariance"])
    assert fit.covariance == pytest.approx(expected, rel=1e-6)
    assert fit.se == pytest.approx(np.sqrt(np.diag(expected)), rel=1e-6)
    assert fit.ci_high / fit.ci_low == pytest.approx(np.exp(2 * 1.959964 * fit.se))


def test_sandwich_adjusts_each_part_by_its_number_of_clusters(golden, again):
    # what the docstring says of the default cadjust = TRUE
    design = again[["female", "age"]].astype(float)
    total = np.zeros((2, 2))
    both = again["set"] * 1000 + again["row"]
    for sign, cluster in ((1, again["set"]), (1, again["row"]), (-1, both)):
        fit = fit_cox(
            again["time"],
            again["status"] == 2,
            design,
            names=["female", "age"],
            cluster=cluster,
        )
        g = cluster.nunique()
        total += sign * fit.covariance * g / (g - 1)
    expected = np.array(golden["two_way_covariance_cadjust"])
    assert total == pytest.approx(expected, rel=1e-6)


def test_a_second_cluster_of_one_row_each_changes_nothing(lung):
    pairs = (lung["row"] + 1) // 2
    arguments = (lung["time"], lung["status"] == 2, lung[["female"]].astype(float))
    one = fit_cox(*arguments, names=["female"], cluster=pairs)
    two = fit_cox(*arguments, names=["female"], cluster=(pairs, lung["row"]))
    assert two.se == pytest.approx(one.se, rel=1e-12)
