"""Seconds and peak memory of matching on made-up subjects.

Run: `python benchmarks/matching.py`. Each row runs in a process of its own, so that
the peak is its own; it includes some 150 MB for Python and its libraries.
"""

import resource
import subprocess
import sys
import time

import numpy as np

from counterarm.matching import (
    caliper_width,
    candidate_pairs,
    match_nearest,
    match_optimal,
)


def made_up(n_treated: int, n_controls: int) -> tuple[np.ndarray, np.ndarray]:
    """Return scores (treated shifted up) and arms, in mixed order."""
    rng = np.random.default_rng(20230101)
    arms = rng.permutation(np.arange(n_treated + n_controls) < n_treated)
    logit = rng.normal(size=len(arms)) + arms
    return 1.0 / (1.0 + np.exp(1.5 - logit)), arms


def run_nearest(n_treated: int, n_controls: int, kind: str) -> tuple[float, str]:
    """Time `match_nearest`; return seconds and what came out."""
    score, arms = made_up(n_treated, n_controls)
    rng = np.random.default_rng(1)
    age = rng.normal(60, 10, len(arms))
    options = {
        "plain": {},
        "closest": {"order": "closest"},
        "rounded": {},
        "replace": {"replace": True, "ratio": 3},
        "calipers": {
            "score_caliper": caliper_width(score, 0.2),
            "variable_calipers": [(age, 5.0)],
        },
    }[kind]
    if kind == "rounded":
        score = np.round(score, 3)
    start = time.perf_counter()
    matches = match_nearest(score, arms, **options)
    return time.perf_counter() - start, f"{len(matches)} pairs"


def run_optimal(n_treated: int, n_controls: int, kind: str) -> tuple[float, str]:
    """Time `candidate_pairs` and `match_optimal` together."""
    _, arms = made_up(n_treated, n_controls)
    rng = np.random.default_rng(2)
    n = len(arms)
    strata = None if kind.startswith("one stratum") else rng.integers(0, 40, n)
    rate, age = -rng.gamma(2.0, 0.5, n), rng.normal(60, 10, n)
    if kind.endswith("ties"):
        rate, age = np.round(rate, 1), np.round(age)
    start = time.perf_counter()
    pairs = candidate_pairs(
        arms,
        exact=strata,
        variable_calipers=[(rate, 0.5)],
        distance_terms=[(rate, 0.1), (age, 10.0)],
    )
    matches = match_optimal(pairs)
    seconds = time.perf_counter() - start
    return seconds, f"{len(matches)} pairs of {len(pairs)} candidates"


CASES = [
    ("nearest", 2_000, 20_000, "plain"),
    ("nearest", 50_000, 500_000, "plain"),
    ("nearest", 50_000, 500_000, "rounded"),
    ("nearest", 50_000, 500_000, "closest"),
    ("nearest", 50_000, 500_000, "replace"),
    ("nearest", 50_000, 500_000, "calipers"),
    ("optimal", 100, 2_000, "40 strata"),
    ("optimal", 100, 2_000, "one stratum"),
    ("optimal", 2_000, 20_000, "40 strata"),
    ("optimal", 2_000, 20_000, "40 strata, ties"),
]


def main() -> None:
    """Print the table, or one row of it if a case is given."""
    if len(sys.argv) > 1:
        method, n_treated, n_controls, kind = CASES[int(sys.argv[1])]
        run = {"nearest": run_nearest, "optimal": run_optimal}[method]
        seconds, outcome = run(n_treated, n_controls, kind)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        size = f"{n_treated} x {n_controls}"
        print(
            f"| {method} | {size} | {kind} | {seconds:.2f} | {peak:.0f} | {outcome} |"
        )
        return
    print("| method | treated x controls | kind | seconds | peak MB | outcome |")
    print("| --- | --- | --- | --- | --- | --- |", flush=True)
    for case in range(len(CASES)):
        subprocess.run([sys.executable, __file__, str(case)], check=True)


if __name__ == "__main__":
    main()
