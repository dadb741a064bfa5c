"""Every type of expectation finds its planted defect, with count and example row."""

import re

import pandas as pd
import pytest
from planted_visits import DEFECTS

from counterarm.gates import GateFailed


@pytest.mark.parametrize(("expectation", "count", "example"), DEFECTS)
def test_each_type_finds_its_planted_defect(run, expectation, count, example):
    with pytest.raises(GateFailed) as stop:
        run(expectation)
    row = stop.value.results.iloc[0]
    assert not row["success"]
    assert "not be evaluated" not in row["message"]
    assert (None if pd.isna(row["unexpected_count"]) else row["unexpected_count"]) == (
        count
    )
    shown = re.search(r"Example row: (.*?)\. Why", row["message"])
    assert (shown and shown[1]) == example
