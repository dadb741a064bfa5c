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
        f"eligibility.csv line {len(steps) + 2}: criterion 'another' is in step "
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
    printed = problems(protocol)
    assert (
        f"matching.csv line {line}: ratio '2' must be empty with the method ipw"
        in printed
    )
    assert (
        f"line {line}: tie_policy 'first' must be empty with the method ipw" in printed
    )


@pytest.mark.parametrize(
    ("analysis", "values", "printed"),
    [
        (
            "barczewska_2020_all_controls",
            {"method": "ipw"},
            ["method 'ipw' needs score terms", "ignores the exact terms"],
        ),
        (
            "nam_2023_full",
            {"method": "exact", "score_scale": None},
            ["method 'exact' needs exact terms", "ignores the score terms"],
        ),
        (
            "barczewska_2020",
            {"discard": "both"},
            ["discard 'both' needs score terms"],
        ),
    ],
)
def test_a_method_has_the_terms_it_needs_its_own_or_inherited(
    protocol, analysis, values, printed
):
    line = change(protocol["matching"], analysis, **values)
    found = problems(protocol)
    for text in printed:
        assert text in found
    assert f"matching.csv line {line}: " in found


def give(protocol: dict[str, pd.DataFrame], **values: object) -> tuple[int, int]:
    """Add the analysis `new`; return the lines of its method and its first term.

    `based_on`, `method` (a row of matching.csv) and `terms` (variable, role) may be
    left out.
    """
    based_on, method = values.get("based_on"), values.get("method")
    if based_on is None:
        for seed in ("arms", "windows", "eligibility", "endpoints", "groups"):
            rows = protocol[seed]
            own = rows[rows["analysis_id"] == "nam_2023"].assign(analysis_id="new")
            protocol[seed] = pd.concat([rows, own], ignore_index=True)
    protocol["analyses"] = append(
        protocol["analyses"],
        analysis_id="new",
        based_on=based_on,
        label="A new one",
        why="To see",
    )
    lines = len(protocol["matching"]) + 2, len(protocol["matching_terms"]) + 2
    if method:
        protocol["matching"] = append(
            protocol["matching"], analysis_id="new", **dict(method)
        )
    for variable, role in values.get("terms", ()):
        protocol["matching_terms"] = append(
            protocol["matching_terms"],
            analysis_id="new",
            variable=variable,
            role=role,
            **({"scale": "1"} if role == "distance" else {}),
            **({"caliper": "1", "caliper_unit": "sd"} if role == "caliper" else {}),
        )
    return lines


PAIRS = {"ratio": "1", "replacement": "false", "tie_policy": "first"}
NEAREST = {"method": "nearest", "match_order": "largest"} | PAIRS
OPTIMAL = {"method": "optimal"} | PAIRS


@pytest.mark.parametrize("terms", [(), [("age", "balance")], [("sex", "exact")]])
@pytest.mark.parametrize(
    ("method", "printed"),
    [
        (NEAREST, "method 'nearest' needs score or distance terms: give"),
        (OPTIMAL, "method 'optimal' needs distance terms: give"),
        ({"method": "full", "score_scale": "linear"}, "method 'full' needs score"),
        ({"method": "ipw"}, "method 'ipw' needs score terms: give"),
        ({"method": "overlap"}, "method 'overlap' needs score terms: give"),
    ],
)
def test_a_method_without_its_terms_is_refused(protocol, method, printed, terms):
    line, _ = give(protocol, method=method, terms=terms)
    found = problems(protocol)
    assert f"matching.csv line {line}: {printed}" in found
    assert "rows in matching_terms.csv" in found


@pytest.mark.parametrize(
    ("values", "printed"),
    [
        (
            {"based_on": "nam_2023", "terms": [("age", "balance")]},
            "takes the method 'nearest' of nam_2023, which needs score or distance",
        ),
        (
            {"based_on": "barczewska_2020", "terms": [("sex", "exact")]},
            "takes the method 'optimal' of barczewska_2020, which needs distance terms",
        ),
    ],
)
def test_terms_of_its_own_must_do_for_the_method_that_is_inherited(
    protocol, values, printed
):
    _, line = give(protocol, **values)
    assert f"matching_terms.csv line {line}: analysis_id 'new' {printed}" in (
        problems(protocol)
    )


def test_the_base_of_an_analysis_can_lend_it_the_score(protocol):
    give(protocol, based_on="nam_2023", method=NEAREST)
    seeds = {name: rows for name, rows in protocol.items() if name != "variables"}
    check_protocol(seeds, protocol["variables"])


def test_pairs_by_score_have_an_order(protocol):
    line, _ = give(
        protocol, method={"method": "nearest"} | PAIRS, terms=[("age", "score")]
    )
    assert (
        f"matching.csv line {line}: match_order must not be empty where pairs are "
        "made by score"
    ) in problems(protocol)


def test_the_score_is_no_distance(protocol):
    _, line = give(
        protocol, method=OPTIMAL, terms=[("score", "distance"), ("age", "score")]
    )
    assert (
        f"matching_terms.csv line {line}: variable 'score' can only stand with the "
        "role caliper"
    ) in problems(protocol)


@pytest.mark.parametrize(
    ("bins", "printed"),
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
def test_bins_lie_side_by_side_from_end_to_end(protocol, bins, printed):
    first = protocol["pair_bounds"].iloc[0].to_dict()
    protocol["pair_bounds"] = pd.DataFrame(
        [
            first | {"kind": "bin", "low": low, "high": high, "position": str(place)}
            for place, (low, high) in enumerate(bins, start=1)
        ]
    )
    assert f"pair_bounds.csv {printed}" in problems(protocol)


def test_a_row_stands_once(protocol):
    rows = protocol["endpoints"]
    protocol["endpoints"] = append(rows, **rows.iloc[1].to_dict())
    assert (
        f"endpoints.csv line {len(rows) + 2}: analysis_id "
        f"{rows.iloc[1]['analysis_id']!r} repeats line 3; delete one of the two"
    ) in problems(protocol)


def group(name: str, position: str, **values: object) -> dict:
    return {
        "analysis_id": "nam_2023",
        "comparison_set": "ages",
        "position": position,
        "group_name": name,
        "arm": "treated",
        "variable": "age",
        "operator": "<",
        "value": "50",
    } | values


@pytest.mark.parametrize(
    ("second", "printed"),
    [
        (
            group("young", "2", operator=">", value="20"),
            "position '2' of 'young' is 1 in line {first}: all rows of one name are of "
            "one place and arm",
        ),
        (
            group("young", "1", operator=">", value="20", arm="control"),
            "arm 'control' of 'young' is treated in line {first}: all rows of one name "
            "are of one place and arm",
        ),
        (group("old", "1"), "position '1' is that of 'young' in this set"),
        (
            group("young", "1", comparison_set="other_ages", value="51"),
            "group_name 'young' is defined otherwise in the set 'ages'; give it "
            "another name",
        ),
    ],
)
def test_rows_of_groups_do_not_contradict_each_other(protocol, second, printed):
    first = len(protocol["groups"]) + 2
    rows = append(protocol["groups"], **group("young", "1"))
    protocol["groups"] = append(rows, **second)
    message = problems(protocol)
    assert f"groups.csv line {first + 1}: {printed.format(first=first)}" in message
    assert "has 1 problem(s)" in message


def test_a_group_of_two_conditions_and_of_two_sets_makes_sense(protocol):
    rows = protocol["groups"]
    for values in (
        group("young", "1"),
        group("young", "1", operator=">=", value="20"),
        group("old", "2", operator=">=", value="median"),
        group("young", "3", comparison_set="other_ages", operator=">=", value="20"),
        group("young", "3", comparison_set="other_ages"),
    ):
        rows = append(rows, **values)
    seeds = protocol | {"groups": rows}
    variables = seeds.pop("variables")
    assert len(check_protocol(seeds, variables)) == len(seeds)


def subgroup(name: str, subgroup_set: str, position: str) -> dict:
    return {
        "analysis_id": "nam_2023",
        "subgroup_set": subgroup_set,
        "position": position,
        "subgroup": name,
        "variable": "age",
        "operator": "<",
        "value": "50",
    }


def test_a_subgroup_is_of_one_set_and_its_groups_have_no_taken_names(protocol):
    rows = protocol["subgroups"]
    line = len(rows) + 2
    for values in (
        subgroup("young", "ages", "1"),
        subgroup("young", "other_ages", "1"),
        subgroup("old", "ages", "1"),
    ):
        rows = append(rows, **values)
    protocol["subgroups"] = rows
    protocol["groups"] = append(protocol["groups"], **group("old treated", "1"))
    message = problems(protocol)
    for printed in (
        f"line {line + 1}: subgroup 'young' is in the set 'ages' too",
        f"line {line + 2}: position '1' is that of 'young' in this set",
        f"line {line + 2}: subgroup 'old' makes a group 'old treated', which "
        "groups.csv has",
    ):
        assert f"subgroups.csv {printed}" in message
    assert (
        "has 4 problem(s)" in message
    )  # a group with a blank is not a valid name either


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
