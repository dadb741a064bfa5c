"""The test of subgroups for interaction, against a printed example and by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from counterarm.survival.subgroup_interaction import interaction_test
from counterarm.tables.subgroup_interactions import subgroup_interactions


def test_two_subgroups_are_compared_as_altman_and_bland_do():
    """BMJ 2003;326:219: fractures, relative risks 0.67 and 0.88; z -1.24, p 0.2."""
    test = interaction_test([-0.4005, -0.1278], [0.1929, 0.1070])
    assert np.sqrt(test.statistic) == pytest.approx(1.24, abs=0.005)
    assert test.p_value == pytest.approx(2 * norm.cdf(-1.236), abs=0.002)
    assert test.df == 1


def test_three_subgroups_by_hand():
    # weights 1, 4, 4; mean (0 + 4 + 8) / 9 = 4/3; 16/9 + 4/9 + 16/9 = 4
    test = interaction_test([0.0, 1.0, 2.0], [1.0, 0.5, 0.5])
    assert test.statistic == pytest.approx(4.0)
    assert test.p_value == pytest.approx(np.exp(-2.0))


@pytest.mark.parametrize(
    ("ratios", "errors"),
    [
        ([0.1], [0.2]),
        ([0.1, 0.2], [0.2]),
        ([0.1, 0.2], [0.2, 0]),
        ([0.1, np.nan], [1, 1]),
    ],
)
def test_what_cannot_be_compared_is_refused(ratios, errors):
    with pytest.raises(ValueError, match="log_ratios, standard_errors"):
        interaction_test(ratios, errors)


def test_a_set_is_tested_once_per_model_and_a_lone_estimate_is_not():
    row = {"analysis_id": "a", "endpoint": "OS", "variance": "naive", "term": "treated"}
    cox = pd.DataFrame(
        [
            {**row, "model_id": model, "coef": coef, "se": se}
            for model, coef, se in [
                ("unadjusted", 0.1, 0.1),
                ("unadjusted: men", 0.0, 0.3),
                ("unadjusted: women", 0.5, 0.4),
                ("unadjusted: old", 0.0, 0.3),
                ("unadjusted: young", None, None),
                ("unadjusted: all", 0.1, 0.1),
            ]
        ]
    )
    members = {"men": "sex", "women": "sex", "old": "age", "young": "age", "all": "all"}
    sets = pd.DataFrame(
        [("a", of, name) for name, of in members.items()],
        columns=["analysis_id", "subgroup_set", "subgroup"],
    )
    rows = subgroup_interactions(cox, sets).set_index("subgroup_set")
    assert list(rows.index) == ["age", "sex"]
    assert rows.loc["sex", "statistic"] == pytest.approx(1.0)
    assert rows.loc["sex", "n_estimated"] == 2
    assert pd.isna(rows.loc["age", "p_value"])
    assert rows.loc["age", "note"] == "fewer than two subgroups have an estimate"
