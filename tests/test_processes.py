"""Computations in other processes: the same result, the same error, nothing left."""

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from counterarm.processes import (
    SETTING,
    ProcessEndedError,
    RemoteError,
    computed,
    number_of_processes,
)

ROWS = """
select * from (values
    ('a', 1, 1.5, true, date '2020-01-31', timestamp '2020-01-31 10:00:00'),
    (null, null, null, null, null, null),
    ('é', 3, 'nan'::double, false, date '1900-01-01', null)
) as rows (text, count, number, flag, day, moment)
"""
# os.getpid and its like stand for a function of the package: found by module and name
UNSENDABLE = (
    "(_ for _ in ()).throw(__import__('counterarm.gates.gate', fromlist=['gate'])"
    ".GateFailed('the gate stopped', None))"
)


@pytest.fixture(params=["0", "1", "2"])
def processes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv(SETTING, request.param)
    return int(request.param)


def test_relations_arrive_as_the_frames_that_they_are(processes: int) -> None:
    rows = duckdb.sql(ROWS)
    expected = pd.concat([rows.df(), rows.df().head(1)])
    found = computed(pd.concat, [rows, rows.limit(1)])
    pd.testing.assert_frame_equal(found, expected)


def test_a_process_is_another_one_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, "0")
    assert computed(os.getpid) == os.getpid()
    monkeypatch.setenv(SETTING, "1")
    first = computed(os.getpid)
    assert first != os.getpid()
    assert computed(os.getpid) == first


def test_two_compute_at_the_same_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(SETTING, "2")
    # either end of a named pipe waits to be opened until the other one is
    os.mkfifo(tmp_path / "pipe")
    with ThreadPoolExecutor(2) as threads:
        ends = [
            threads.submit(computed, os.open, tmp_path / "pipe", flags)
            for flags in (os.O_RDONLY, os.O_WRONLY)
        ]
        assert all(isinstance(end.result(timeout=60), int) for end in ends)


def test_an_error_is_the_functions_with_its_place(processes: int) -> None:
    with pytest.raises(json.JSONDecodeError, match="Expecting value") as caught:
        computed(json.loads, "?")
    if processes:
        assert isinstance(caught.value.__cause__, RemoteError)
        assert "raw_decode" in str(caught.value.__cause__)


def test_an_error_that_cannot_be_sent_keeps_its_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(SETTING, "1")
    with pytest.raises(RuntimeError, match="the gate stopped"):
        computed(eval, UNSENDABLE)


@pytest.mark.parametrize(
    ("function", "argument", "ending"),
    [(os._exit, 3, "exit code 3"), (eval, "__import__('os').abort()", "SIGABRT")],
)
def test_a_process_that_ends_is_named_and_replaced(
    function, argument, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SETTING, "1")
    before = computed(os.getpid)
    with pytest.raises(ProcessEndedError, match=f"{function.__name__} .*{ending}"):
        computed(function, argument)
    assert computed(os.getpid) != before


def test_what_is_printed_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, "1")
    assert computed(print, "not an answer", flush=True) is None
    assert computed(max, 1, 2) == 2


@pytest.mark.parametrize("text", ["-1", "two", "1.5"])
def test_a_setting_that_is_no_number_is_refused(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SETTING, text)
    with pytest.raises(ValueError, match=f"{SETTING}: '{text}' is not a whole number"):
        number_of_processes()


def test_a_process_at_work_ends_with_the_one_that_started_it() -> None:
    program = (
        "import os, threading, time\n"
        "from counterarm.processes import computed\n"
        "print(computed(os.getpid), flush=True)\n"
        "threading.Thread(target=computed, args=[time.sleep, 600]).start()\n"
        "time.sleep(0.5)\n"
        "os._exit(0)\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {SETTING: "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    end = time.monotonic() + 60
    while Path(f"/proc/{int(answer.stdout)}").exists():
        assert time.monotonic() < end, "it still runs"
        time.sleep(0.1)
