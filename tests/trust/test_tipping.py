"""Delta-adjusted imputation of lung, and the delta that loses the finding."""

import math

import numpy as np
import pytest

from counterarm.survival import fit_cox
from counterarm.trust.follow_up import cut_at
from counterarm.trust.tipping import PiecewiseExponential, tipping_point, uniforms


@pytest.fixture(scope="module")
def lung(golden):
    rows = golden("lung.csv")
    u = golden("lung_uniforms.csv", header=None).to_numpy()
    return {
        "time": rows["time"].to_numpy(float),
        "event": (rows["status"] == 2).to_numpy(float),
        "treated": (rows["sex"] == 2).to_numpy(float),
        "u": u,
        "horizon": golden("tipping.json")["horizon"],
    }


def test_lung_as_observed_is_the_golden_one(golden, lung):
    time, event = cut_at(lung["time"], lung["event"], lung["horizon"])
    found = fit_cox(time, event, lung["treated"][:, None], names=["treated"])
    wanted = golden("tipping.json")["as_observed"]
    assert found.coef[0] == pytest.approx(wanted["log_hr"], abs=1e-6)
    assert found.se[0] == pytest.approx(wanted["se"], abs=1e-6)


def test_hazards_between_quartiles_of_events_are_the_golden_ones(golden, lung):
    for code, wanted in golden("tipping.json")["rates"].items():
        own = lung["treated"] == int(code)
        found = PiecewiseExponential(lung["time"][own], lung["event"][own] == 1)
        assert found.cuts == pytest.approx(wanted["cuts"])
        assert found.rate == pytest.approx(wanted["rate"], rel=1e-9)


@pytest.mark.parametrize(("arm", "code"), [("treated", 1), ("control", 0)])
def test_pooled_results_are_the_golden_ones(golden, lung, arm, code):
    wanted = [r for r in golden("tipping.json")["grid"] if r["arm"] == code]
    deltas = [row["delta"] for row in wanted]
    rows = tipping_point(**lung, arm=arm, deltas=deltas).rows
    assert rows["delta"].tolist() == deltas
    assert set(rows["m"]) == {20}
    names = {"coef": "log_hr", "ci_low": "low", "ci_high": "high", "p_value": "p"}
    for name in ("coef", "se", "df", "ci_low", "ci_high", "p_value"):
        expected = [row[names.get(name, name)] for row in wanted]
        assert rows[name].to_numpy() == pytest.approx(expected, rel=1e-6)


def test_the_delta_that_tips_is_bisected(golden, lung):
    found = tipping_point(**lung, arm="treated", deltas=[1, 2, 4])
    wanted = golden("tipping.json")["tipping_delta_treated"]
    assert found.tips_at == pytest.approx(wanted, abs=0.01)
    assert found.note == ""


def test_a_sweep_that_never_holds_1_has_no_delta(lung):
    found = tipping_point(**lung, arm="treated", deltas=[1, 2])
    assert math.isnan(found.tips_at)
    assert "no delta" in found.note


def test_delta_0_leaves_the_arm_alive_to_the_horizon(lung):
    seen = []

    def fit(time, event):
        seen.append((time, event))
        return float(len(seen)), 1.0

    found = tipping_point(**lung, arm="control", deltas=[0], fit=fit)
    own = (lung["treated"] == 0) & (lung["event"] == 0) & (lung["time"] < 730)
    assert found.rows["n_imputed"].tolist() == [own.sum()]
    for time, event in seen:
        assert (time[own] == 730).all()
        assert (event[own] == 0).all()
        assert time.max() == 730


def test_the_interval_of_the_first_delta_may_already_hold_1(lung):
    found = tipping_point(**lung, arm="treated", deltas=[4, 8])
    assert (found.tips_at, found.note) == (4, "the interval holds 1 at the first delta")


def test_a_model_that_does_not_converge_has_no_numbers_and_a_note(lung):
    calls = iter(range(1000))

    def fit(time, event):
        k = next(calls)
        return (math.nan if k == 25 else -0.5 + k / 1000), 0.1

    found = tipping_point(**lung, arm="treated", deltas=[1, 2, 4], fit=fit)
    assert found.rows["coef"].isna().tolist() == [False, True, False]
    assert math.isnan(found.tips_at)
    assert "did not converge" in found.note


def test_a_failed_model_before_the_tipping_delta_leaves_it_unknown(lung):
    answers = iter([(-0.5, 0.1)] * 20 + [(math.nan, math.nan)] * 20 + [(0.0, 0.1)] * 20)
    found = tipping_point(
        **lung, arm="treated", deltas=[1, 2, 4], fit=lambda *_: next(answers)
    )
    assert math.isnan(found.tips_at)
    assert "not known" in found.note
    assert "did not converge" in found.note


def test_a_model_that_fails_while_the_delta_is_bisected_leaves_it_unknown(lung):
    answers = iter([(-0.5, 0.1)] * 20 + [(0.0, 0.1)] * 20)
    failed = (math.nan, math.nan)
    found = tipping_point(
        **lung, arm="treated", deltas=[1, 2], fit=lambda *_: next(answers, failed)
    )
    assert math.isnan(found.tips_at)
    assert found.note == "the delta that loses the finding is not known"


def test_arms_that_separate_do_not_converge():
    u = np.full((6, 2), 0.9)
    found = tipping_point(
        *([1, 2, 3, 9, 9, 4], [1, 1, 0, 0, 0, 0], [0, 0, 0, 1, 1, 0], u),
        **{"arm": "control", "horizon": 5, "deltas": [1]},
    )
    assert found.rows["coef"].isna().all()
    assert "did not converge" in found.note


def test_one_imputation_stays_where_others_are_added():
    few = uniforms(5, 2, seed=1, analysis_id="nam_2023")
    more = uniforms(5, 3, seed=1, analysis_id="nam_2023")
    assert (more[:, :2] == few).all()
    assert (uniforms(5, 2, seed=1, analysis_id="other") != few).all()


def test_no_event_or_nobody_censored_early_has_a_note_and_no_row():
    u = np.full((4, 2), 0.5)
    arguments = {"u": u, "horizon": 8, "arm": "treated"}
    alive = tipping_point([5, 9, 3, 9], [0, 0, 1, 1], [1, 1, 0, 0], **arguments)
    assert "no event" in alive.note
    complete = tipping_point([5, 9, 3, 9], [1, 0, 1, 1], [1, 1, 0, 0], **arguments)
    assert "nobody" in complete.note
    assert len(alive.rows) == len(complete.rows) == 0
    assert math.isnan(complete.tips_at)
    late = tipping_point([5, 9, 10, 9], [0, 1, 1, 1], [1, 1, 0, 0], **arguments)
    assert late.note == "no event before the horizon"


def test_hazard_stays_0_beyond_the_last_cut_without_events():
    found = PiecewiseExponential(
        np.array([1.0, 2, 2, 2, 5]), np.array([1, 1, 1, 1, 0]) == 1
    )
    assert found.rate[-1] == 0
    assert np.isinf(found.inverse(np.array([99.0])))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"deltas": [-1]}, "deltas"),
        ({"u": np.full((4, 1), 0.5)}, "u"),
        ({"u": np.full((3, 2), 0.5)}, "u"),
        ({"u": np.full((4, 2), 1.5)}, "u"),
        ({"arm": "controls"}, "arm"),
        ({"conf_level": 95}, "conf_level"),
    ],
)
def test_bad_input_names_the_argument(change, word):
    arguments = {"u": np.full((4, 2), 0.5), "horizon": 8, "arm": "treated"} | change
    with pytest.raises(ValueError, match=f"^{word}"):
        tipping_point([5, 9, 3, 9], [0, 1, 1, 1], [1, 1, 0, 0], **arguments)
