"""Ways of borrowing as rows: the weight of each, and what is said where none is."""

import math

import pandas as pd
import pytest

from counterarm.tables.trust.borrowing import borrowing_table

WAYS = [
    ("none", "internal_only", None, None),
    ("all", "pooled", None, None),
    ("half", "power_prior", 0.5, None),
    ("tested", "test_then_pool", None, 0.05),
    ("calibrated", "calibrated_power_prior", None, None),
]
FOLLOW_UP = pd.DataFrame({"analysis_id": ["h"], "follow_up_rule": ["window_91"]})


def ways(*rows):
    columns = ["borrowing_id", "method", "weight", "alpha"]
    return pd.DataFrame(rows or WAYS, columns=columns).assign(
        analysis_id="h", endpoint="OS", why="test"
    )


def members(external_days):
    """Return 8 treated, 6 internal and some external controls, no two days alike."""
    groups = {
        "treated": [(210 + 31 * i, i % 2 == 0) for i in range(8)],
        "internal": [(105 + 37 * i, i < 5) for i in range(6)],
        "external": [(day, True) for day in external_days],
    }
    rows = [
        (f"{group}-{i}", group, days, is_event)
        for group, of_group in groups.items()
        for i, (days, is_event) in enumerate(of_group)
    ]
    frame = pd.DataFrame(rows, columns=["usubjid", "source_group", "days", "is_event"])
    studies = {"treated": "TRIAL", "internal": "TRIAL", "external": "PROACT"}
    return frame.assign(
        analysis_id="h",
        endpoint="OS",
        studyid=frame["source_group"].map(studies),
        weight=1.0,
    )


def table(own, *rows):
    found = borrowing_table(own, ways(*rows), FOLLOW_UP)
    return found.set_index(["borrowing_id", "model"])


ALIKE = [112 + 29 * i for i in range(10)]
DIFFERENT = [4 + 13 * i for i in range(10)]


@pytest.mark.parametrize(
    ("external", "tested"), [(ALIKE, 1), (DIFFERENT, 0)], ids=["alike", "different"]
)
def test_each_method_has_its_weight(external, tested):
    found = table(members(external))
    weights = found.xs("cox", level="model")["a0"]
    assert weights["none"] == 0
    assert weights["all"] == 1
    assert weights["half"] == 0.5
    assert weights["tested"] == tested
    assert found["follow_up_rule"].unique().tolist() == ["window_91"]
    assert found["sources"].unique().tolist() == ["PROACT (10)"]


def test_the_calibrated_weight_is_the_rule_on_log_rates():
    """5 events in 1,185 days against 10 in 625: worked out by hand."""
    found = table(members(DIFFERENT)).loc[("calibrated", "cox")]
    gap = math.log(5 / (6 * 105 + 37 * 15)) - math.log(10 / (10 * 4 + 13 * 45))
    assert found["a0"] == pytest.approx(0.1 / (gap**2 - 0.2), rel=1e-12)
    assert found["events_borrowed"] == pytest.approx(10 * found["a0"], rel=1e-12)


def test_the_exponential_model_is_a_ratio_of_rates():
    found = table(members(ALIKE)).loc[("half", "exponential")]
    treated = 4 / sum(210 + 31 * i for i in range(8))
    controls = (5 + 0.5 * 10) / (1185 + 0.5 * sum(ALIKE))
    assert found["hazard_ratio"] == pytest.approx(treated / controls, rel=1e-12)
    assert found[["events_treated", "events_internal", "events_external"]].tolist() == [
        4,
        5,
        10,
    ]


def test_without_a_test_there_is_no_decision():
    own = members(ALIKE)
    own.loc[own["source_group"] != "treated", "is_event"] = False
    found = table(own)
    assert (
        found.loc["tested", "note"].tolist()
        == ["none: external and internal controls cannot be compared"] * 2
    )
    assert (
        found.loc["calibrated", "note"].tolist()
        == ["none: internal controls: no event, so no log hazard rate"] * 2
    )
    note = found.loc[("all", "exponential"), "note"]
    assert note == "none: control: no event, so no hazard ratio"
    assert pd.isna(found.loc[("all", "exponential"), "hazard_ratio"])


def test_nobody_external_is_said_and_counted():
    own = members([])
    found = table(own, ("all", "pooled", None, None))
    assert found["note"].tolist() == ["none: group: nobody is external"] * 2
    assert found["n_internal"].tolist() == [6, 6]
    assert found["n_external"].tolist() == [0, 0]


def test_weights_of_the_matching_are_said_to_be_frequencies():
    own = members(ALIKE)
    own.loc[own["source_group"] == "external", "weight"] = 0.5
    found = table(own, ("all", "pooled", None, None))
    assert (
        found["note"].tolist() == ["weights of the matching count as frequencies"] * 2
    )
    assert found["events_external"].tolist() == [5, 5]


def test_the_order_of_the_rows_changes_nothing():
    own = members(ALIKE)
    pd.testing.assert_frame_equal(table(own), table(own.iloc[::-1]))


def test_an_analysis_of_nobody_has_no_row():
    assert table(members(ALIKE).iloc[:0]).empty
