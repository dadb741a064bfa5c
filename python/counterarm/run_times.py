"""How long a build will take, from the times of the last one."""

import json
import os
from pathlib import Path


def last_run_times(folder: Path | None = None) -> dict[str, float]:
    """Return the seconds of each node of the last run in this folder, by name.

    dbt leaves them in run_results.json of its target folder. Empty where it does not.
    """
    folder = folder or Path(os.environ.get("DBT_TARGET_PATH", "target"))
    try:
        results = json.loads((folder / "run_results.json").read_text("utf-8"))
        return {
            one["unique_id"].split(".")[2]: float(one["execution_time"])
            for one in results["results"]
        }
    except (OSError, ValueError, KeyError, IndexError, TypeError):
        return {}


class Remaining:
    """An estimate of the seconds left, better with the times of an earlier run.

    `times` are those of its nodes. Where they are of fewer than half of the nodes, the
    share that is done stands for the share of the time.
    """

    def __init__(self, times: dict[str, float]) -> None:
        self.times = times
        self.spent = 0.0

    def finish(self, step: str) -> None:
        """Note that a node has ended."""
        self.spent += self.times.get(step, 0.0)

    def seconds(self, done: int, of: int, elapsed: float) -> float | None:
        """Return the seconds left; None while too little is done to tell."""
        total = sum(self.times.values())
        if len(self.times) >= of / 2 and 0.02 * total < self.spent < total:
            share = self.spent / total
        elif of and done >= 0.05 * of:
            share = done / of
        else:
            return None
        return elapsed * (1 - share) / share if share < 1 else 0.0


def clock(seconds: float) -> str:
    """Write seconds as minutes and seconds, with hours where there are any."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
