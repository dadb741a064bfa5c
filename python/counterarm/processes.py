"""Computations in separate processes: the nodes of dbt are threads of one interpreter.

Only one thread of an interpreter runs at a time, so two Python models cannot run in
parallel. `computed` sends a function of this package and its arguments to another
process and returns its result. Processes are started when first needed and kept; each
call runs in one of them, so that their number does not affect results.

    return computed(survival_tests, dbt.ref("group_members"))
"""

import atexit
import io
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Any, BinaryIO, TypeVar, cast

import duckdb

T = TypeVar("T")
SETTING = "COUNTERARM_PROCESSES"
# dbt runs as many nodes at a time (threads in profiles.yml)
MOST = 2
SECONDS_BETWEEN_LOOKS = 1.0
PROGRAM = "from counterarm.processes import serve; serve()"
_LENGTH_BYTES = 8


class ProcessEndedError(RuntimeError):
    """A process ended before it returned a result."""


class RemoteError(Exception):
    """The traceback of an exception in another process, as its cause."""


def computed(function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Return `function(*args, **kwargs)`, computed by another process.

    `function` is one of a module. Relations of DuckDB, also those within other
    arguments, arrive as data frames, as their `.df()` gives them. With the setting
    COUNTERARM_PROCESSES at 0, or one processor only, it is computed in this process.

    Raises what the function raises, `ProcessEndedError` if the process is killed, and
    `ValueError` for a setting that is not a whole number from 0.
    """
    call = _dumped((function, args, kwargs))
    most = number_of_processes()
    if not most:
        function, args, kwargs = _loaded(call)
        return function(*args, **kwargs)
    worker = _POOL.lend(most)
    try:
        answer = worker.ask(call)
    except (OSError, EOFError) as error:
        worker.end()
        name = getattr(function, "__name__", "a function")
        raise ProcessEndedError(
            f"the process that computed {name} has ended ({worker.ending()}); if "
            f"memory was insufficient, set {SETTING}=0"
        ) from error
    finally:
        _POOL.take_back(worker)
    raised, value = pickle.loads(answer)
    if raised is not None:
        raise raised from RemoteError(value)
    return cast(T, value)


def number_of_processes() -> int:
    """Return how many processes may compute at a time, 0 for none but this one."""
    given = os.environ.get(SETTING, "").strip()
    if not given:
        there = (
            len(os.sched_getaffinity(0))
            if hasattr(os, "sched_getaffinity")
            else os.cpu_count() or 1
        )
        return min(there, MOST) if there > 1 else 0
    if not given.isdecimal():
        raise ValueError(f"{SETTING}: {given!r} is not a whole number from 0")
    return int(given)


class _Worker:
    """A process that waits for calls; one at a time."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def ask(self, call: bytes) -> bytes:
        """Send a call and wait for the answer; `EOFError` if there is none."""
        assert self.process.stdin and self.process.stdout
        _write(cast(BinaryIO, self.process.stdin), call)
        return _read(cast(BinaryIO, self.process.stdout))

    def end(self) -> None:
        """Let the process end, at once if it does not do so by itself."""
        with suppress(OSError):
            if self.process.stdin:
                self.process.stdin.close()
        try:
            self.process.wait(timeout=SECONDS_BETWEEN_LOOKS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()

    def is_running(self) -> bool:
        """Return whether the process is running."""
        return self.process.poll() is None

    def ending(self) -> str:
        """Return the signal or exit code with which it ended."""
        code = self.process.poll()
        if code is not None and code < 0:
            with suppress(ValueError):
                return signal.Signals(-code).name
        return f"exit code {code}"


class _Pool:
    """Processes that are lent to threads, started as they are needed."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.idle: list[_Worker] = []
        self.workers: list[_Worker] = []

    def lend(self, most: int) -> _Worker:
        """Return an idle process, a new one while there are fewer than `most`."""
        with self.changed:
            while True:
                while self.idle:
                    worker = self.idle.pop()
                    if worker.is_running():
                        return worker
                    self.workers.remove(worker)
                if len(self.workers) < most:
                    self.workers.append(_Worker())
                    return self.workers[-1]
                self.changed.wait()

    def take_back(self, worker: _Worker) -> None:
        """Return a process to the pool, or remove it if it has ended."""
        with self.changed:
            if worker.is_running():
                self.idle.append(worker)
            else:
                self.workers.remove(worker)
            self.changed.notify()

    def close(self) -> None:
        """End all processes."""
        with self.changed:
            for worker in self.workers:
                worker.end()
            self.workers.clear()
            self.idle.clear()


_POOL = _Pool()
atexit.register(_POOL.close)


class _Pickler(pickle.Pickler):
    """Sends relations of DuckDB as Arrow streams."""

    def persistent_id(self, value: object) -> object:
        if isinstance(value, duckdb.DuckDBPyRelation):
            import pyarrow as pa

            table = value.to_arrow_table()
            out = pa.BufferOutputStream()
            with pa.ipc.new_stream(out, table.schema) as stream:
                stream.write_table(table)
            return out.getvalue().to_pybytes()
        return None


class _Unpickler(pickle.Unpickler):
    """Receives relations as data frames."""

    def persistent_load(self, stream: bytes) -> object:
        import pyarrow as pa

        # DuckDB makes the data frame, with the types of its `.df()`
        table = pa.ipc.open_stream(stream).read_all()
        with duckdb.connect() as connection:
            return connection.from_arrow(table).df()


def _dumped(value: object) -> bytes:
    out = io.BytesIO()
    _Pickler(out, protocol=pickle.HIGHEST_PROTOCOL).dump(value)
    return out.getvalue()


def _loaded(call: bytes) -> Any:
    return _Unpickler(io.BytesIO(call)).load()


def _write(stream: BinaryIO, message: bytes) -> None:
    stream.write(len(message).to_bytes(_LENGTH_BYTES, "big"))
    stream.write(message)
    stream.flush()


def _read(stream: BinaryIO) -> bytes:
    head = stream.read(_LENGTH_BYTES)
    if len(head) < _LENGTH_BYTES:
        raise EOFError
    message = stream.read(size := int.from_bytes(head, "big"))
    if len(message) < size:
        raise EOFError
    return message


def serve() -> None:
    """Answer calls from standard input until it is closed; the program of a process.

    It ends with the process that started it, even during a call.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=_end_with, args=[os.getppid()], daemon=True).start()
    calls = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    # output of libraries must not be mixed with answers
    os.dup2(2, 1)
    while True:
        try:
            call = _read(calls)
        except EOFError:
            return
        _write(answers, _answer(call))


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(SECONDS_BETWEEN_LOOKS)
    os._exit(1)


def _answer(call: bytes) -> bytes:
    """Return the pickled pair of what was raised and what was returned, or where."""
    try:
        function, args, kwargs = _loaded(call)
        return pickle.dumps((None, function(*args, **kwargs)), protocol=5)
    except Exception as error:
        where = "".join(traceback.format_exception(error))
        try:
            answer = pickle.dumps((error, where))
            pickle.loads(answer)
        except Exception:
            # an exception that cannot be pickled is sent as its message
            answer = pickle.dumps((RuntimeError(str(error)), where))
        return answer
