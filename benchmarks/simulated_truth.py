"""Does each estimator find the truth? Replications with a known hazard ratio.

    nice python benchmarks/simulated_truth.py [--replications 200] [--seed 1]
        [--population 100000] [--whole-path 1] [--subjects 11675]

Prints markdown. The worlds are those of `truth_worlds.py`, the estimators the package's
own. Hazard ratios do not collapse: with a conditional hazard ratio of 0.7 for every
patient that of the treated as a whole is nearer to 1. It is computed from a large
population of treated patients who live both lives. `--whole-path N` makes N deliveries
for each truth, with so many subjects of PRO-ACT, and runs dbt on each, as a user would.
"""

import argparse
import datetime
import importlib.metadata
import platform
import time
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from scipy.stats import norm
from truth_worlds import WORLDS, Sample, World, both_fates, draw_sample

from counterarm import __version__, matching
from counterarm.survival import CoxFit, fit_cox

TRUTHS = (1.0, 0.7, 0.45)
Z = norm.ppf(0.975)
MARGINAL, CONDITIONAL = "marginal", "conditional"
# weights by the score exist from the version on that matches beyond pairs
score_weights = getattr(matching, "score_weights", None)

Estimate = tuple[str, str, float, float]  # estimator, target, log hazard ratio, SE


def first(fit: CoxFit, *, robust: bool = False) -> tuple[float, float]:
    """Return the first coefficient and its standard error, NaN if it did not settle."""
    if not fit.converged:
        return np.nan, np.nan
    return fit.coef[0], (fit.robust_se if robust else fit.naive_se)[0]


def estimates(sample: Sample) -> Iterator[Estimate]:
    """Yield what each estimator says of one sample."""
    days, died, treated = sample.days, sample.died, sample.treated
    arm = treated.astype(float)[:, None]
    yield "all eligible, no matching", MARGINAL, *first(one(days, died, arm))
    everything = np.column_stack([arm, sample.covariates])
    yield "all eligible, adjusted", CONDITIONAL, *first(one(days, died, everything))

    score = matching.fit_propensity_score(sample.covariates, treated).score
    pairs = matching.match_nearest(score, treated)
    index = np.concatenate([pairs.treated_index, pairs.control_index])
    sets = np.tile(np.arange(len(pairs)), 2)
    own = days[index], died[index]
    fit = one(*own, arm[index], cluster=sets)
    yield "pairs, naive variance", MARGINAL, *first(fit)
    yield "pairs, clustered by pair", MARGINAL, *first(fit, robust=True)
    yield (
        "pairs, stratified by pair",
        CONDITIONAL,
        *first(one(*own, arm[index], strata=sets)),
    )
    fit = one(*own, everything[index], cluster=sets)
    yield "pairs, adjusted, clustered", CONDITIONAL, *first(fit, robust=True)
    width = matching.caliper_width(score, 0.2)
    near = matching.match_nearest(score, treated, score_caliper=width)
    index = np.concatenate([near.treated_index, near.control_index])
    fit = one(
        days[index], died[index], arm[index], cluster=np.tile(np.arange(len(near)), 2)
    )
    yield "pairs, caliper 0.2 SD, clustered", MARGINAL, *first(fit, robust=True)
    if score_weights is None:
        return
    for name, estimand in (("ATT weights", "ATT"), ("overlap weights", "ATO")):
        weights = score_weights(score, treated, estimand)
        fit = one(days, died, arm, weights=weights, robust=True)
        yield f"{name}, robust", MARGINAL, *first(fit, robust=True)


def one(
    days: np.ndarray, died: np.ndarray, matrix: np.ndarray, **options: object
) -> CoxFit:
    """Fit a Cox model whose first term is the treatment."""
    names = [f"x{j}" for j in range(matrix.shape[1])]
    return fit_cox(days, died, matrix, names=names, **options)


def dose_estimates(rng: np.random.Generator, n: int = 180) -> Iterator[Estimate]:
    """Yield contrasts of doses of a drug that does nothing, against as many controls.

    Both arms are of one population; two doses in a month, then, for those who live, a
    booster with probability a half every 91 to 290 days. So every hazard ratio is 1.
    """
    death = np.ceil(1010 * rng.exponential(size=2 * n) ** (1 / 1.3)).clip(1)
    end = np.floor(rng.uniform(365, 3 * 365, 2 * n))
    days, died = np.minimum(death, end), death <= end
    treated = np.repeat([True, False], n)
    planned = 28 + np.cumsum(rng.integers(91, 290, (2 * n, 8)), axis=1)
    planned = np.where(rng.random((2 * n, 8)) < 0.5, planned, np.inf)
    planned = np.column_stack([np.zeros(2 * n), np.full(2 * n, 28), planned])
    planned[~treated] = np.inf
    dose = np.sort(np.where(planned < days[:, None], planned, np.inf), axis=1)
    ever = np.isfinite(dose).sum(axis=1)

    def groups(doses: np.ndarray, arm: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        terms = np.column_stack([doses >= 3, doses == 2]).astype(float)
        return terms, ~arm | (doses >= 2)

    def both(name: str, fit: CoxFit) -> Iterator[Estimate]:
        for i, term in enumerate(("multiple", "single cycle")):
            values = (fit.coef[i], fit.naive_se[i]) if fit.converged else (np.nan,) * 2
            yield f"{name}: {term} against control", MARGINAL, *values

    names = ["multiple", "single_cycle"]
    terms, kept = groups(ever, treated)
    yield from both("naive", fit_cox(days[kept], died[kept], terms[kept], names=names))
    for landmark in (182, 365):
        terms, kept = groups((dose <= landmark).sum(axis=1), treated)
        kept &= days > landmark
        fit = fit_cox(days[kept] - landmark, died[kept], terms[kept], names=names)
        yield from both(f"landmark, day {landmark}", fit)
    terms, kept = groups(ever, treated)
    entry = np.where(treated, np.where(ever >= 3, dose[:, 2], dose[:, 1]), 0.0)
    kept &= entry < days
    fit = fit_cox(days[kept], died[kept], terms[kept], names=names, entry=entry[kept])
    yield from both("delayed entry of final groups", fit)

    start = np.column_stack([np.zeros(2 * n), dose[:, 1:]])
    later = np.column_stack([dose[:, 1:], np.full(2 * n, np.inf)])
    stop = np.minimum(later, days[:, None])
    who, k = np.nonzero(start < stop)
    doses = np.where(treated[who], k + 1, 0)
    ends = died[who] & (stop[who, k] == days[who])
    terms, kept = groups(doses, treated[who])
    fit = fit_cox(
        stop[who, k][kept],
        ends[kept],
        terms[kept],
        names=names,
        entry=start[who, k][kept],
    )
    yield from both("doses so far (time-dependent)", fit)
    fit = one(days, died, ever.astype(float)[:, None])
    yield "naive: each dose more", MARGINAL, *first(fit)
    fit = one(stop[who, k], ends, doses.astype(float)[:, None], entry=start[who, k])
    yield "doses so far: each dose more", MARGINAL, *first(fit)


def true_marginal(
    rng: np.random.Generator, world: World, ratio: float, n: int
) -> float:
    """Return the marginal log hazard ratio in the treated, from both fates of `n`."""
    if ratio == 1:
        return 0.0
    fates = both_fates(rng, world, ratio, n)
    return one(fates.days, fates.died, fates.treated.astype(float)[:, None]).coef[0]


def summary(
    found: np.ndarray, truths: dict[str, float], target: str
) -> tuple[str, ...]:
    """Sum up replications (r, 2: log hazard ratio and SE) as cells of a table."""
    settled = found[np.isfinite(found).all(axis=1)]
    r = len(settled)
    if r < 2:
        return (*("" for _ in HEAD[3:]), str(len(found) - r))
    log_ratio, error = settled.T
    mean, spread = log_ratio.mean(), log_ratio.std(ddof=1)
    covered = (np.abs(log_ratio - truths[target]) <= Z * error).mean()
    rejected = (np.abs(log_ratio) > Z * error).mean()

    def share(p: float) -> str:
        return f"{100 * p:.1f} ({100 * np.sqrt(p * (1 - p) / r):.1f})"

    return (
        f"{mean:.3f}",
        f"{np.exp(mean):.2f}",
        *(
            f"{mean - truths[name]:+.3f} ({spread / np.sqrt(r):.3f})"
            for name in (MARGINAL, CONDITIONAL)
        ),
        f"{spread:.3f} ({spread / np.sqrt(2 * (r - 1)):.3f})",
        f"{error.mean():.3f}",
        share(covered),
        share(rejected),
        str(len(found) - r),
    )


HEAD = (
    "estimator",
    "target",
    "mean log HR",
    "HR",
    "bias, marginal (MCSE)",
    "bias, conditional (MCSE)",
    "empirical SE (MCSE)",
    "mean model SE",
    "coverage of target, % (MCSE)",
    "rejects HR 1, % (MCSE)",
    "not settled",
)


def table(found: dict[tuple[str, str], list], truths: dict[str, float]) -> str:
    """Return the replications of one world and truth as a markdown table."""
    lines = ["| " + " | ".join(HEAD) + " |"]
    lines.append("| --- | --- |" + " ---: |" * (len(HEAD) - 2))
    for (name, target), values in found.items():
        cells = (name, target, *summary(np.array(values, float), truths, target))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def replicate(replications: int, seed: int, population: int) -> None:
    """Print a table for each world and truth, and one for doses without effect."""
    for number, world in enumerate(WORLDS):
        print(f"## {world.name.capitalize()}\n\n{world.says.capitalize()}.\n")
        for place, ratio in enumerate(TRUTHS):
            rng = np.random.default_rng([seed, number, place])
            marginal = true_marginal(rng, world, ratio, population)
            truths = {MARGINAL: marginal, CONDITIONAL: np.log(ratio)}
            found = defaultdict(list)
            for _ in range(replications):
                for name, target, *values in estimates(draw_sample(rng, world, ratio)):
                    found[name, target].append(values)
            print(
                f"Conditional hazard ratio {ratio}, marginal in the treated "
                f"{np.exp(marginal):.3f}:\n\n{table(found, truths)}\n",
                flush=True,
            )
    rng = np.random.default_rng([seed, len(WORLDS)])
    found = defaultdict(list)
    for _ in range(replications):
        for name, target, *values in dose_estimates(rng):
            found[name, target].append(values)
    nothing = {MARGINAL: 0.0, CONDITIONAL: 0.0}
    print(
        "## Doses without effect\n\nBoosters go to those who live to get them; the "
        f"true hazard ratio of everything is 1.\n\n{table(found, nothing)}\n",
        flush=True,
    )


def main() -> None:
    """Run every world and truth, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--population", type=int, default=100_000)
    parser.add_argument("--whole-path", type=int, default=0)
    parser.add_argument("--subjects", type=int, default=11_675)
    options = parser.parse_args()
    began = time.perf_counter()
    versions = ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in ("numpy", "scipy")
    )
    print(
        f"{datetime.date.today()}, counterarm {__version__}, Python "
        f"{platform.python_version()}, {versions}; {options.replications} replications "
        f"of each world and truth, seed {options.seed}; marginal truths from "
        f"{options.population:,} treated with both fates.\n",
        flush=True,
    )
    if options.replications:
        replicate(options.replications, options.seed, options.population)
    if options.whole_path:
        from truth_whole_path import whole_path

        print(whole_path(TRUTHS, options.whole_path, options.seed, options.subjects))
    print(f"{time.perf_counter() - began:.0f} seconds in all.")


if __name__ == "__main__":
    main()
