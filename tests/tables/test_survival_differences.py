"""Differences of restricted means, survival and medians between two groups."""

import numpy as np
import pandas as pd
import pytest

from counterarm.tables.survival import survival_curves, survival_summary
from counterarm.tables.survival_differences import survival_differences

GOLDEN = "golden/data/lung.csv"


@pytest.fixture
def lung(request) -> pd.DataFrame:
    """Men as control, women as treated; sets of two consecutive rows."""
    data = pd.read_csv(request.config.rootpath / "tests" / GOLDEN)
    i = np.arange(len(data))
    return pd.DataFrame(
        {
            "analysis_id": "a",
            "endpoint": "OS",
            "comparison_set": "arms",
            "position": data["sex"],
            "group_name": np.where(data["sex"] == 2, "treated", "control"),
            "set_id": [f"a-{k:03d}" for k in i // 2],
            "usubjid": [f"S-{k:03d}" for k in i],
            "weight": 1.0,
            "days": data["time"],
            "is_event": data["event"].astype(bool),
        }
    )


def by_measure(members: pd.DataFrame) -> pd.DataFrame:
    return survival_differences(members).set_index(["measure", "variance"])


def test_the_difference_of_restricted_means_is_that_of_the_summary(lung):
    row = by_measure(lung).loc[("rmst_difference", "naive")]
    summary = survival_summary(lung).query("conf_type == 'log'")
    arms = summary.set_index("group_name")
    means, errors = arms["rmst_days"], arms["rmst_se"]
    assert row["at_day"] == arms["tau"].iloc[0] == 965
    assert row["estimate"] == pytest.approx(means["treated"] - means["control"])
    se = np.hypot(errors["treated"], errors["control"])
    assert row["se"] == pytest.approx(se)
    assert row["ci_low"] == pytest.approx(row["estimate"] - 1.959963984540054 * se)
    assert row["z"] == pytest.approx(row["estimate"] / se)


def test_the_ratio_has_its_interval_on_the_log_scale(lung):
    row = by_measure(lung).loc[("rmst_ratio", "naive")]
    summary = survival_summary(lung).query("conf_type == 'log'")
    arms = summary.set_index("group_name")
    relative = (arms["rmst_se"] / arms["rmst_days"]).astype(float)
    means = arms["rmst_days"]
    assert row["estimate"] == pytest.approx(means["treated"] / means["control"])
    assert row["se"] == pytest.approx(np.hypot(*relative))
    assert row["ci_low"] * row["ci_high"] == pytest.approx(row["estimate"] ** 2)


def test_survival_at_twelve_months_is_that_of_the_curve(lung):
    row = by_measure(lung).loc[("survival_difference_12_months", "naive")]
    curves = survival_curves(lung).query("conf_type == 'plain' and day <= 365")
    last = curves.groupby("group_name").last()
    assert row["at_day"] == 365
    assert row["first_value"] == pytest.approx(last.loc["treated", "survival"])
    assert row["second_value"] == pytest.approx(last.loc["control", "survival"])
    half = ((last["ci_high"] - last["ci_low"]) / 2).astype(float)
    assert row["ci_high"] - row["estimate"] == pytest.approx(np.hypot(*half))


def test_the_clustered_variance_adds_up_matched_sets(lung):
    """By hand: four pairs, survival at the day before the end of each."""
    days = {"treated": [400, 500, 600, 700], "control": [100, 450, 200, 800]}
    rows = [
        {
            "group_name": name,
            "position": place,
            "set_id": f"a-{i}",
            "usubjid": f"{name}-{i}",
            "days": day,
            "is_event": True,
        }
        for place, (name, values) in enumerate(sorted(days.items()))
        for i, day in enumerate(values)
    ]
    members = pd.DataFrame(rows).assign(
        analysis_id="a", endpoint="OS", comparison_set="arms", weight=1.0
    )
    row = by_measure(members).loc[("survival_difference_12_months", "cluster")]
    # nobody is censored: each subject adds (alive - S) / n; S is 1 and 1/2
    influence = -(np.array([0, 1, 0, 1]) - 0.5) / 4
    assert row["estimate"] == 0.5
    assert row["se"] == pytest.approx(np.sqrt(np.sum(influence**2)))
    both = by_measure(members).loc[("rmst_difference", "cluster")]
    treated, control = (np.minimum(days[name], 700) for name in ("treated", "control"))
    pairs = (treated - treated.mean() - control + control.mean()) / 4
    assert both["estimate"] == pytest.approx(treated.mean() - control.mean())
    assert both["se"] == pytest.approx(np.sqrt(np.sum(pairs**2)))
    apart = np.r_[treated - treated.mean(), control - control.mean()] / 4
    naive = by_measure(members).loc[("rmst_difference", "naive")]
    assert naive["se"] == pytest.approx(np.sqrt(np.sum(apart**2)))


def test_weights_of_two_are_two_subjects(lung):
    heavy = lung.assign(weight=np.where(lung.index % 3 == 0, 2.0, 1.0))
    twice = pd.concat([lung, lung[lung.index % 3 == 0].assign(set_id="more")])
    weighted, repeated = by_measure(heavy), by_measure(twice)
    for key in [
        ("rmst_difference", "naive"),
        ("survival_difference_12_months", "naive"),
    ]:
        assert weighted.loc[key, "weighting"] == "case weights"
        assert repeated.loc[key, "weighting"] == "repeated subjects"
        for column in ("estimate", "se"):
            assert weighted.loc[key, column] == pytest.approx(repeated.loc[key, column])


def test_what_was_not_seen_is_not_computed_and_says_so(lung):
    short = lung.assign(
        days=lung["days"].clip(upper=500),
        is_event=lung["is_event"] & (lung["days"] <= 500),
    )
    table = by_measure(short)
    row = table.loc[("survival_difference_24_months", "naive")]
    assert pd.isna(row["estimate"])
    assert row["note"] == ("not computed: treated and control not followed to day 730")
    assert pd.isna(table.loc[("survival_difference_12_months", "naive"), "note"])


def test_a_group_without_events_is_said_to_add_no_variance(lung):
    alive = lung.assign(is_event=lung["is_event"] & (lung["group_name"] == "control"))
    row = by_measure(alive).loc[("rmst_difference", "naive")]
    assert row["note"] == "no event in treated: its variance counts as 0"
    nobody = by_measure(lung.assign(is_event=False))
    row = nobody.loc[("rmst_difference", "naive")]
    assert row["note"].startswith("not computed: the variance is not positive")


def test_medians_have_no_standard_error_here(lung):
    row = by_measure(lung).loc[("median_difference", "none")]
    assert row["estimate"] == 426 - 270  # R's medians of lung by sex
    assert "survival_summary" in row["note"]


def test_the_order_of_rows_does_not_matter(lung):
    heavy = lung.assign(weight=np.linspace(0.5, 1.5, len(lung)))
    shuffled = heavy.sample(frac=1, random_state=4)
    pd.testing.assert_frame_equal(
        survival_differences(heavy), survival_differences(shuffled), check_exact=True
    )


def test_nobody_matched_gives_an_empty_table_of_the_same_types(lung):
    empty = survival_differences(lung.iloc[:0])
    assert len(empty) == 0
    assert empty.dtypes.equals(survival_differences(lung).dtypes)
