"""Run a program below this one that ends when this one does, whatever ends it.

Run as a program, `python child.py PARENT COMMAND ...` asks Linux to kill it when the
process PARENT ends, and becomes COMMAND.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

# What dbt needs to cancel its queries; with what follows it, less than 10 seconds.
SECONDS_TO_STOP = 5
PR_SET_PDEATHSIG = 1


@contextmanager
def running(command: Sequence[object], **options: Any) -> Iterator[subprocess.Popen]:
    """Start `command` in a process group of its own, and end it with the block.

    Left by an error or a signal, the block ends the whole group: it is interrupted, and
    killed if it has not stopped `SECONDS_TO_STOP` later. On Linux the command is
    killed too if this process is. `options` are those of `subprocess.Popen`.
    """
    if os.name == "posix":
        options = {"process_group": 0} | options
    process = subprocess.Popen(guarded(command), **options)
    try:
        yield process
        process.wait()
    except BaseException:
        end(process)
        raise
    finally:
        if process.stdout:
            process.stdout.close()


def guarded(command: Sequence[object]) -> list[str]:
    """Return the command that runs `command`, and on Linux ends with this process."""
    given = list(map(str, command))
    if os.name != "posix":
        return given
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *given]


def end(process: subprocess.Popen) -> None:
    """Interrupt a group, kill what is left of it, and wait for its first process."""
    if process.poll() is None:
        _send(process, signal.SIGINT)
        # what it says of that helps nobody, but it must not wait for a reader
        with suppress(subprocess.TimeoutExpired, KeyboardInterrupt, ValueError):
            process.communicate(timeout=SECONDS_TO_STOP)
    _send(process, getattr(signal, "SIGKILL", signal.SIGTERM))
    process.wait()


def _send(process: subprocess.Popen, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        if os.name == "posix":
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)


def die_with(parent: int) -> None:
    """Have Linux kill this process when its parent ends; other systems cannot."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            sys.exit(f"process {parent} has ended")


if __name__ == "__main__":
    die_with(int(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])
