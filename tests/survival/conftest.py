"""The golden answers of R and the data sets they were computed on."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

GOLDEN = Path(__file__).parents[1] / "golden"

# data set: file, time, event, columns whose missing rows R's answer leaves out
FILES = {
    "lung": ("lung", "time", "event", ["ph.ecog"]),
    "veteran": ("veteran", "time", "status", []),
    "pbc_trial_vs_external": ("pbc", "time", "death", ["albumin", "protime"]),
}


@dataclass(frozen=True)
class Sample:
    answers: dict
    time: np.ndarray
    event: np.ndarray
    group: np.ndarray
    covariates: np.ndarray
    names: list[str]

    @property
    def pairs(self) -> np.ndarray:
        return np.arange(len(self.time)) // 2

    def arms(self):
        for value in np.unique(self.group):
            mine = self.group == value
            yield value, self.time[mine], self.event[mine]


@pytest.fixture(scope="session")
def answers() -> dict:
    return json.loads((GOLDEN / "survival.json").read_text())


@pytest.fixture(scope="session")
def samples(answers) -> dict[str, Sample]:
    return {name: read_sample(name, answers[name]) for name in FILES}


@pytest.fixture(params=list(FILES))
def sample(request, samples) -> Sample:
    return samples[request.param]


@pytest.fixture(scope="session")
def lung(samples) -> Sample:
    return samples["lung"]


@pytest.fixture(scope="session")
def whole_lung() -> pd.DataFrame:
    """All 228 rows, those without an ECOG score included."""
    return read("lung")


@pytest.fixture(scope="session")
def heart() -> pd.DataFrame:
    return read("heart")


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(GOLDEN / "data" / f"{name}.csv")


def read_sample(name: str, answers: dict) -> Sample:
    file, time, event, needed = FILES[name]
    data = read(file).dropna(subset=needed)
    names = [answers["group"], *answers["covariates"]]
    return Sample(
        answers=answers,
        time=data[time].to_numpy(float),
        event=data[event].to_numpy(),
        group=data[answers["group"]].to_numpy(),
        covariates=data[names].to_numpy(float),
        names=names,
    )
