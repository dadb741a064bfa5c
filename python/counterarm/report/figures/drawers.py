"""Processes that draw beside this one, each handed one figure at a time."""

import json
import subprocess
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

from counterarm.report.figures.figure import Figure

# The library draws one figure at a time in a process, whatever its threads.
_PROCESSES = 2


class Drawers:
    """Draw figures to files in a few processes; a `with` block waits for all."""

    def __init__(self, processes: int = _PROCESSES) -> None:
        self._own = threading.local()
        self._running: list[subprocess.Popen] = []
        self._jobs: list[Future] = []
        self._pool = ThreadPoolExecutor(processes, initializer=self._start)

    def __enter__(self) -> "Drawers":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown(cancel_futures=kind is not None)
        for process in self._running:
            process.stdin.close()
            process.stdout.close()
            process.wait()
        if kind is None:
            for job in self._jobs:
                job.result()

    def draw(self, figure: Figure, path: Path) -> None:
        """Have `path`.svg and `path`.png written; the figure then has its SVG.

        Raises, when the `with` block ends, `OSError` naming the file that failed.
        """
        self._jobs.append(self._pool.submit(self._draw, figure, path))

    @property
    def count(self) -> int:
        """Return how many figures were handed over."""
        return len(self._jobs)

    def _start(self) -> None:
        self._own.process = subprocess.Popen(
            [sys.executable, "-m", "counterarm.report.figures.drawing"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self._running.append(self._own.process)

    def _draw(self, figure: Figure, path: Path) -> None:
        process = self._own.process
        job = {"spec": figure.spec, "narrow": figure.narrow, "path": str(path)}
        process.stdin.write(json.dumps(job, default=float) + "\n")
        process.stdin.flush()
        answer = json.loads(process.stdout.readline() or '{"error": "the drawer died"}')
        if "error" in answer:
            raise OSError(f"cannot draw {answer['error']}")
        # What was drawn need not be drawn again for the page.
        vars(figure).update(svg=answer["svg"], narrow_svg=answer["narrow"])
