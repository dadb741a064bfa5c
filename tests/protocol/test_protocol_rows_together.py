"""Rows of the protocol that make sense alone must also fit together."""

from pathlib import Path

import pandas as pd
import pytest

from counterarm.protocol import ProtocolError, check_protocol

SEEDS = Path(__file__).parents[2] / "seeds" / "protocol"


@pytest.fixture
def protocol() -> dict[str, pd.DataFrame]:
    return {path.stem: pd.read_csv(path, dtype=object) for path in SEEDS.glob("*.csv")}


def problems(protocol: dict[str, pd.DataFrame]) -> str:
    seeds = {name: rows for name, rows in protocol.items() if name != "variables"}
    with pytest.raises(ProtocolError) as error:
        check_protocol(seeds, protocol["variables"])
    return str(error.value)


def append(rows: pd.DataFrame, **values: object) -> pd.DataFrame:
    return pd.concat([rows, pd.DataFrame([values])], ignore_index=True)


def test_a_step_has_one_criterion(protocol):
    steps = protocol["eligibility"]
    own = steps[steps["analysis_id"] == "nam_2023"].iloc[0].to_dict()
    protocol["eligibility"] = append(steps, **(own | {"criterion": "another"}))
    assert (
        f"eligibility.csv line {len(steps) + 2}: criterion 'another' stands in step "
        f"{own['step']}, which is {own['criterion']!r}"
    ) in problems(protocol)


def test_dose_groups_share_no_number_of_doses(protocol):
    groups = pd.DataFrame(
        [
            ("nam_2023", "two_or_three", "2", "3"),
            ("nam_2023", "three_and_more", "3", None),
        ],
        columns=["analysis_id", "dose_group", "min_doses", "max_doses"],
    )
    protocol["dose_groups"] = groups
    assert (
        "dose_groups.csv line 3: dose_group 'three_and_more' shares a number of doses "
        "with 'two_or_three'"
    ) in problems(protocol)


def test_an_arm_indexed_at_an_assessment_has_a_window_for_it(protocol):
    windows = protocol["windows"]
    is_index = (windows["window_id"] == "baseline") & (
        windows["anchor"] == "trial_entry"
    )
    protocol["windows"] = windows[~is_index]
    assert (
        "index_rule 'assessment' needs a baseline window of the control arm"
    ) in problems(protocol)


def change(rows: pd.DataFrame, analysis: str, **values: object) -> int:
    """Change the row of an analysis; return its line."""
    (index,) = rows.index[rows["analysis_id"] == analysis]
    for column, value in values.items():
        rows.loc[index, column] = value
    return index + 2


def test_a_method_without_pairs_says_nothing_about_pairs(protocol):
    line = change(protocol["matching"], "nam_2023_ipw", ratio="2", tie_policy="first")
    told = problems(protocol)
    assert (
        f"matching.csv line {line}: ratio '2' says nothing with the method ipw" in told
    )
    assert f"line {line}: tie_policy 'first' says nothing with the method ipw" in told


@pytest.mark.parametrize(
    ("analysis", "values", "told"),
    [
        (
            "barczewska_2020_all_controls",
            {"method": "ipw"},
            ["method 'ipw' needs score terms", "passes over the exact terms"],
        ),
        (
            "nam_2023_full",
            {"method": "exact", "score_scale": None},
            ["method 'exact' needs exact terms", "passes over the score terms"],
        ),
        (
            "barczewska_2020",
            {"discard": "both"},
            ["discard 'both' needs score terms"],
        ),
    ],
)
def test_a_method_has_the_terms_it_needs_its_own_or_inherited(
    protocol, analysis, values, told
):
    line = change(protocol["matching"], analysis, **values)
    found = problems(protocol)
    for text in told:
        assert text in found
    assert f"matching.csv line {line}: " in found


@pytest.mark.parametrize(
    ("bins", "told"),
    [
        pytest.param(
            [(None, "-5"), ("-4", "5"), ("5", None)],
            "line 3: low '-4' is not where the bin before it ends",
            id="a gap",
        ),
        pytest.param(
            [("-5", "5"), ("5", None)],
            "line 2: low '-5' is not where the bin before it ends (the first begins",
            id="no first bin",
        ),
        pytest.param(
            [(None, "-5"), ("-5", "5")],
            "line 3: high '5' must be empty in the last bin",
            id="no last bin",
        ),
        pytest.param(
            [(None, None), (None, None)],
            "line 3: low is not where the bin before it ends",
            id="everything twice",
        ),
    ],
)
def test_bins_lie_side_by_side_from_end_to_end(protocol, bins, told):
    first = protocol["pair_bounds"].iloc[0].to_dict()
    protocol["pair_bounds"] = pd.DataFrame(
        [
            first | {"kind": "bin", "low": low, "high": high, "position": str(place)}
            for place, (low, high) in enumerate(bins, start=1)
        ]
    )
    assert f"pair_bounds.csv {told}" in problems(protocol)
