"""Placebo against placebo: the whole path again, the null and calibrated estimates."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from counterarm.tables.cox import cox_table
from counterarm.tables.matching import choose_pairs, score_subjects
from counterarm.tables.trust.placebo_null import (
    calibrated_table,
    placebo_draws,
    placebo_null_table,
)
from counterarm.tables.trust.placebo_settings import Frames, arms, settings

N_TREATED, N_CONTROLS = 60, 240
RULES = {"a": "as_recorded", "exact": "as_recorded", "a_long": "alive_to_last_death"}
VARIABLES = pd.DataFrame(
    {"variable": ["age", "sex"], "kind": ["numeric", "categorical"]}
)
KEYS = {"method": "nearest", "score_scale": "probability", "match_order": "largest"}
PAIRS = {"ratio": 1, "replacement": False, "tie_policy": "first", "discard": None}


def term(analysis_id, variable, role, **values):
    empty = dict.fromkeys(("scale", "caliper", "caliper_unit"))
    named = {"analysis_id": analysis_id, "variable": variable, "role": role}
    return named | empty | values


def null(analysis_id="a", null_id="C1", kind="procedure", **values):
    drawn = kind != "pseudo_trial"
    row = {
        "analysis_id": analysis_id,
        "null_id": null_id,
        "kind": kind,
        "reference_analysis": None,
        "draws": 6 if drawn else None,
        "seed": 11 if drawn else None,
    }
    return row | values


@pytest.fixture(scope="module")
def frames() -> Frames:
    """Two analyses of the same people, one by score and one by exact sex and age."""
    rng = np.random.default_rng(3)
    n = N_TREATED + N_CONTROLS
    treated = np.arange(n) < N_TREATED
    people = pd.DataFrame(
        {
            "usubjid": [f"S{i:04d}" for i in rng.permutation(n)],
            "arm": np.where(treated, "treated", "control"),
            "age": rng.normal(55 + 4 * treated, 9).round(2),
            "sex": rng.choice(["F", "M"], n),
            "is_eligible": True,
        }
    )
    died = rng.exponential(400, n).astype(int) + 1
    last = rng.integers(30, 500, n)
    # recorded deaths count whenever they come; the longer rule follows all to day 600
    endpoints = pd.DataFrame(
        {
            "usubjid": people["usubjid"],
            "endpoint": "OS",
            "days": np.where(died < 700, died, last),
            "is_event": died < 700,
        }
    )
    long = endpoints.assign(days=np.where(died <= 600, died, 600), is_event=died <= 600)
    plans = [
        {"analysis_id": "a"} | KEYS | PAIRS,
        {"analysis_id": "a_long"} | KEYS | PAIRS,
        {"analysis_id": "exact", "method": "optimal"} | PAIRS,
    ]
    return Frames(
        subjects=pd.concat(
            [people.assign(analysis_id=name) for name in ("a", "exact")]
        ),
        endpoints=pd.concat(
            [
                endpoints.assign(analysis_id="a"),
                endpoints.assign(analysis_id="exact"),
                long.assign(analysis_id="a_long"),
            ]
        ),
        scores=pd.DataFrame(),
        matching=pd.DataFrame(plans).reindex(columns=["analysis_id", *KEYS, *PAIRS]),
        terms=pd.DataFrame(
            [
                term("a", "age", "score"),
                term("a", "sex", "score"),
                term("exact", "sex", "exact"),
                term("exact", "age", "distance", scale=10.0),
                term("exact", "age", "caliper", caliper=5.0, caliper_unit="raw"),
            ]
        ),
        variables=VARIABLES,
        follow_up=pd.DataFrame(
            {"analysis_id": RULES.keys(), "follow_up_rule": RULES.values()}
        ),
        models=pd.DataFrame({"analysis_id": ["a", "exact"]}).assign(
            model_id="unadjusted", endpoint="OS", variance="cluster", ties="efron"
        ),
        model_terms=pd.DataFrame({"analysis_id": ["a", "exact"]}).assign(
            model_id="unadjusted", term="treated", arm="treated", variable=None
        ),
        pseudo_trials=pd.DataFrame(
            {
                "usubjid": people["usubjid"],
                "pseudo_trial_id": np.where(
                    treated, None, rng.choice(["P1", "P2", "P3"], n)
                ),
            }
        ).assign(
            deaths_recorded=lambda t: t["pseudo_trial_id"].map(
                {"P1": "yes", "P2": "none", "P3": "full"}
            )
        ),
    )


@pytest.fixture(scope="module")
def scored(frames) -> Frames:
    scores = score_subjects(frames.subjects, frames.terms, VARIABLES)
    return replace(frames, scores=scores)


def by_the_tables(
    frames: Frames, analysis_id: str, flags: pd.Series, days
) -> pd.Series:
    """Return the Cox row of an analysis among its controls, table by table."""
    own = frames.subjects[frames.subjects["analysis_id"] == analysis_id]
    own = own[own["arm"] == "control"].copy()
    own["arm"] = np.where(own["usubjid"].map(flags), "treated", "control")
    scores = score_subjects(own, frames.terms, VARIABLES)
    pairs = choose_pairs(own, scores, frames.matching, frames.terms)
    design = pd.concat(
        [
            pd.DataFrame({"usubjid": pairs[column], "set_id": pairs["pair_id"]}).assign(
                value=value
            )
            for column, value in (("treated_usubjid", 1.0), ("control_usubjid", 0.0))
        ]
    ).merge(days(own))
    design = design.assign(
        analysis_id=analysis_id,
        model_id="unadjusted",
        endpoint="OS",
        position=1,
        term="treated",
        weight=1.0,
    )
    plan = {"analysis_id": analysis_id, "model_id": "unadjusted", "endpoint": "OS"}
    plans = pd.DataFrame([plan | {"variance": "cluster", "ties": "efron"}])
    return cox_table(design, plans).iloc[0]


@pytest.mark.parametrize("analysis_id", ["a", "exact"])
def test_a_draw_is_the_path_of_the_tables_under_drawn_arms(scored, analysis_id):
    nulls = pd.DataFrame([null(analysis_id)])
    (setting,) = settings(scored, nulls)
    (_, flags), *_ = arms(setting)
    drawn = pd.Series(flags, index=setting.controls.usubjid)
    assert drawn.sum() == N_CONTROLS * N_TREATED // (N_CONTROLS + N_TREATED)
    endpoints = scored.endpoints[scored.endpoints["analysis_id"] == analysis_id]
    columns = ["usubjid", "days", "is_event"]
    wanted = by_the_tables(scored, analysis_id, drawn, lambda _: endpoints[columns])
    found = placebo_draws(scored, nulls).iloc[0]
    assert found["n_pairs"] * 2 == wanted["n"]
    assert found["n_events"] == wanted["n_events"]
    assert found["coef"] == pytest.approx(wanted["coef"], abs=1e-9)
    assert found["se"] == pytest.approx(wanted["se"], abs=1e-9)


def test_the_drawn_of_an_ascertainment_null_are_recording_and_followed_apart(scored):
    nulls = pd.DataFrame(
        [null("a", "C2", "ascertainment", reference_analysis="a_long")]
    )
    (setting,) = settings(scored, nulls)
    trials = scored.pseudo_trials.set_index("usubjid")["pseudo_trial_id"]
    for _, flags in arms(setting):
        assert set(trials[setting.controls.usubjid[flags]]) == {"P1", "P3"}
    (_, flags), *_ = arms(setting)
    drawn = pd.Series(flags, index=setting.controls.usubjid)

    def days(own: pd.DataFrame) -> pd.DataFrame:
        is_long = scored.endpoints["analysis_id"] == "a_long"
        is_drawn = scored.endpoints["usubjid"].map(drawn).eq(True)
        of_arm = (is_long & is_drawn) | (
            (scored.endpoints["analysis_id"] == "a") & ~is_drawn
        )
        return scored.endpoints.loc[of_arm, ["usubjid", "days", "is_event"]]

    wanted = by_the_tables(scored, "a", drawn, days)
    draws = placebo_draws(scored, nulls)
    assert draws["coef"].iloc[0] == pytest.approx(wanted["coef"], abs=1e-9)
    table = placebo_null_table(scored, nulls, draws).iloc[0]
    assert table["reference_rule"] == "alive_to_last_death"
    assert table["note"].startswith("only as good as the reference rule")


def test_each_large_pseudo_trial_is_set_against_the_others_once(scored):
    small = scored.pseudo_trials["pseudo_trial_id"] == "P2"
    trials = scored.pseudo_trials.copy()
    trials.loc[small.to_numpy().nonzero()[0][24:], "pseudo_trial_id"] = None
    frames = replace(scored, pseudo_trials=trials)
    draws = placebo_draws(frames, pd.DataFrame([null("a", "C3", "pseudo_trial")]))
    assert draws["pseudo_trial_id"].tolist() == ["P1", "P3"]
    sizes = trials["pseudo_trial_id"].value_counts()
    assert draws["n_pseudo_treated"].tolist() == sizes[["P1", "P3"]].tolist()


def test_a_registry_of_the_controls_is_a_trial_of_its_own_that_records(scored):
    """Rows by analysis, as follow_up_members has them; P3 is a registry here."""
    known = scored.pseudo_trials
    is_registry = known["pseudo_trial_id"] == "P3"
    members = known.assign(
        analysis_id="a",
        deaths_recorded=known["deaths_recorded"].mask(is_registry, "site"),
    )
    elsewhere = members.assign(analysis_id="exact", pseudo_trial_id="P1")
    frames = replace(scored, pseudo_trials=pd.concat([elsewhere, members]))
    nulls = pd.DataFrame([null("a", "C3", "pseudo_trial")])
    drawn = placebo_draws(frames, nulls)
    pd.testing.assert_frame_equal(drawn, placebo_draws(scored, nulls))
    assert "P3" in set(drawn["pseudo_trial_id"])


def test_two_runs_are_equal_and_more_draws_keep_the_first_ones(scored):
    one = pd.DataFrame([null(), null("exact")])
    more = one.assign(draws=9)[::-1]
    first, again, longer = (placebo_draws(scored, each) for each in (one, one, more))
    pd.testing.assert_frame_equal(first, again)
    kept = longer[longer["draw"] <= 6].reset_index(drop=True)
    pd.testing.assert_frame_equal(first, kept)
    assert placebo_draws(scored, one.assign(seed=12))["coef"].ne(first["coef"]).all()


@pytest.fixture
def golden_draws(golden) -> tuple[dict, pd.DataFrame]:
    wanted = golden("calibration.json")["cases"]["wide"]
    draws = pd.DataFrame({"coef": wanted["log_rr"], "se": wanted["se"]}).assign(
        analysis_id="a", null_id="C1", n_pseudo_treated=48
    )
    return wanted, draws


def test_null_and_calibrated_estimate_are_the_golden_ones(scored, golden_draws):
    wanted, draws = golden_draws
    unusable = draws.iloc[:2].assign(coef=[np.nan, 5.0])
    nulls = placebo_null_table(
        scored, pd.DataFrame([null()]), pd.concat([draws, unusable])
    )
    (row,) = nulls.to_dict("records")
    assert row["mu"] == pytest.approx(wanted["mean"], abs=1e-8)
    assert row["sigma"] == pytest.approx(wanted["sd"], abs=1e-8)
    assert row["ease"] == pytest.approx(wanted["ease"], abs=1e-8)
    assert (row["n_draws"], row["n_failed"], row["n_pseudo_treated"]) == (12, 2, 48)
    assert "sigma is too small" in row["note"]
    assert (row["follow_up_rule"], row["variance"]) == ("as_recorded", "cluster")
    estimate = {"analysis_id": "a", "endpoint": "OS", "term": "treated"}
    cox = pd.DataFrame(
        [
            estimate
            | {
                "model_id": model,
                "variance": variance,
                "coef": wanted["estimate"],
                "se": wanted["estimate_se"] * factor,
                "p_value": 0.5,
            }
            for model, variance, factor in (
                ("unadjusted", "cluster", 1),
                ("unadjusted", "naive", 2),
                ("adjusted", "cluster", 3),
            )
        ]
    )
    (found,) = calibrated_table(cox, scored.main, nulls).to_dict("records")
    assert found["calibrated_coef"] == pytest.approx(wanted["log_hr"], abs=1e-8)
    assert found["calibrated_ci_low"] == pytest.approx(wanted["log_low"], abs=1e-8)
    assert found["calibrated_ci_high"] == pytest.approx(wanted["log_high"], abs=1e-8)
    assert found["calibrated_p"] == pytest.approx(wanted["p"], abs=1e-8)
    nothing = nulls.assign(mu=pd.NA, sigma=pd.NA)
    (found,) = calibrated_table(cox, scored.main, nothing).to_dict("records")
    assert found["coef"] == wanted["estimate"]
    assert pd.isna(found["calibrated_coef"])


def only_note(frames: Frames, row: dict) -> str:
    """Return the note of a null that has no draw and no number."""
    nulls = pd.DataFrame([row])
    draws = placebo_draws(frames, nulls)
    assert draws.empty
    (found,) = placebo_null_table(frames, nulls, draws).to_dict("records")
    assert pd.isna(found["mu"])
    assert found["n_draws"] == 0
    return found["note"]


def test_what_cannot_be_drawn_has_a_row_and_says_why(scored, frames):
    nobody = scored.pseudo_trials.assign(deaths_recorded="none")
    unrecorded = replace(scored, pseudo_trials=nobody)
    c2 = null("a", "C2", "ascertainment", reference_analysis="a_long")
    assert only_note(unrecorded, c2) == "no pseudo-trial that records deaths: no null"
    few = scored.pseudo_trials.assign(deaths_recorded="none")
    few.loc[few.index[-20:], ["pseudo_trial_id", "deaths_recorded"]] = ["P1", "yes"]
    note = "20 controls to draw from, and a draw takes 48: no null"
    assert only_note(replace(scored, pseudo_trials=few), c2) == note
    without = scored.pseudo_trials.assign(pseudo_trial_id=None)
    note = only_note(
        replace(scored, pseudo_trials=without), null("a", "C3", "pseudo_trial")
    )
    assert note.startswith("no pseudo-trial with 25 eligible subjects")
    no_score = replace(scored, scores=scored.scores.iloc[:0])
    note = "no propensity score could be fitted: no null"
    assert only_note(no_score, null()) == note
    is_control = scored.subjects["arm"] == "control"
    emptied = scored.subjects.assign(is_eligible=~is_control)
    note = "no eligible control: no null"
    assert only_note(replace(scored, subjects=emptied), null()) == note


def test_an_undelivered_site_has_no_rows(scored):
    controls = scored.subjects[scored.subjects["arm"] == "control"]
    frames = replace(scored, subjects=controls)
    nulls = pd.DataFrame([null(), null("exact", "C3", "pseudo_trial")])
    draws = placebo_draws(frames, nulls)
    assert draws.empty
    assert placebo_null_table(frames, nulls, draws).empty


def test_too_small_a_draw_is_not_made(scored):
    """With 20 treated and 240 controls a draw takes 18, fewer than 20."""
    is_control = scored.subjects["arm"] == "control"
    some = scored.subjects["usubjid"].isin(
        scored.subjects.loc[~is_control, "usubjid"].iloc[:20]
    )
    frames = replace(scored, subjects=scored.subjects[is_control | some])
    assert only_note(frames, null()) == "18 pseudo-treated, fewer than 20: no null"


def test_draws_without_events_are_counted_as_failed(scored):
    alive = scored.endpoints.assign(is_event=False)
    frames = replace(scored, endpoints=alive)
    nulls = pd.DataFrame([null()])
    draws = placebo_draws(frames, nulls)
    assert draws["coef"].isna().all()
    assert draws["note"].str.startswith("not fitted: ").all()
    (row,) = placebo_null_table(frames, nulls, draws).to_dict("records")
    assert (row["n_draws"], row["n_failed"]) == (6, 6)
    assert row["note"] == "0 usable draws, fewer than 5: no null"
