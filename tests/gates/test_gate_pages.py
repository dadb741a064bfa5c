"""What a gate found is a page and a JSON file beside the report."""

import json
from datetime import UTC, datetime

import pytest
from planted_visits import BETWEEN, NOT_NULL

from counterarm.gates import GateFailed, run_gate
from counterarm.gates.folder import gates_folder
from counterarm.gates.page import write_pages


def test_a_page_is_written_before_the_build_stops(run, tmp_path):
    with pytest.raises(GateFailed):
        run(
            {**NOT_NULL, "column": "usubjid", "expectation": "Subjects are named"},
            {**BETWEEN, "because": "a < b & c", "do": "Correct the totals"},
        )
    page = (tmp_path / "gates" / "delivery.html").read_text()
    assert "The gate stopped the build." in page
    assert page.index("Rule 2") < page.index("Subjects are named")
    assert "Correct the totals" in page
    assert "a &lt; b &amp; c" in page
    assert "http" not in page
    assert "<script" not in page
    content = json.loads((tmp_path / "gates" / "delivery.json").read_text())
    assert content["passed"] is False
    assert content["counts"] == {"failed": 1, "warning": 0, "passed": 1}
    assert [row["success"] for row in content["results"]] == [True, False]


def test_pages_of_earlier_runs_are_kept(run, tmp_path):
    with pytest.raises(GateFailed):
        run(BETWEEN)
    run({**NOT_NULL, "column": "usubjid"})
    pages = sorted(tmp_path.glob("gates/*/delivery.html"))
    assert len(pages) == 2
    assert "stopped the build" in pages[0].read_text()
    latest = tmp_path / "gates" / "delivery.html"
    assert latest.read_text() == pages[1].read_text()
    assert not list(tmp_path.glob("gates/.*"))


def test_pages_of_old_runs_are_removed_and_nothing_else(tmp_path):
    for other in ("notes", "20250101T000000.000000Z"):
        (tmp_path / other).mkdir()
        (tmp_path / other / "mine.txt").touch()
    for second in range(5):
        for gate in ("delivery", "standard"):
            now = datetime(2025, 1, 2, 3, 4, second, len(gate), tzinfo=UTC)
            write_pages(gate, [], [], tmp_path, kept=2, now=now)
    for gate in ("delivery", "standard"):
        runs = sorted(path.parent.name for path in tmp_path.glob(f"*/{gate}.json"))
        assert [run[:15] for run in runs] == ["20250102T030403", "20250102T030404"]
    assert len(list(tmp_path.glob("*/mine.txt"))) == 2


@pytest.mark.parametrize("kept", ["0", "-1", "all", ""])
def test_a_number_of_runs_that_is_none_is_refused(connection, tmp_path, kept):
    with pytest.raises(ValueError, match=f"COUNTERARM_GATES_KEPT={kept}: "):
        run_gate(connection, "delivery", tmp_path, tmp_path / "gates", kept)


def test_the_pages_lie_beside_the_report_unless_said_otherwise(tmp_path):
    assert gates_folder(tmp_path / "reports") == tmp_path / "gates"
    assert gates_folder("reports", tmp_path / "else") == tmp_path / "else"


def test_a_page_that_cannot_be_written_does_not_hide_the_failure(run, tmp_path):
    (tmp_path / "gates").write_text("in the way")
    with pytest.raises(GateFailed, match="the page could not be written"):
        run(BETWEEN)
    with pytest.raises(OSError, match="gates"):
        run({**NOT_NULL, "column": "usubjid"})
