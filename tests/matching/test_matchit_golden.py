"""R 4.2.2, MatchIt 4.5.0 on lalonde: `tests/golden/README.md`."""

import numpy as np
import pandas as pd
import pytest
from lalonde_runs import GOLDEN, RUNS, fitted, lalonde, matched, variable

from counterarm.matching import balance, matching_weights


def test_propensity_scores_are_those_of_matchit():
    golden = pd.read_csv(GOLDEN / "lalonde_propensity_score.csv")
    assert golden["id"].tolist() == lalonde()["id"].tolist()
    np.testing.assert_allclose(fitted().score, golden["distance"], rtol=0, atol=1e-8)


@pytest.mark.parametrize("run", RUNS)
def test_pairs_are_those_of_matchit(run):
    golden = pd.read_csv(GOLDEN / f"lalonde_pairs__{run}.csv")
    matches = matched(run)
    subject = lalonde()["id"].to_numpy()
    ours = pd.DataFrame(
        {
            "treated": subject[matches.treated_index],
            "control": subject[matches.control_index],
            "round": matches.match_round,
        }
    )
    keys = ["treated", "round"]
    pd.testing.assert_frame_equal(
        ours.sort_values(keys, ignore_index=True),
        golden.sort_values(keys, ignore_index=True),
    )
    assert len(ours) == RUNS[run]["n_pairs"]


@pytest.mark.parametrize("run", RUNS)
def test_balance_is_that_of_matchit(run):
    n = len(lalonde())
    weights = matching_weights(matched(run), n)
    for name, before in RUNS[run]["smd_before"].items():
        values = variable(name, run)
        unmatched = balance(values, lalonde()["treat"])
        after = balance(values, lalonde()["treat"], weights)
        assert unmatched.smd == pytest.approx(before, abs=1e-8)
        assert after.smd == pytest.approx(RUNS[run]["smd_after"][name], abs=1e-8)
        assert after.denominator == "sd of treated, unmatched sample"
        ratio = RUNS[run]["var_ratio_after"][name]
        expected = np.nan if ratio is None else ratio
        assert after.variance_ratio == pytest.approx(expected, abs=1e-8, nan_ok=True)
