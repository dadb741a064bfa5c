"""The protocol as delivered, rows of it changed, and what the check finds."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from counterarm.protocol import ProtocolError, check_protocol

SEEDS = Path(__file__).parents[2] / "seeds" / "protocol"


def delivered() -> dict[str, pd.DataFrame]:
    """Return the protocol as it is delivered, in the types that dbt gives it."""
    seeds = {path.stem: pd.read_csv(path) for path in SEEDS.glob("*.csv")}
    for rows in seeds.values():
        for column in {"value", "based_on"} & set(rows):
            rows[column] = rows[column].astype(object)
    return seeds


def check(protocol: dict[str, pd.DataFrame]) -> pd.DataFrame:
    seeds = {name: rows for name, rows in protocol.items() if name != "variables"}
    return check_protocol(seeds, protocol["variables"])


def problems(protocol: dict[str, pd.DataFrame]) -> list[str]:
    with pytest.raises(ProtocolError) as error:
        check(protocol)
    head, *lines = str(error.value).splitlines()
    assert head == f"the protocol has {len(lines)} problem(s):"
    assert lines == [f"- {problem}" for problem in error.value.problems]
    without = [replace(problem, remedy="") for problem in error.value.problems]
    return [str(problem).removeprefix("seeds/protocol/") for problem in without]


def change(protocol: dict[str, pd.DataFrame], seed: str, /, **values: object) -> None:
    """Change the first row of a seed."""
    for column, value in values.items():
        protocol[seed][column] = protocol[seed][column].astype(object)
        protocol[seed].loc[0, column] = value


def append(protocol: dict[str, pd.DataFrame], seed: str, /, **values: object) -> int:
    """Append a copy of a seed's first row with other values; return its line."""
    rows = protocol[seed].to_dict("records")
    rows.append(rows[0] | values)
    protocol[seed] = pd.DataFrame(rows, dtype=object)
    return len(rows) + 1
