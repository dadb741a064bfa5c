"""Copy a file byte for byte, bring the copy to the disk and read it back.

A process of its own does it: a process that has a DuckDB file open loses its lock on
the file as soon as it opens and closes it once more (locks of POSIX are per process).
As a program it imports nothing but the standard library and starts in some 20
milliseconds.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

BLOCK = 1 << 20


def copy_in_a_process(source: Path, copy: Path) -> None:
    """Copy `source` over the file `copy`, which keeps its mode, from another process.

    Raises `OSError` if it cannot be copied or the copy differs.
    """
    from counterarm.child import guarded  # not where this file is the program

    finished = subprocess.run(
        guarded([sys.executable, "-I", "-S", __file__, source, copy]),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if finished.returncode:
        lines = finished.stderr.strip().splitlines()
        how = lines[-1] if lines else f"copying ended with {finished.returncode}"
        raise OSError(how)


def copy_file(source: Path, copy: Path) -> None:
    """Copy, bring to the disk, compare; raises `OSError` as above."""
    shutil.copyfile(source, copy)
    with copy.open("rb") as written:
        os.fsync(written.fileno())
    with source.open("rb") as one, copy.open("rb") as other:
        while True:
            block = one.read(BLOCK)
            if block != other.read(BLOCK):
                raise OSError(f"{copy.name} differs from {source.name}")
            if not block:
                return


if __name__ == "__main__":
    try:
        copy_file(*map(Path, sys.argv[1:]))
    except OSError as problem:
        sys.exit(str(problem))
