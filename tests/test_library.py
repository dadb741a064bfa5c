"""The page and the notebook of the library show what a run gives, and R's numbers."""

import importlib
import re
import runpy
from collections import defaultdict
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest

from counterarm.matching import balance_table, fit_propensity_score, match_nearest
from counterarm.survival import fit_cox, kaplan_meier_curves, log_rank, median, zph

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
RUN = runpy.run_path(str(DOCS / "run_python.py"))
API = ("matching", "survival", "longitudinal", "trust", "intake", "warehouse")


def test_the_page_shows_what_its_code_prints():
    text = (DOCS / "library.md").read_text()
    assert text.count("```python") == text.count("```text") >= 4
    assert RUN["page"](text) == text


def outputs(cell: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return cell.get("outputs", [])


def test_the_notebook_shows_what_its_cells_give():
    text = (DOCS / "match_your_own_data.ipynb").read_text()
    kept = nbformat.reads(text, as_version=4)
    fresh = nbformat.reads(RUN["notebook"](text), as_version=4)
    shown = [
        [out["data"]["text/plain"] for cell in book.cells for out in outputs(cell)]
        for book in (kept, fresh)
    ]
    assert shown[0] == shown[1]
    drawn = [out for cell in fresh.cells for out in outputs(cell) if "<svg" in str(out)]
    assert len(drawn) == 3


def test_the_example_takes_twenty_lines():
    page = (DOCS / "library.md").read_text()
    code = "".join(re.findall(r"```python\n(.*?)```", page, re.DOTALL))
    assert len([line for line in code.splitlines() if line.strip()]) <= 20


@pytest.fixture(scope="module")
def answers() -> dict[str, np.ndarray]:
    """R's numbers: tests/golden/library.R."""
    rows = pd.read_csv(ROOT / "tests" / "golden" / "library.csv")
    values = defaultdict(list)
    for row in rows.itertuples():
        values[row.name].append(row.value)
    return {name: np.array(own) for name, own in values.items()}


def test_the_example_has_the_numbers_of_r(answers):
    pbc = pd.read_csv(ROOT / "tests" / "golden" / "data" / "pbc.csv")
    pbc = pbc.dropna(subset=["albumin", "protime"])
    pbc["outside"] = 1 - pbc["in_trial"]
    covariates = ["age", "sex", "edema", "bili", "albumin", "protime"]
    score = fit_propensity_score(covariates, "outside", data=pbc)
    close = {"rtol": 1e-6, "atol": 1e-8}
    np.testing.assert_allclose(score.coefficients, answers["score_coef"], **close)

    pairs = match_nearest(score.linear_predictor, "outside", data=pbc, caliper=0.2)
    frame = pairs.to_frame(pbc.set_index("id"))
    assert frame["treated"].tolist() == answers["treated"].tolist()
    assert frame["control"].tolist() == answers["control"].tolist()

    balance = balance_table(covariates, "outside", pairs.weights, data=pbc)
    smds = [[row.smd for row in own] for own in (balance.unmatched, balance.matched)]
    np.testing.assert_allclose(smds[0], answers["smd_before"], **close)
    np.testing.assert_allclose(smds[1], answers["smd_after"], **close)

    matched = pairs.matched_rows(pbc)
    curves = kaplan_meier_curves("time", "death", "outside", data=matched)
    medians = [median(curve).estimate for curve in curves.values()]
    assert medians == answers["median"].tolist()
    test = log_rank("time", "death", "outside", data=matched)
    assert test.statistic == pytest.approx(answers["log_rank"][0], rel=1e-6)
    fit = fit_cox("time", "death", "outside", data=matched, cluster="set_id")
    ours = [fit.coef, fit.hazard_ratio, fit.naive_se, fit.robust_se, fit.z, fit.p_value]
    np.testing.assert_allclose(np.concatenate(ours), answers["cox"], **close)
    interval = [fit.ci_low[0], fit.ci_high[0]]
    np.testing.assert_allclose(interval, answers["cox_interval"], **close)
    tests = zph("time", "death", ["outside", "age"], data=matched)
    np.testing.assert_allclose(
        [row.statistic for row in tests], answers["zph"], **close
    )


@pytest.mark.parametrize("name", API)
def test_every_public_name_is_on_its_page(name):
    module = importlib.import_module(f"counterarm.{name}")
    page = (DOCS / "api" / f"{name}.md").read_text()
    shown = set(re.findall(r"auto(?:function|class):: (\w+)", page))
    public = {one for one in module.__all__ if callable(getattr(module, one))}
    assert shown == public
    for one in public:
        assert getattr(module, one).__doc__, one
