"""Seconds for curves, tests, Cox fits and tables: counterarm against lifelines.

    python benchmarks/survival.py [rows ...]        default: 10000 100000
    python benchmarks/survival.py --tables          the tables of many groups

`--tables` makes the tables of 25 analyses of 360 subjects with 20 pairs of groups and
two endpoints each, and of one of 1,500 subjects, unweighted and weighted.
Fits have six covariates, whole-day times, about 70 % events; `continuous` has untied
times.
lifelines is set to converge as R does; it is left out ("-") where one fit would take
minutes, unless `--all` is given.
"""

import argparse
import time
import warnings
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
from lifelines import CoxPHFitter, KaplanMeierFitter
from lifelines.statistics import logrank_test

from counterarm.survival import (
    fit_cox,
    kaplan_meier,
    log_rank,
    peto_peto,
    zph,
)
from counterarm.tables.survival import survival_curves, survival_summary
from counterarm.tables.survival_differences import survival_differences
from counterarm.tables.survival_tests import survival_tests

NAMES = ["treated", "female", "bulbar", "riluzole", "alsfrs_r", "age"]
BETA = np.array([-0.3, 0.1, 0.25, -0.2, -0.04, 0.03])
# lifelines' own per-row or per-stratum loops: minutes above this many rows
SLOW_IN_LIFELINES = {"cluster": 20_000, "strata_5000": 0, "strata_pairs": 0}


def make_up(n: int, *, continuous: bool = False) -> dict[str, np.ndarray]:
    """Survival data with a known model; seeded."""
    rng = np.random.default_rng(20260101)
    X = np.column_stack(
        [
            rng.integers(0, 2, (n, 4)),
            rng.normal(35, 7, n),
            rng.normal(56, 11, n),
        ]
    ).astype(float)
    days = rng.exponential(700 * np.exp(-(X - X.mean(axis=0)) @ BETA))
    censored = rng.exponential(1800, n)
    observed = np.minimum(days, censored)
    return {
        "time": observed if continuous else np.ceil(observed),
        "event": (days <= censored).astype(int),
        "X": X,
        "pair": np.arange(n) // 2,
        "site": rng.integers(0, 5000, n),
    }


def ours(data: dict[str, np.ndarray], **options: np.ndarray) -> Callable[[], object]:
    """Bind the data to a fit of ours."""
    return lambda: fit_cox(
        data["time"], data["event"], data["X"], names=NAMES, **options
    )


def theirs(
    data: dict[str, np.ndarray], column: str | None = None, **options: object
) -> Callable[[], object]:
    """Bind the data to a fit of lifelines, with one more column if named."""
    frame = pd.DataFrame(data["X"], columns=NAMES)
    frame = frame.assign(time=data["time"], event=data["event"])
    if column is not None:
        frame[column] = data[column]
    return lambda: CoxPHFitter().fit(
        frame, "time", "event", fit_options={"precision": 1e-9}, **options
    )


def cases(n: int) -> Iterator[tuple[str, Callable, Callable | None]]:
    """Yield the name of a case, our call, and lifelines' call where it has one."""
    data, untied = make_up(n), make_up(n, continuous=True)
    arms = [data["X"][:, 0] == arm for arm in (0, 1)]
    sides = [(data["time"][arm], data["event"][arm]) for arm in arms]
    yield (
        "kaplan_meier",
        lambda: kaplan_meier(data["time"], data["event"]),
        lambda: KaplanMeierFitter().fit(data["time"], data["event"]),
    )
    yield (
        "log_rank",
        lambda: log_rank(data["time"], data["event"], data["X"][:, 0]),
        lambda: logrank_test(sides[0][0], sides[1][0], sides[0][1], sides[1][1]),
    )
    weights = 0.5 + data["pair"] % 7 / 4
    yield (
        "kaplan_meier, weighted",
        lambda: kaplan_meier(data["time"], data["event"], weights=weights),
        lambda: KaplanMeierFitter().fit(data["time"], data["event"], weights=weights),
    )
    yield (
        "fleming_harrington",
        lambda: log_rank(
            data["time"], data["event"], data["X"][:, 0], weighting=(0, 1)
        ),
        lambda: logrank_test(
            *(side[0] for side in sides),
            *(side[1] for side in sides),
            weightings="fleming-harrington",
            p=0,
            q=1,
        ),
    )
    yield (
        "log_rank, weighted",
        lambda: log_rank(data["time"], data["event"], data["X"][:, 0], weights=weights),
        None,
    )
    yield (
        "peto_peto",
        lambda: peto_peto(data["time"], data["event"], data["X"][:, 0]),
        None,
    )
    yield "naive", ours(data), theirs(data)
    yield "naive, continuous", ours(untied), theirs(untied)
    yield (
        "cluster",
        ours(data, cluster=data["pair"]),
        theirs(data, "pair", cluster_col="pair"),
    )
    yield (
        "strata_5000",
        ours(data, strata=data["site"]),
        theirs(data, "site", strata=["site"]),
    )
    yield (
        "strata_pairs",
        ours(data, strata=data["pair"]),
        theirs(data, "pair", strata=["pair"]),
    )
    yield (
        "strata_pairs, cluster",
        ours(data, strata=data["pair"], cluster=data["pair"]),
        None,
    )
    yield (
        "late entry",
        ours(data, entry=np.floor(data["time"] / 3) - 1),
        None,
    )
    yield (
        "zph",
        lambda: zph(data["time"], data["event"], data["X"], names=NAMES),
        None,
    )


def members(n_analyses: int, n: int, n_sets: int) -> pd.DataFrame:
    """Rows as in `analysis.group_members`, pairs of groups in many sets; seeded."""
    rng = np.random.default_rng(20260101)
    frames = []
    for analysis in range(n_analyses):
        arm = rng.integers(0, 2, n)
        names = np.array([f"PROACT-{i:06d}" for i in range(n)])
        subjects = pd.DataFrame(
            {
                "analysis_id": f"analysis_{analysis:02d}",
                "position": arm + 1,
                "set_id": names,
                "usubjid": names,
                "weight": 1.0,
                "days": np.ceil(rng.exponential(700, n)).astype(int),
                "is_event": rng.random(n) < 0.5,
            }
        )
        for endpoint in ("OS", "OS_COMMON"):
            for k in range(n_sets):
                kept = np.flatnonzero((k == 0) | (rng.random(n) < 0.5))
                own = subjects.iloc[kept].assign(
                    endpoint=endpoint,
                    comparison_set=f"set_{k:02d}",
                    group_name=np.array([f"control_{k}", f"treated_{k}"])[arm[kept]],
                )
                frames.append(own)
    return pd.concat(frames, ignore_index=True)


def time_tables() -> None:
    """Print seconds for each table of many groups."""
    print(f"{'rows':>8}  {'table':<22}{'weight 1':>11}{'weighted':>11}")
    for size in ((25, 360, 20), (1, 1500, 20)):
        plain = members(*size)
        weighted = plain.assign(weight=0.5 + plain["days"] % 7 / 4)
        for table in (
            survival_curves,
            survival_summary,
            survival_tests,
            survival_differences,
        ):
            shown = [
                seconds(lambda table=table, rows=rows: table(rows), 1)
                for rows in (plain, weighted)
            ]
            print(
                f"{len(plain):>8}  {table.__name__:<22}"
                + "".join(f"{value:>11.2f}" for value in shown),
                flush=True,
            )


def seconds(call: Callable[[], object], repeats: int) -> float:
    """Shortest of some runs."""
    best = np.inf
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return best


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", type=int, default=[10_000, 100_000])
    parser.add_argument("--all", action="store_true", help="also lifelines' slow fits")
    parser.add_argument("--tables", action="store_true", help="tables of many groups")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    if arguments.tables:
        time_tables()
        return
    print(f"{'rows':>8}  {'case':<22}{'counterarm':>11}{'lifelines':>11}")
    for n in arguments.rows:
        for name, call, reference in cases(n):
            shown = "-"
            within = n <= SLOW_IN_LIFELINES.get(name, np.inf)
            if reference is not None and (arguments.all or within):
                shown = f"{seconds(reference, 1):.3f}"
            print(f"{n:>8}  {name:<22}{seconds(call, 3):>11.3f}{shown:>11}", flush=True)


if __name__ == "__main__":
    main()
