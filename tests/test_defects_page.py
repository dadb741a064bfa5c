"""The table of planted defects: counted, read back, and added to by a partial run."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from defects_page import GROUPS, MARKS, Table, write_into

ROOT = Path(__file__).parents[1]
FILES = [name for name, group in GROUPS.items() if group == "file"]
VALUES = [name for name, group in GROUPS.items() if group == "value"]


def outcomes(names: list[str], state: str) -> dict[str, tuple[str, str]]:
    return dict.fromkeys(names, (state, ""))


@pytest.fixture
def page(tmp_path) -> Path:
    """A page with all defects but three of the values, of which one was stopped."""
    found = outcomes(list(GROUPS), "WARNED")
    found[VALUES[0]] = ("STOPPED", "")
    for name in VALUES[1:4]:
        del found[name]
    path = tmp_path / "page.md"
    text = Table.of(found, "delivery").page_text()
    path.write_text(f"# Head\n\n{MARKS[0]}\n\n{text}\n\n{MARKS[1]}\n\nEnd.\n")
    return path


def line_of(page: Path, group: str) -> list[str]:
    (line,) = [
        line
        for line in page.read_text().splitlines()
        if line.startswith(f"| {group} |")
    ]
    return [cell.strip() for cell in line.strip("|").split("|")][1:]


def test_a_partial_run_is_added_to_the_table_of_a_page(page):
    write_into(page, outcomes(VALUES[1:3], "SILENT"), "delivery")
    n = len(VALUES)
    # planted, stopped, warned, silent: a state without a defect has no column
    assert line_of(page, "value") == [str(n - 1), "1", str(n - 4), "2"]
    assert line_of(page, "file") == [str(len(FILES)), "0", str(len(FILES)), "0"]
    every = len(GROUPS)
    assert line_of(page, "all") == [str(every - 1), "1", str(every - 4), "2"]
    text = page.read_text()
    assert f"Not yet planted: `{VALUES[3]}`." in text
    assert text.startswith("# Head\n")
    assert text.endswith("\n\nEnd.\n")


def test_the_last_partial_run_leaves_no_name(page):
    write_into(page, outcomes(VALUES[1:4], "WARNED"), "delivery")
    assert "Not yet planted" not in page.read_text()
    assert f"{len(GROUPS)} of {len(GROUPS)} planted" in page.read_text()


def test_a_run_of_all_replaces_the_table(page):
    write_into(page, outcomes(list(GROUPS), "REFUSED"), "standard")
    assert line_of(page, "value") == [str(len(VALUES)), str(len(VALUES))]
    assert "gate `standard`" in page.read_text()


@pytest.mark.parametrize(
    ("names", "gate", "words"),
    [
        (VALUES[:2], "delivery", f"already in the page's table: {VALUES[0]}"),
        (VALUES[1:2], "standard", "the page's gate is delivery"),
    ],
)
def test_what_cannot_be_added_is_refused_and_the_page_kept(page, names, gate, words):
    before = page.read_bytes()
    with pytest.raises(ValueError, match=words):
        write_into(page, outcomes(names, "WARNED"), gate)
    assert page.read_bytes() == before


def test_a_table_that_does_not_add_up_is_refused(page):
    page.write_text(
        page.read_text()
        .replace("| file | 62", "| file | 61")
        .replace(f"| {len(FILES)} |\n", f"| {len(FILES) - 1} |\n")
    )
    with pytest.raises(ValueError, match="plant all defects again"):
        write_into(page, outcomes(VALUES[1:2], "WARNED"), "delivery")


def test_the_page_of_the_documentation_adds_up():
    text = (ROOT / "docs" / "defects.md").read_text(encoding="utf-8")
    table = Table.read(text.split(MARKS[0])[1].split(MARKS[1])[0])
    assert sum(table.planted().values()) + len(table.left_out) == len(GROUPS)
    # neither silent nor a crash: docs/limits.md lists what only a comparison shows
    assert {state for _, state in table.counts} <= {
        *("REFUSED", "STOPPED", "WARNED", "COUNTED", "COMPARED", "HARMLESS")
    }
