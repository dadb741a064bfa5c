"""What happens before dbt opens the build file: it waits for its turn, privately.

A build of a part then begins with a copy of the published file.

dbt-duckdb makes a `Plugin` of this module (profiles.yml) and calls it before it
connects; it asks for no base class, so nothing of dbt is imported.
"""

import os
import shutil
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from counterarm.private import keep_private
from counterarm.refresh.last_build import bring_last_build

try:
    import fcntl
except ImportError:  # Windows has no file locks of this kind; DuckDB's own remain
    fcntl = None

SECONDS_BETWEEN_LOOKS = 0.5
# The locks of this process, each held until it ends, also by a crash.
_HELD: dict[Path, int] = {}


class Plugin:
    """Called by dbt-duckdb around the connection to the build file."""

    def __init__(self, name: str, plugin_config: dict, credentials: Any) -> None:
        self.name = name

    def update_connection_config(self, credentials: Any, config: dict) -> None:
        """Make what dbt writes private, and wait while another build has the file."""
        keep_private()
        one_thread_per_product()
        if credentials.path and credentials.path != ":memory:":
            wait_for_turn(Path(credentials.path))
            bring_last_build(Path(credentials.path).resolve())

    def configure_connection(self, connection: Any) -> None:
        """Leave the connection as it is."""

    def configure_cursor(self, cursor: Any) -> None:
        """Leave the cursor as it is."""


def one_thread_per_product() -> None:
    """Let NumPy compute each matrix product in the thread that asks for it.

    Called before NumPy is imported, here and in the processes that compute. The
    matrices of a build are small, and dbt keeps two processors busy with two nodes: a
    product divided between more threads waits for them. Imputations took twice the
    processor time. A choice of the user's is kept.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def lock_file(build_file: Path) -> Path:
    """Return the file that whoever builds has locked; it holds the process number."""
    return build_file.with_name(f".{build_file.stem}.lock")


def wait_for_turn(build_file: Path) -> None:
    """Wait until no other process builds this file, and keep others out from then on.

    Says once on the standard error whom it waits for. The system frees the lock of a
    process that has ended in whatever way. Raises `OSError` if the lock's file cannot
    be made.
    """
    lock = lock_file(build_file.resolve())
    if lock in _HELD or not fcntl:
        return
    lock.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    reported = False
    while not _locked(descriptor):
        if not reported:
            reported = True
            holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
            print(
                f"another build (process {holder or 'not known'}) is writing "
                f"{build_file}; waiting until it has ended",
                file=sys.stderr,
                flush=True,
            )
        time.sleep(SECONDS_BETWEEN_LOOKS)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    _HELD[lock] = descriptor


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # a file system without locks: DuckDB's own lock is left
    return True


def remove_copies(build_file: Path) -> None:
    """Remove what a stopped build leaves of patients' rows, unless another one builds.

    That is the copies of files that DuckDB cannot read as they are, and the blocks that
    did not fit into memory.
    """
    if not fcntl:
        _remove_copies(build_file)
    elif lock_file(build_file).exists():
        descriptor = os.open(lock_file(build_file), os.O_RDWR)
        try:
            if _locked(descriptor):
                _remove_copies(build_file)
        finally:
            os.close(descriptor)


def _remove_copies(build_file: Path) -> None:
    for folder in (
        build_file.with_name(f"{build_file.stem}_copies"),
        build_file.with_name(f"{build_file.name}.tmp"),
    ):
        with suppress(OSError):
            shutil.rmtree(folder)
