"""The specification grid: its rows are those of the tables that publish them."""

import numpy as np
import pandas as pd
import pytest
import specification_rows as rows

from counterarm.survival import fit_cox
from counterarm.tables.cox import cox_table
from counterarm.tables.matching import choose_pairs, score_subjects
from counterarm.tables.trust.specification_summary import (
    specification_summary,
    variance_share,
)
from counterarm.tables.trust.specifications import specification_table


def published(subjects: pd.DataFrame, variance: str) -> pd.Series:
    """Return the row that the tables of matching and survival give analysis a."""
    parts = rows.protocol()
    own = parts["terms"][parts["terms"]["analysis_id"] == "a"]
    eligible = subjects[subjects["follow_up_rule"] == "as_recorded"].assign(
        is_eligible=True
    )
    scores = score_subjects(eligible, own, rows.VARIABLES)
    plan = parts["matching"][parts["matching"]["analysis_id"] == "a"]
    pairs = choose_pairs(eligible, scores, plan, own)
    members = pairs.melt(["pair_id"], ["treated_usubjid", "control_usubjid"])
    design = members.merge(eligible, left_on="value", right_on="usubjid").assign(
        set_id=lambda rows: rows["pair_id"],
        weight=1.0,
        model_id="unadjusted",
        endpoint="OS",
        position=1,
        term="treated",
        value=lambda rows: (rows["arm"] == "treated").astype(float),
    )
    plans = pd.DataFrame(
        {
            "analysis_id": ["a"],
            "model_id": ["unadjusted"],
            "endpoint": ["OS"],
            "variance": [variance],
            "ties": ["efron"],
        }
    )
    return cox_table(design, plans).iloc[0]


@pytest.mark.parametrize("variance", ["cluster", "naive", "strata"])
def test_one_level_of_each_axis_gives_one_row_equal_to_the_published(variance):
    subjects = rows.people()
    only = {axis: own[:1] for axis, own in rows.LEVELS.items()}
    axes = rows.axes(**(only | {"variance": [(variance, True)]}))
    (found,) = specification_table(subjects, **rows.protocol(axes=axes)).to_dict(
        "records"
    )
    wanted = published(subjects, variance)
    for column in ("coef", "se", "hazard_ratio", "ci_low", "ci_high"):
        assert found[column] == pytest.approx(wanted[column], abs=1e-12), column
    assert found["n_events"] == wanted["n_events"]
    assert found["n_pairs"] == wanted["n"] / 2
    assert found["is_protocol"]
    assert found["specification_id"] == "a-0001"


@pytest.fixture(scope="module")
def grid() -> pd.DataFrame:
    return specification_table(rows.people(), **rows.protocol())


def test_all_allowed_combinations_are_there_once_and_the_protocol_is_the_first(grid):
    # pairs in 3 variances and full matching in 1, with either score; the exact strata
    # use no score, so that they stand with the protocol's only
    of_matching = 2 * 3 + 2 * 1 + 1
    assert len(grid) == 2 * 3 * 1 * 2 * of_matching
    levels = list(rows.LEVELS)
    assert not grid.duplicated(levels).any()
    assert grid["is_protocol"].tolist() == [True] + [False] * (len(grid) - 1)
    assert grid["coef"].notna().all()


def test_a_row_is_valid_if_all_of_its_levels_are(grid):
    valid = grid[grid["is_valid"].astype(bool)]
    assert len(valid) == 9
    assert set(valid["follow_up_rule"]) == {"window_91"}
    assert set(valid["pool"]) == {"recording"}
    assert set(valid["clock"]) == {"index"}


def test_weights_have_the_variances_that_the_protocol_gives_them(grid):
    full = grid[grid["matching"] == "a_full"]
    assert set(full["variance"]) == {"cluster"}


def test_a_pool_holds_whom_it_says():
    subjects = rows.people()
    only = {axis: own[:1] for axis, own in rows.LEVELS.items()}
    axes = rows.axes(**(only | {"pool": rows.LEVELS["pool"]}))
    found = specification_table(subjects, **rows.protocol(axes=axes))
    by_hand = [
        subjects[subjects["is_recording"]].assign(vital_status="DEAD"),
        subjects[subjects["vital_status"].notna()],
    ]
    for row, kept in zip(found.iloc[1:].itertuples(), by_hand, strict=True):
        (alone,) = specification_table(
            kept, **rows.protocol(axes=rows.first_levels())
        ).itertuples()
        assert row.coef == pytest.approx(alone.coef, abs=1e-12)


def test_the_clock_of_trial_entry_adds_the_days_before_index_to_the_controls():
    subjects = rows.people()
    only = {axis: own[:1] for axis, own in rows.LEVELS.items()}
    axes = rows.axes(**(only | {"clock": rows.LEVELS["clock"]}))
    found = specification_table(subjects, **rows.protocol(axes=axes))
    is_control = subjects["arm"] == "control"
    later = subjects.assign(
        days=subjects["days"] + np.where(is_control, subjects["index_day"], 0)
    )
    (alone,) = specification_table(
        later, **rows.protocol(axes=rows.first_levels())
    ).itertuples()
    assert found["coef"].iloc[1] == pytest.approx(alone.coef, abs=1e-12)
    assert found["coef"].iloc[1] < found["coef"].iloc[0] + 1.5
    assert found["coef"].iloc[1] != pytest.approx(found["coef"].iloc[0], abs=0.01)


def test_under_a_horizon_no_clock_follows_anybody_beyond_it():
    subjects = rows.people().assign(horizon_days=200.0)
    cut = subjects["days"] > 200
    subjects = subjects.assign(
        days=subjects["days"].clip(upper=200), is_event=subjects["is_event"] & ~cut
    )
    only = {axis: own[:1] for axis, own in rows.LEVELS.items()}
    axes = rows.axes(**(only | {"clock": rows.LEVELS["clock"]}))
    found = specification_table(subjects, **rows.protocol(axes=axes))
    # every control is at risk for 150 days more, and most are censored at day 200
    assert found["n_events"].iloc[1] < found["n_events"].iloc[0]


def test_delayed_entry_is_honoured_as_in_the_published_row():
    subjects = rows.people()
    subjects["entry_days"] = np.where(
        subjects["arm"] == "control", subjects["days"].astype(float) / 2, np.nan
    )
    (found,) = specification_table(
        subjects, **rows.protocol(axes=rows.first_levels())
    ).itertuples()
    wanted = published(subjects, "cluster")
    (plain,) = specification_table(
        rows.people(), **rows.protocol(axes=rows.first_levels())
    ).itertuples()
    assert found.coef == pytest.approx(wanted["coef"], abs=1e-12)
    assert found.se == pytest.approx(wanted["se"], abs=1e-12)
    assert found.coef != pytest.approx(plain.coef, abs=0.01)


def test_an_analysis_without_treated_has_no_rows():
    subjects = rows.people()
    controls = subjects[subjects["arm"] == "control"]
    assert specification_table(controls, **rows.protocol()).empty
    assert specification_table(subjects.iloc[:0], **rows.protocol()).empty


def test_a_pool_without_controls_has_a_note_and_is_counted():
    subjects = rows.people()
    subjects["is_recording"] = subjects["arm"] == "treated"
    found = specification_table(subjects, **rows.protocol())
    empty = found[found["pool"] == "recording"]
    notes = {"no control subject under this rule in this pool"}
    assert set(empty["note"]) == notes
    assert empty["coef"].isna().all()
    overall = specification_summary(found).query("axis == 'overall'")
    by_population = overall.set_index("population")
    assert by_population.loc["all", "n"] == len(found) - len(empty)
    assert by_population.loc["all", "n_without_estimate"] == len(empty)
    assert by_population.loc["valid", "n"] == 0
    assert pd.isna(by_population.loc["valid", "share_below_1"])


def test_a_ratio_that_may_be_infinite_has_a_note_and_no_estimate():
    subjects = rows.people()
    subjects.loc[subjects["arm"] == "treated", "is_event"] = False
    axes = rows.first_levels()
    (found,) = specification_table(subjects, **rows.protocol(axes=axes)).itertuples()
    assert pd.isna(found.coef)
    assert "may be infinite" in found.note
    counted = specification_summary(
        specification_table(subjects, **rows.protocol(axes=axes))
    )
    of_all = counted[counted["population"] == "all"]
    assert of_all["n_without_estimate"].eq(1).all()
    assert of_all["n"].eq(0).all()


def test_two_builds_are_equal(grid):
    again = specification_table(rows.people(), **rows.protocol())
    pd.testing.assert_frame_equal(grid, again)


def test_the_summary_is_that_on_paper():
    # log HR -2 and -1 under r1, 0 and 1 under r2; pools alternate: means -1 and 0
    table = pd.DataFrame(
        {
            "analysis_id": "a",
            "follow_up_rule": ["r1", "r1", "r2", "r2"],
            "pool": ["all", "recording"] * 2,
            **dict.fromkeys(("index_rule", "clock", "score", "matching"), "x"),
            "variance": "cluster",
            "is_valid": [True, False, True, True],
            "coef": [-2.0, -1.0, 0.0, 1.0],
            "ci_low": [0.1, 0.2, 0.5, 1.5],
            "ci_high": [0.5, 1.2, 2.0, 4.0],
        }
    )
    found = specification_summary(table).set_index(["population", "axis"])
    overall = found.loc[("all", "overall")]
    assert overall["n"] == 4
    assert overall["share_below_1"] == 0.5
    assert overall["share_interval_below_1"] == 0.25
    assert overall["share_interval_above_1"] == 0.25
    assert overall["min_hazard_ratio"] == pytest.approx(np.exp(-2))
    assert overall["median_hazard_ratio"] == pytest.approx((np.exp(-1) + 1) / 2)
    assert overall["max_hazard_ratio"] == pytest.approx(np.e)
    # total sum of squares 5; of rules 4 x 1, of pools 4 x 1/4
    assert found.loc[("all", "follow_up_rule"), "variance_share"] == pytest.approx(0.8)
    assert found.loc[("all", "pool"), "variance_share"] == pytest.approx(0.2)
    assert found.loc[("all", "clock"), "variance_share"] == 0
    assert found.loc[("valid", "overall"), "n"] == 3
    assert found.loc[("valid", "overall"), "share_interval_below_1"] == pytest.approx(
        1 / 3
    )
    assert found.loc[("all", "pool"), "share_interval_above_1"] is pd.NA


def test_equal_ratios_have_no_variance_to_share():
    assert np.isnan(variance_share(np.array([1.0, 1.0]), np.array(["x", "y"])))
    assert np.isnan(variance_share(np.array([]), np.array([])))


def test_the_fit_is_that_of_treatment_alone():
    """Held to the library, with the sets of full matching as clusters."""
    subjects = rows.people()
    only = {axis: own[:1] for axis, own in rows.LEVELS.items()}
    axes = rows.axes(**(only | {"matching": [("a_exact", True)]}))
    (found,) = specification_table(subjects, **rows.protocol(axes=axes)).itertuples()
    own = subjects[subjects["follow_up_rule"] == "as_recorded"]
    treated = (own["arm"] == "treated").to_numpy()
    share = own.assign(treated=treated).groupby("sex")["treated"].agg(["sum", "size"])
    weight = own["sex"].map(share["sum"] / (share["size"] - share["sum"]))
    fit = fit_cox(
        own["days"],
        own["is_event"],
        treated.astype(float),
        names=["treated"],
        cluster=own["sex"],
        weights=np.where(treated, 1.0, weight),
    )
    assert found.coef == pytest.approx(fit.coef[0], abs=1e-10)
    assert found.se == pytest.approx(fit.se[0], abs=1e-10)
    assert found.n_pairs == 2
