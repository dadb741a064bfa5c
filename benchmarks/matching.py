"""Seconds and peak memory of matching on synthetic subjects.

Run: `python benchmarks/matching.py`. Each row runs in a process of its own, so that
the peak is its own; it includes some 150 MB for Python and its libraries.

`python benchmarks/matching.py matchit` compares the whole call of `match_nearest` with
MatchIt 4.7.2's at 50,000 x 500,000, and shows how it grows from a tenth of that. Both
are counted in yardsticks, the time of a stable sort of all scores in the same process,
so that they can be compared on any machine: MatchIt's seconds were measured where that
sort takes 0.069. Seconds are of the processor, the least of three calls.
"""

import resource
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

from counterarm.matching import (
    caliper_width,
    candidate_pairs,
    effective_sample_size,
    match_full,
    match_nearest,
    match_optimal,
    outside_support,
    score_weights,
    set_weights,
)


def synthetic(n_treated: int, n_controls: int) -> tuple[np.ndarray, np.ndarray]:
    """Return scores (treated shifted up) and arms, in mixed order."""
    rng = np.random.default_rng(20230101)
    arms = rng.permutation(np.arange(n_treated + n_controls) < n_treated)
    logit = rng.normal(size=len(arms)) + arms
    return 1.0 / (1.0 + np.exp(1.5 - logit)), arms


def run_nearest(n_treated: int, n_controls: int, kind: str) -> tuple[float, str]:
    """Time `match_nearest`; return seconds and what came out."""
    score, arms, options = nearest_options(n_treated, n_controls, kind)
    start = time.perf_counter()
    matches = match_nearest(score, arms, **options)
    return time.perf_counter() - start, f"{len(matches)} pairs"


def nearest_options(
    n_treated: int, n_controls: int, kind: str
) -> tuple[np.ndarray, np.ndarray, dict]:
    """Return scores, arms and the options of a kind of matching."""
    score, arms = synthetic(n_treated, n_controls)
    age = np.random.default_rng(1).normal(60, 10, len(arms))
    options = {
        "plain": {},
        "closest": {"order": "closest"},
        "rounded": {},
        "replace": {"replace": True, "ratio": 3},
        "ratio 2": {"ratio": 2},
        "calipers": {
            "score_caliper": caliper_width(score, 0.2),
            "variable_calipers": [(age, 5.0)],
        },
    }[kind]
    return np.round(score, 3) if kind == "rounded" else score, arms, options


def run_matchit(n_treated: int, n_controls: int, kind: str, policy: str) -> str:
    """Time a kind of matching in yardsticks; return the row of the table."""
    score, arms, options = nearest_options(n_treated, n_controls, kind)
    scores = synthetic(n_treated, n_controls)[0]
    yardstick = least_seconds(lambda: np.argsort(scores, kind="stable"))
    seconds = least_seconds(
        lambda: match_nearest(score, arms, tie_policy=policy, **options)
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = f"{n_treated:,} x {n_controls:,}"
    row = f"| {kind} | {policy} | {size} | {seconds:.2f} | {seconds / yardstick:.1f} |"
    if n_treated != LARGE[0]:
        return f"{row}  |  | {peak:.0f} |"
    matchit = MATCHIT[kind] / MATCHIT_YARDSTICK
    return f"{row} {matchit:.1f} | {seconds / yardstick / matchit:.2f} | {peak:.0f} |"


def least_seconds(call: Callable[[], object]) -> float:
    """Return the least seconds of the processor of three calls."""
    found = []
    for _ in range(3):
        start = time.process_time()
        call()
        found.append(time.process_time() - start)
    return min(found)


def run_optimal(n_treated: int, n_controls: int, kind: str) -> tuple[float, str]:
    """Time `candidate_pairs` and `match_optimal` together."""
    _, arms = synthetic(n_treated, n_controls)
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


def run_full(n_treated: int, n_controls: int, kind: str) -> tuple[float, str]:
    """Time `match_full` and its weights."""
    score, arms = synthetic(n_treated, n_controls)
    strata = None
    if kind == "rounded":
        score = np.round(score, 3)
    elif kind == "40 strata":
        strata = np.random.default_rng(3).integers(0, 40, len(arms))
    start = time.perf_counter()
    found = match_full(score, arms, exact=strata)
    weights = set_weights(arms, found.sets)
    seconds = time.perf_counter() - start
    return seconds, f"{found.sets.max() + 1} sets, {worth(arms, weights)}"


def run_weights(n_treated: int, n_controls: int, kind: str) -> tuple[float, str]:
    """Time weights without matching, the common support first where asked for."""
    score, arms = synthetic(n_treated, n_controls)
    start = time.perf_counter()
    if kind == "exact strata":
        weights = set_weights(arms, np.floor(score * 100))
    else:
        discard = "both" if kind == "ATT, common support" else "none"
        kept = ~outside_support(score, arms, discard)
        score, arms = score[kept], arms[kept]
        weights = score_weights(score, arms, kind[:3])
    outcome = worth(arms, weights)
    return time.perf_counter() - start, outcome


def worth(arms: np.ndarray, weights: np.ndarray) -> str:
    """Say how many controls there are and how many they are worth."""
    controls = weights[~arms]
    n = int((controls > 0).sum())
    return f"{n} controls, effective {effective_sample_size(controls):.0f}"


LARGE = (50_000, 500_000)
# seconds of MatchIt 4.7.2 at that size, and of the yardstick on the same machine
MATCHIT = {
    "plain": 0.45,
    "rounded": 0.23,
    "closest": 0.20,
    "replace": 0.27,
    "calipers": 0.97,
    "ratio 2": 0.63,
}
MATCHIT_YARDSTICK = 0.069
POLICIES = ("first", "matchit_4_7")
AGAINST_MATCHIT = [
    *[(5_000, 50_000, kind, "first") for kind in MATCHIT],
    *[(15_000, 150_000, kind, "first") for kind in MATCHIT],
    *[(*LARGE, kind, policy) for policy in POLICIES for kind in MATCHIT],
]
CASES = [
    ("nearest", 170, 2_900, "ratio 2"),
    ("full", 170, 1_300, "plain"),
    ("full", 170, 2_900, "plain"),
    ("full", 170, 2_900, "rounded"),
    ("full", 2_000, 20_000, "plain"),
    ("full", 2_000, 20_000, "rounded"),
    ("full", 2_000, 20_000, "40 strata"),
    ("weights", 170, 2_900, "ATT"),
    ("weights", 50_000, 500_000, "ATT"),
    ("weights", 50_000, 500_000, "ATT, common support"),
    ("weights", 50_000, 500_000, "ATO"),
    ("weights", 50_000, 500_000, "exact strata"),
    ("nearest", 2_000, 20_000, "plain"),
    ("nearest", 50_000, 500_000, "plain"),
    ("nearest", 50_000, 500_000, "rounded"),
    ("nearest", 50_000, 500_000, "closest"),
    ("nearest", 50_000, 500_000, "replace"),
    ("nearest", 50_000, 500_000, "calipers"),
    ("nearest", 50_000, 500_000, "ratio 2"),
    ("optimal", 100, 2_000, "40 strata"),
    ("optimal", 100, 2_000, "one stratum"),
    ("optimal", 2_000, 20_000, "40 strata"),
    ("optimal", 2_000, 20_000, "40 strata, ties"),
]


def main() -> None:
    """Print the table, or one row of it if a case is given."""
    if sys.argv[1:] == ["matchit"]:
        columns = "kind | ties | treated x controls | s | yardsticks | MatchIt's"
        print(f"| {columns} | ratio | MB |")
        print("| --- | --- | --- | --- | --- | --- | --- | --- |", flush=True)
        for case in range(len(AGAINST_MATCHIT)):
            command = [sys.executable, __file__, "matchit", str(case)]
            subprocess.run(command, check=True)
        return
    if sys.argv[1:2] == ["matchit"]:
        print(run_matchit(*AGAINST_MATCHIT[int(sys.argv[2])]))
        return
    if len(sys.argv) > 1:
        method, n_treated, n_controls, kind = CASES[int(sys.argv[1])]
        run = {
            "nearest": run_nearest,
            "optimal": run_optimal,
            "full": run_full,
            "weights": run_weights,
        }[method]
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
