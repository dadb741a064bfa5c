"""R's answers on function and response, and the data they were computed on."""

import json
from pathlib import Path

import pandas as pd
import pytest

GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.fixture(scope="session")
def function_answers() -> dict:
    return json.loads((GOLDEN / "function.json").read_text())


@pytest.fixture(scope="session")
def golden_data():
    def read(name: str) -> pd.DataFrame:
        return pd.read_csv(GOLDEN / "data" / f"{name}.csv")

    return read
