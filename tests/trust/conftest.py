"""Golden answers of the trust layer, one file per module."""

import json
from pathlib import Path

import pandas as pd
import pytest

FOLDER = Path(__file__).parents[1] / "golden" / "trust"


@pytest.fixture(scope="session")
def golden():
    """Read a golden file: `.json` as a dict, `.csv` as a table."""

    def read(name: str, **how):
        if name.endswith(".csv"):
            return pd.read_csv(FOLDER / name, **how)
        return json.loads((FOLDER / name).read_text())

    return read
