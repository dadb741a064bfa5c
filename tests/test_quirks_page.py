"""The page of PRO-ACT's quirks lists all of them, and names what there is."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NAME = re.compile(r"`([a-z0-9_]+)`")
UNIT_TEST = re.compile(
    r"^  - name: (\w+__\w+)\n    description:(.*?)\n    model:",
    re.MULTILINE | re.DOTALL,
)
PYTEST = re.compile(r"^def (test_\w+)", re.MULTILINE)


def listed_quirks() -> dict[int, list[str]]:
    """Return the cells of each row of the page, by the number of the quirk."""
    page = (ROOT / "docs/quirks.md").read_text()
    rows = [line.strip("|").split("|") for line in page.splitlines() if line[:1] == "|"]
    return {int(cells[0]): cells for cells in rows if cells[0].strip().isdigit()}


def unit_tests() -> dict[str, str]:
    """Return the description of each unit test of a model."""
    files = sorted(ROOT.glob("models/**/*.yml"))
    return dict(
        found for file in files for found in UNIT_TEST.findall(file.read_text())
    )


@pytest.fixture(scope="module")
def quirks():
    return listed_quirks()


@pytest.fixture(scope="module")
def models():
    files = [*ROOT.glob("models/**/*.sql"), *ROOT.glob("models/**/*.py")]
    return {file.stem for file in files}


@pytest.fixture(scope="module")
def tests():
    names = {file.stem for file in ROOT.glob("tests/dbt/singular/*.sql")} | set(
        unit_tests()
    )
    for file in ROOT.glob("tests/**/*.py"):
        names.update(PYTEST.findall(file.read_text()))
    return names


def test_every_quirk_is_listed_once_and_in_order(quirks):
    page = (ROOT / "docs/quirks.md").read_text()
    assert re.findall(r"^\| (\d+) \|", page, re.MULTILINE) == [
        str(number) for number in range(1, 32)
    ]
    assert len(quirks) == 31


@pytest.mark.parametrize("number", range(1, 32))
def test_a_quirk_names_models_and_tests_that_exist(number, quirks, models, tests):
    _, quirk, rule, named_models, named_tests = quirks[number]
    assert quirk.strip() and rule.strip()
    assert NAME.findall(named_models) and NAME.findall(named_tests)
    assert set(NAME.findall(named_models)) <= models
    assert set(NAME.findall(named_tests)) <= tests


@pytest.mark.parametrize("number", range(1, 32))
def test_a_unit_test_says_which_quirk_it_is_about(number, quirks):
    descriptions = unit_tests()
    for name in set(NAME.findall(quirks[number][4])) & set(descriptions):
        printed = re.findall(r"[Qq]uirks? ([\d,\sand]+)", descriptions[name])
        assert str(number) in re.findall(r"\d+", " ".join(printed)), name
