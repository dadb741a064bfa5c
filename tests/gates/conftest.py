"""A table with planted defects and a way to run a suite on it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import duckdb
import pandas as pd
import pytest
import yaml

from counterarm.gates import run_gate


@pytest.fixture
def connection():
    """100 visits; one each without total, with total 60, and with sex X."""
    with duckdb.connect() as made:
        made.execute(
            """
            create schema staging;
            create table staging.visits as
            select
                'P-' || lpad(i::varchar, 3, '0') as usubjid,
                i::int as rel_day,
                case i when 3 then null when 5 then 60 else i % 48 end::int as total,
                case i when 7 then 'X' when 8 then 'M' else 'F' end as sex,
                'secret ' || i as note
            from range(100) as r (i)
            """
        )
        yield made


@pytest.fixture
def write(tmp_path) -> Callable[..., Path]:
    """Write one suite of the gate `delivery` under `suites` and return its file."""
    return partial(write_suite, tmp_path)


@pytest.fixture
def run(connection, write, tmp_path) -> Callable[..., pd.DataFrame]:
    """Write one suite of the gate `delivery` and run it."""

    def run_suite(*expectations: dict, **suite) -> pd.DataFrame:
        write(*expectations, **suite)
        return run_gate(connection, "delivery", tmp_path / "suites", tmp_path / "gates")

    return run_suite


def write_suite(folder: Path, *expectations: dict, **suite) -> Path:
    """Write a suite, filling in what every expectation must have."""
    words = {"severity": "critical", "because": "It matters", "do": "Ask the site"}
    named = [
        {"expectation": f"Rule {n}", **words, **expectation}
        for n, expectation in enumerate(expectations, 1)
    ]
    content = {"table": "staging.visits", "expectations": named, **suite}
    file = folder / "suites" / "delivery" / "visits.yml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump(content, sort_keys=False))
    return file
