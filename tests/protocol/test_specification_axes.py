"""A grid of specifications names levels that exist, and each axis is whole."""

from pathlib import Path

import pandas as pd
import pytest

from counterarm.protocol import ProtocolError, check_protocol
from counterarm.protocol.specifications import axes_of_copy

SEEDS = Path(__file__).parents[2] / "seeds" / "protocol"


@pytest.fixture
def protocol() -> dict[str, pd.DataFrame]:
    seeds = {path.stem: pd.read_csv(path, dtype=object) for path in SEEDS.glob("*.csv")}
    return {name: rows.where(rows.notna(), None) for name, rows in seeds.items()}


def problems(protocol: dict[str, pd.DataFrame]) -> list[str]:
    seeds = {name: rows for name, rows in protocol.items() if name != "variables"}
    with pytest.raises(ProtocolError) as error:
        check_protocol(seeds, protocol["variables"])
    return [str(problem) for problem in error.value.problems]


def line_of(axes: pd.DataFrame, analysis: str, axis: str, position: int) -> int:
    found = (
        (axes["analysis_id"] == analysis)
        & (axes["axis"] == axis)
        & (axes["position"] == str(position))
    )
    return int(found.to_numpy().argmax()) + 2


@pytest.mark.parametrize(
    ("axis", "position", "column", "value", "message"),
    [
        (
            "pool",
            2,
            "axis",
            "pol",
            "axis 'pol' is none of clock, follow_up_rule, index_rule, matching, pool, "
            "score, variance; did you mean 'pool'?",
        ),
        (
            "pool",
            2,
            "level",
            "recordings",
            "level 'recordings' is no pool of nam_2023; did you mean 'recording'?",
        ),
        (
            "follow_up_rule",
            2,
            "level",
            "month_4",
            "level 'month_4' is no follow_up_rule of nam_2023; add the analysis "
            "nam_2023_month_4 to analyses.csv, and its rule to follow_up.csv",
        ),
        (
            "matching",
            2,
            "level",
            "barczewska_2020_nearest",
            "level 'barczewska_2020_nearest' is no matching of nam_2023",
        ),
        (
            "index_rule",
            1,
            "level",
            "assessment",
            "level 'assessment' is no index_rule of nam_2023; write one of trial_entry",
        ),
        (
            "variance",
            2,
            "level",
            "bootstrap",
            "level 'bootstrap' is no variance of nam_2023",
        ),
        (
            "score",
            1,
            "level",
            "nam_2023_caliper",
            "level 'nam_2023_caliper' is the first of score, and nam_2023 itself has "
            "nam_2023; give the level of the analysis the position 1",
        ),
        (
            "variance",
            2,
            "is_valid",
            "perhaps",
            "is_valid 'perhaps' is neither true nor false",
        ),
        ("variance", 2, "is_valid", None, "is_valid must not be empty"),
        ("variance", 2, "why", None, "why must not be empty"),
        ("variance", 2, "level", None, "level must not be empty"),
        ("variance", 2, "position", "0", "position '0' is not a whole number from 1"),
        ("variance", 3, "position", "5", "position '5'"),
    ],
)
def test_an_invalid_row_is_named(protocol, axis, position, column, value, message):
    axes = protocol["specification_axes"]
    line = line_of(axes, "nam_2023", axis, position)
    axes.loc[line - 2, column] = value
    place = f"seeds/protocol/specification_axes.csv line {line}: "
    assert any(found.startswith(place + message) for found in problems(protocol))


def test_an_axis_without_a_row_is_named(protocol):
    axes = protocol["specification_axes"]
    gone = (axes["analysis_id"] == "nam_2023") & (axes["axis"] == "clock")
    protocol["specification_axes"] = axes[~gone].reset_index(drop=True)
    (found,) = problems(protocol)
    assert "clock is missing from the grid of nam_2023" in found


def test_a_rule_whose_analysis_is_gone_is_named(protocol):
    rules = protocol["follow_up"]
    of_rule = rules["analysis_id"] == "nam_2023_window_91"
    protocol["follow_up"] = rules[~of_rule].reset_index(drop=True)
    assert any(
        "level 'window_91' is no follow_up_rule of nam_2023" in found
        for found in problems(protocol)
    )


def test_a_copy_keeps_the_levels_that_it_has_too():
    rows = [
        {"analysis_id": "a", "axis": axis, "level": level, "position": position}
        for axis, level, position in (
            ("follow_up_rule", "as_recorded", "1"),
            ("follow_up_rule", "window_70", "2"),
            ("follow_up_rule", "window_91", "3"),
            ("pool", "all", "1"),
            ("pool", "recording", "2"),
            ("score", "a", "1"),
            ("score", "a_other", "2"),
            ("matching", "a", "1"),
        )
    ]
    copied = axes_of_copy(rows, "b", {"b_window_91"})
    assert [(row["axis"], row["level"], row["position"]) for row in copied] == [
        ("follow_up_rule", "as_recorded", "1"),
        ("follow_up_rule", "window_91", "2"),
        ("pool", "all", "1"),
        ("pool", "recording", "2"),
        ("score", "b", "1"),
        ("matching", "b", "1"),
    ]
