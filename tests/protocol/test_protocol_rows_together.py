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


def test_a_window_that_follows_the_treated_has_one_to_follow(protocol):
    windows = protocol["windows"]
    follows = (windows["anchor"] == "pair").to_numpy().nonzero()[0]
    assert len(follows)
    followed = windows[
        (windows["analysis_id"] == windows["analysis_id"].iloc[follows[0]])
        & (windows["window_id"] == windows["window_id"].iloc[follows[0]])
        & (windows["arm"] == "treated")
    ]
    protocol["windows"] = windows.drop(followed.index)
    assert (
        "anchor 'pair' needs a window response of the arm treated to follow"
    ) in problems(protocol)
