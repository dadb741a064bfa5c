"""Contrasts of doses that make no sense are named by line, column and value."""

from pathlib import Path

import pandas as pd
import pytest

from counterarm.protocol import ProtocolError, check_protocol

SEEDS = Path(__file__).parents[2] / "seeds" / "protocol"


@pytest.fixture
def protocol() -> dict[str, pd.DataFrame]:
    return {path.stem: pd.read_csv(path, dtype=object) for path in SEEDS.glob("*.csv")}


def problems(protocol: dict[str, pd.DataFrame]) -> list[str]:
    seeds = {name: rows for name, rows in protocol.items() if name != "variables"}
    with pytest.raises(ProtocolError) as error:
        check_protocol(seeds, protocol["variables"])
    lines = str(error.value).splitlines()[1:]
    return [line.removeprefix("- seeds/protocol/") for line in lines]


def append(protocol: dict[str, pd.DataFrame], seed: str, **values: object) -> int:
    """Append a copy of a landmark's row with other values; return its line."""
    rows = protocol[seed]
    is_like = rows["analysis_id"] == "nam_2023"
    if "method" in rows:
        is_like &= rows["method"] == "landmark_day"
    like = rows[is_like].iloc[0].to_dict()
    protocol[seed] = pd.DataFrame([*rows.to_dict("records"), like | values])
    return len(rows) + 2


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"method": "landmark"}, "method 'landmark' is none of delayed_entry, "),
        ({"landmark": None}, "landmark must be given with the method landmark_day"),
        ({"landmark": "0"}, "landmark '0' is not a whole number of at least 1"),
        ({"landmark": "91.5"}, "landmark '91.5' is not a whole number of at least 1"),
        ({"landmark": "soon"}, "landmark 'soon' is not a whole number of at least 1"),
        (
            {"method": "time_dependent"},
            "landmark '91' must be empty with the method time_dependent",
        ),
        ({"left_out": "pair"}, "left_out 'pair' is none of set, subject"),
        ({"horizons": "full|short"}, "horizons 'short' is none of common, full"),
        ({"horizons": "full|full"}, "horizons 'full|full' names the same twice"),
        ({"variances": "robust"}, "variances 'robust' is none of cluster, naive, "),
        ({"variances": None}, "variances must not be empty"),
        ({"models": "unadjusted|full"}, "models 'full' has no row in model_terms.csv"),
        ({"endpoint": "PFS"}, "endpoint 'PFS' has no row in endpoints.csv"),
    ],
)
def test_an_invalid_row_is_named(protocol, values, message):
    line = append(protocol, "dose_contrasts", **({"variant": "new"} | values))
    found = problems(protocol)
    assert any(
        text.startswith(f"dose_contrasts.csv line {line}: {message}") for text in found
    ), found


def test_a_variant_stands_once(protocol):
    line = append(protocol, "dose_contrasts", label="Again")
    assert problems(protocol) == [
        f"dose_contrasts.csv line {line}: variant 'landmark_91' occurs more than once"
    ]


def test_a_contrast_has_two_groups_and_a_naive_variant(protocol):
    line = append(protocol, "dose_contrasts", contrast_id="new")
    assert problems(protocol) == [
        f"dose_contrasts.csv line {line}: contrast_id 'new' has fewer than two groups "
        "in dose_contrast_groups.csv",
        f"dose_contrasts.csv line {line}: method 'landmark_day' needs one row of the "
        "method naive beside it",
    ]


def test_the_number_of_doses_so_far_is_set_beside_the_number_ever(protocol):
    rows = protocol["dose_contrasts"]
    protocol["dose_contrasts"] = rows[rows["method"] != "naive_doses"]
    message = problems(protocol)
    assert message
    assert all(
        "needs one row of the method naive_doses beside it" in x for x in message
    )


def test_groups_of_a_contrast_share_no_number_of_doses(protocol):
    line = append(
        protocol,
        "dose_contrast_groups",
        contrast_id="doses",
        group_name="three",
        arm="treated",
        position="4",
        min_doses="3",
        max_doses="3",
    )
    assert problems(protocol) == [
        f"dose_contrast_groups.csv line {line}: group_name 'three' shares a number of "
        "doses with 'multiple'"
    ]
