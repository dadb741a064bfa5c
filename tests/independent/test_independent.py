"""An independent implementation agrees with the models on random people and rules.

`benchmarks/independent_reference.py` does the same at length.
"""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from agreement import agreement, write_project


@pytest.mark.build
def test_random_people_under_random_protocols_agree(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_project(tmp_path)
    found = agreement(seed=20260101, n_people=150, n_analyses=8)
    assert found.differences == []
    # candidates that are none of the reference's would not be counted alike
    assert found.n_subjects > 500
    assert found.n_values > 20 * found.n_subjects
