"""The build under a progress bar, and through an interrupt."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from counterarm.cli import building
from counterarm.cli.stopping import INTERRUPTED
from counterarm.dbt_log import Line, read_log
from counterarm.refresh.nodes import Node
from counterarm.refresh.plan import FULL, NOTHING, PART, Plan, Planned

PROTOCOL = Path(__file__).parents[2] / "seeds" / "protocol"
LOG = [
    '{"info": {"name": "MainReportVersion", "level": "info", "msg": "dbt"},'
    ' "data": {}}',
    '{"info": {"name": "LogSeedResult", "level": "info", "msg": "OK"},'
    ' "data": {"index": 1, "total": 3}}',
    '{"info": {"name": "LogTestResult", "level": "warn", "msg": "odd"},'
    ' "data": {"index": 2, "total": 3}}',
    "Segmentation fault",
    '{"info": {"name": "LogModelResult", "level": "error", "msg": "broken"},'
    ' "data": {"index": 3, "total": 3}}',
]


def test_a_log_counts_nodes_and_tells_what_went_wrong():
    assert list(read_log(LOG)) == [
        Line(0, 0, "dbt", is_trouble=False),
        Line(1, 3, "OK", is_trouble=False),
        Line(2, 3, "odd", is_trouble=True),
        Line(2, 3, "Segmentation fault", is_trouble=True),
        Line(3, 3, "broken", is_trouble=True),
    ]


@pytest.mark.parametrize("seconds_to_stop", [0, 1])
@pytest.mark.parametrize("how", ["run_plainly", "run_under_a_bar"])
def test_an_interrupt_waits_for_dbt_and_says_that_nothing_is_broken(
    tmp_path, how, seconds_to_stop
):
    stopped = tmp_path / "stopped"
    child = (
        "import pathlib, signal, sys, time\n"
        "def stop(*_):\n"
        # more than a pipe holds while nobody reads it
        "    print('skipped ' * 30_000, flush=True)\n"
        f"    time.sleep({seconds_to_stop}); pathlib.Path(r'{stopped}').touch()\n"
        "    sys.exit(1)\n"
        "signal.signal(signal.SIGINT, stop)\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = (
        "import signal, sys\n"
        # a test that runs in the background inherits that it is ignored
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"from counterarm.cli.building import {how}\n"
        f"sys.exit({how}([sys.executable, '-c', {child!r}]))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", parent],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert "ready" in next(line for line in process.stdout if line.strip())
    # as Ctrl-C in a terminal: to the whole group
    os.killpg(process.pid, signal.SIGINT)
    start = time.monotonic()
    _, printed = process.communicate(timeout=30)
    assert time.monotonic() - start >= seconds_to_stop - 0.5
    assert process.returncode == INTERRUPTED
    assert "unchanged" in printed
    assert stopped.exists()


@pytest.mark.parametrize("is_published", [True, False])
def test_only_a_published_build_ends_with_the_summary(
    run, tmp_path, monkeypatch, is_published
):
    warehouse = tmp_path / "w.duckdb"
    warehouse.touch()

    def build_by_dbt(command: list[str]) -> int:
        if is_published:
            (tmp_path / "new").touch()
            (tmp_path / "new").replace(warehouse)
        return 0

    monkeypatch.setenv("COUNTERARM_WAREHOUSE", str(warehouse))
    monkeypatch.setenv("COUNTERARM_PROACT_DIR", str(tmp_path))
    monkeypatch.setattr(building, "run_plainly", build_by_dbt)
    monkeypatch.setattr(building, "summary_text", lambda warehouse: "the summary")
    built = run("build", "--no-report")
    assert built.exit_code == 0
    assert ("the summary" in built.output) == is_published
    assert ("only a complete build" in built.output) != is_published


def test_a_refresh_leaves_the_unit_tests_out(run, tmp_path, monkeypatch):
    commands = []
    monkeypatch.setenv("COUNTERARM_PROACT_DIR", str(tmp_path))
    monkeypatch.setattr(
        building, "run_plainly", lambda command: commands.append(command) or 0
    )
    run("build", "--select", "dm")
    (command,) = commands
    assert command[1:4] == ["build", "--exclude-resource-type", "unit_test"]
    assert "dm" in command


COX = Node("model.p.cox", "model", "models/cox.sql", "cox", "analysis.cox", ())
PLANS = {
    NOTHING: Plan(NOTHING, "no input has changed"),
    PART: Plan(
        PART, "cox.sql changed", {}, (Planned(COX, True, True, False, "cox.sql", ()),)
    ),
    FULL: Plan(FULL, "as asked"),
}


@pytest.mark.parametrize(
    ("kind", "expected", "words"),
    [
        (NOTHING, [], "nothing to build: no input has changed"),
        (PART, ["cox"], "building at most 1 of 1 nodes: cox.sql changed"),
        (FULL, ["everything"], "building everything: as asked"),
    ],
)
def test_dbt_builds_what_is_planned_and_the_plan_is_printed(
    run, tmp_path, monkeypatch, kind, expected, words
):
    built = []

    def build_by_dbt(command: list[str]) -> int:
        selects = "--select" in command
        built.append(
            command[command.index("--select") + 1] if selects else "everything"
        )
        return 0

    warehouse = tmp_path / "w.duckdb"
    warehouse.touch()
    monkeypatch.setenv("COUNTERARM_WAREHOUSE", str(warehouse))
    monkeypatch.setenv("COUNTERARM_PROACT_DIR", str(tmp_path))
    monkeypatch.setattr(building, "run_plainly", build_by_dbt)
    for name in ("dbt_project.yml", "profiles.yml"):
        (tmp_path / name).touch()
    inputs = building.Inputs(building.ProjectFiles.of(tmp_path, tmp_path))
    seen = building.look(warehouse, inputs)
    monkeypatch.setattr(building, "planned", lambda full: (PLANS[kind], seen))
    monkeypatch.setattr(building, "has_project", lambda: True)
    monkeypatch.setattr(building, "check_protocol", lambda quiet: None)
    done = run("build", "--no-report")
    assert done.exit_code == 0
    assert built == expected
    assert words in done.output


def test_a_build_with_arguments_of_dbt_is_not_planned(run, tmp_path, monkeypatch):
    commands = []
    monkeypatch.setenv("COUNTERARM_PROACT_DIR", str(tmp_path))
    monkeypatch.setattr(building, "planned", lambda full: pytest.fail("planned"))
    monkeypatch.setattr(
        building, "run_plainly", lambda command: commands.append(command) or 0
    )
    run("build", "--vars", "{delivery_is_real: true}")
    assert commands[0][-2:] == ["--vars", "{delivery_is_real: true}"]


@pytest.mark.parametrize(
    ("page", "expected"), [(None, False), ("older", False), ("newer", True)]
)
def test_the_report_is_of_the_warehouse_where_it_is_newer(
    tmp_path, monkeypatch, page, expected
):
    warehouse, index = tmp_path / "w.duckdb", tmp_path / "index.html"
    warehouse.touch()
    monkeypatch.setenv("COUNTERARM_REPORT_DIR", str(tmp_path))
    if page:
        index.touch()
        ahead = 100 if page == "newer" else -100
        at = warehouse.stat().st_mtime + ahead
        os.utime(index, (at, at))
    assert building.is_report_of(warehouse) == expected


def test_a_demo_whose_folders_carry_no_marker_is_made_anew(tmp_path, monkeypatch):
    made = []
    monkeypatch.chdir(tmp_path)
    for name in ("COUNTERARM_PROACT_DIR", "COUNTERARM_SITES_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(building, "make_demo", lambda folder, **_: made.append(folder))
    (tmp_path / "seeds").mkdir()
    for folder in ("proact", "sites/hanyang", "sites/olsztyn"):
        (tmp_path / "demo" / folder).mkdir(parents=True)
    (tmp_path / "demo" / "truth.json").touch()
    building.make_demo_if_needed(quiet=True)
    assert made == [building.DEMO_DIR]
    for folder in ("proact", "sites/hanyang", "sites/olsztyn"):
        (tmp_path / "demo" / folder / "MADE_UP").touch()
    building.make_demo_if_needed(quiet=True)
    assert len(made) == 1


def test_a_wrong_row_of_the_protocol_is_refused_before_dbt_starts(
    run, tmp_path, monkeypatch
):
    folder = tmp_path / "seeds" / "protocol"
    shutil.copytree(PROTOCOL, folder)
    with (folder / "eligibility.csv").open("a") as file:
        file.write("nam_2023,9,women,both,gender,=>,F,Women\n")
    n_lines = len((folder / "eligibility.csv").read_text().splitlines())
    monkeypatch.setenv("COUNTERARM_PROACT_DIR", str(tmp_path))
    monkeypatch.setattr(building, "run_plainly", lambda command: pytest.fail("ran"))
    refused = run("build")
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: the protocol has ")
    assert f"eligibility.csv line {n_lines}" in refused.output
    assert "gender" in refused.output


def test_an_interrupted_demo_is_made_anew_by_the_next_build(tmp_path):
    from counterarm.demo import write_demo

    def interrupt(done: int, of: int) -> None:
        if done == of // 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_demo(tmp_path / "demo", subjects=300, on_progress=interrupt)
    assert not (tmp_path / "demo" / "truth.json").exists()
    steps = []
    write_demo(
        tmp_path / "demo",
        subjects=300,
        on_progress=lambda done, of: steps.append((done, of)),
    )
    assert (tmp_path / "demo" / "truth.json").exists()
    assert steps[-1][0] == steps[-1][1] == len(steps)
