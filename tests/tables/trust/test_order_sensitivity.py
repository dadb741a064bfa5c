"""Order of rows: the identity gives the published pairs, optimal pairs one value."""

import numpy as np
import pandas as pd
import pytest
import specification_rows as rows

from counterarm.tables.matching import choose_pairs, score_subjects
from counterarm.tables.trust.order_sensitivity import order_sensitivity, pairings
from counterarm.tables.trust.path import scores_of
from counterarm.tables.trust.specifications import specification_table


def frames() -> dict[str, pd.DataFrame]:
    parts = rows.protocol()
    names = ("axes", "matching", "terms", "models", "model_terms", "variables")
    return {name: parts[name] for name in names}


def of_a(parts: dict, **plan: object) -> tuple[pd.DataFrame, pd.Series, pd.DataFrame]:
    subjects = rows.people()
    eligible = subjects[subjects["follow_up_rule"] == "as_recorded"]
    chosen = parts["matching"].set_index("analysis_id").loc["a"].copy()
    for name, value in plan.items():
        chosen[name] = value
    own = parts["terms"][parts["terms"]["analysis_id"] == "a"]
    return eligible.reset_index(drop=True), chosen, own


DISTANCE = pd.DataFrame(
    [
        ("a", "age", "distance", 1.0, None, None),
        ("a", "speed", "distance", 0.1, None, None),
    ],
    columns=["analysis_id", "variable", "role", "scale", "caliper", "caliper_unit"],
)


def test_the_identity_gives_the_published_pairs():
    parts = frames()
    eligible, plan, own = of_a(parts)
    scores = scores_of(eligible, own, plan, rows.VARIABLES)
    every = np.arange(len(eligible))
    (order, pair), (other, _) = pairings(eligible, every, scores, own, plan)
    assert (order, other) == ("largest", "data")
    found = pair(every)
    flagged = eligible.assign(is_eligible=True)
    published = choose_pairs(
        flagged,
        score_subjects(flagged, own, rows.VARIABLES),
        parts["matching"][parts["matching"]["analysis_id"] == "a"],
        own,
    )
    usubjid = eligible["usubjid"].to_numpy()
    assert usubjid[found.treated_index].tolist() == list(published["treated_usubjid"])
    assert usubjid[found.control_index].tolist() == list(published["control_usubjid"])


def test_without_equal_scores_the_largest_first_gives_one_value_the_published():
    parts = frames()
    found = order_sensitivity(rows.people(), **parts, permutations=12)
    largest = found[found["match_order"] == "largest"].set_index("analysis_id")
    published = specification_table(
        rows.people(), **rows.protocol(axes=rows.first_levels())
    )
    assert largest["n_pairings"].tolist() == [1, 1]
    for name in ("min", "q025", "median", "q975", "max"):
        assert largest.loc["a", name] == pytest.approx(
            published["hazard_ratio"].iloc[0], abs=1e-12
        )
    data = found[found["match_order"] == "data"]
    assert (data["n_pairings"] > 1).all()
    assert (data["min"] < data["max"]).all()
    assert set(found["analysis_id"]) == {"a", "a_window_91"}
    assert found["permutations"].eq(12).all()


def test_an_order_honours_delayed_entry():
    subjects = rows.people()
    subjects["entry_days"] = np.where(
        subjects["arm"] == "control", subjects["days"].astype(float) / 2, np.nan
    )
    found = order_sensitivity(subjects, **frames(), permutations=2)
    published = specification_table(subjects, **rows.protocol(axes=rows.first_levels()))
    own = found[(found["analysis_id"] == "a") & (found["match_order"] == "largest")]
    assert own["median"].iloc[0] == pytest.approx(
        published["hazard_ratio"].iloc[0], abs=1e-12
    )


def test_equal_scores_are_where_the_order_decides():
    subjects = rows.people()
    subjects["age"] = 60.0
    subjects["sex"] = np.where(np.arange(len(subjects)) % 2, "F", "M")
    parts = frames()
    parts["terms"] = parts["terms"][parts["terms"]["variable"] != "age"]
    found = order_sensitivity(subjects, **parts, permutations=5)
    assert (found.loc[found["match_order"] == "largest", "n_pairings"] == 5).all()


@pytest.mark.parametrize(
    ("method", "order"), [("optimal", "optimal"), ("nearest", "data")]
)
def test_optimal_pairs_depend_on_no_order_and_greedy_ones_do(method, order):
    eligible, plan, _ = of_a(frames(), method=method)
    # on one line pairs that cross have equal totals: two variables, and no ties
    rng = np.random.default_rng(2)
    eligible["age"] = rng.normal(58, 8, len(eligible))
    every = np.arange(len(eligible))
    none = pd.DataFrame(columns=["analysis_id", "usubjid", "score"])
    ((named, pair),) = pairings(eligible, every, none, DISTANCE, plan)
    assert named == order
    chosen = {
        tuple(pair(rng.permutation(every)).control_index.tolist()) for _ in range(8)
    }
    assert (len(chosen) == 1) == (method == "optimal")
    if method == "optimal":
        assert chosen == {tuple(pair(every).control_index.tolist())}


def test_two_builds_are_equal_and_another_seed_is_not():
    first, again, other = (
        order_sensitivity(rows.people(), **frames(), permutations=6, seed=seed)
        for seed in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(first, again)
    ranges = ["min", "q025", "median", "q975", "max"]
    assert (first[ranges] != other[ranges]).any(axis=None)


def test_no_treated_no_rows():
    subjects = rows.people()
    controls = subjects[subjects["arm"] == "control"]
    assert order_sensitivity(controls, **frames()).empty
