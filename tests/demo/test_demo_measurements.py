"""Measurements at the demo's sites: a table more, and the others as they were."""

import numpy as np
import pandas as pd
import pytest

from counterarm.demo.sites import site_tables

EFFECT = {"hazard_ratio": 0.7, "slope_ratio": 1.0}


@pytest.fixture(scope="module")
def tables():
    return site_tables("hanyang", 1, with_measurements=True, **EFFECT)


@pytest.fixture(scope="module")
def rows(tables):
    columns = {
        name: array.to_pylist() for name, array in tables["measurements"].items()
    }
    return pd.DataFrame(columns)


def test_the_other_tables_are_what_they_are_without(tables):
    usual = site_tables("hanyang", 1, **EFFECT)
    assert set(tables) - set(usual) == {"measurements"}
    assert {name: tables[name] for name in usual} == usual


def test_every_patient_is_measured_and_has_one_height(rows, tables):
    patients = set(tables["subjects"]["subject_id"].to_pylist())
    assert set(rows["subject_id"]) <= patients
    assert len(set(rows["subject_id"])) > 0.9 * len(patients)
    heights = rows[rows["test"] == "HEIGHT"]
    assert heights["subject_id"].is_unique
    assert set(heights["unit"]) == {"cm"}


def test_vital_capacity_and_weight_are_plausible_and_fall(rows):
    values = rows.assign(result=rows["result"].astype(float))
    litres = values[values["test"] == "FVC"]
    assert litres["result"].between(0.1, 8).all()
    assert np.median(litres["result"]) == pytest.approx(3.3, abs=0.8)
    for test in ("FVC", "WEIGHT"):
        own = values[values["test"] == test].sort_values("measurement_date")
        ends = own.groupby("subject_id")["result"].agg(["first", "last", "size"])
        several = ends[ends["size"] > 3]
        assert (several["last"] < several["first"]).mean() > 0.7
