"""The build under a progress bar, and through an interrupt."""

import os
import signal
import subprocess
import sys
import time

import pytest

from counterarm.cli.building import INTERRUPTED, progress

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


def test_progress_counts_nodes_and_tells_what_went_wrong():
    assert [step for step in progress(LOG) if step[1] or step[2]] == [
        (1, 3, ""),
        (2, 3, "odd"),
        (2, 3, "Segmentation fault"),
        (3, 3, "broken"),
    ]


@pytest.mark.parametrize("seconds_to_stop", [0, 1])
def test_an_interrupt_waits_for_dbt_and_says_that_nothing_is_broken(
    tmp_path, seconds_to_stop
):
    stopped = tmp_path / "stopped"
    child = (
        "import pathlib, signal, sys, time\n"
        "def stop(*_):\n"
        f"    time.sleep({seconds_to_stop}); pathlib.Path(r'{stopped}').touch()\n"
        "    sys.exit(1)\n"
        "signal.signal(signal.SIGINT, stop)\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = (
        "import sys\n"
        "from counterarm.cli.building import run_plainly\n"
        f"sys.exit(run_plainly([sys.executable, '-c', {child!r}]))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", parent],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout.readline() == "ready\n"
    # as Ctrl-C in a terminal: to the whole group
    os.killpg(process.pid, signal.SIGINT)
    start = time.monotonic()
    _, said = process.communicate(timeout=30)
    assert time.monotonic() - start >= seconds_to_stop - 0.5
    assert process.returncode == INTERRUPTED
    assert "untouched" in said
    assert stopped.exists()


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
