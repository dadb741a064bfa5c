"""Does each estimator find the truth? Replications with a known hazard ratio.

    nice python benchmarks/simulated_truth.py [--replications 200] [--seed 1]
        [--population 100000] [--whole-path 1] [--subjects 11675] [--write]

Prints markdown, or writes it to simulated_truth.md. The worlds are those of
`truth_worlds.py`, the estimators the package's own, the follow-up rules those of
`truth_follow_up.py`; `truth_page.py` makes the tables. Hazard ratios do not collapse:
with a conditional hazard ratio of 0.7 for every patient that of the treated as a whole
is nearer to 1. It is computed from a large population of treated patients who live both
lives. `--whole-path N` makes N deliveries for each truth, with so many subjects of
PRO-ACT, and runs dbt on each, as a user would.
"""

import argparse
import datetime
import importlib.metadata
import platform
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from truth_follow_up import deaths_after_visits, remedied
from truth_page import (
    CONDITIONAL,
    MARGINAL,
    Found,
    findings,
    follow_up_section,
    remedies_table,
    table,
    wrapped,
)
from truth_worlds import (
    HARDER_WORLDS,
    WORLDS,
    Sample,
    World,
    both_fates,
    draw_sample,
)

from counterarm import __version__, matching
from counterarm.survival import CoxFit, fit_cox

TRUTHS = (1.0, 0.7, 0.45)
# those under which follow-up rules are tried
RULE_TRUTHS = (1.0, 0.7)
PAGE = Path(__file__).with_suffix(".md")
WHOLE_PATH = "## The whole path"
# weights by the score exist from the version on that matches beyond pairs
score_weights = getattr(matching, "score_weights", None)

Estimate = tuple[str, str, float, float]  # estimator, target, log hazard ratio, SE


def first(fit: CoxFit, *, robust: bool = False) -> tuple[float, float]:
    """Return the first coefficient and its standard error, NaN without convergence."""
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


def replicate(options: argparse.Namespace) -> tuple[str, str]:
    """Run every world, truth and replication; return findings and tables."""
    numbered = [*enumerate(WORLDS), *enumerate(HARDER_WORLDS, start=len(WORLDS) + 1)]
    found: dict[tuple[str, float], Found] = {}
    parts = []
    for number, world in numbered:
        is_harder = world in HARDER_WORLDS
        says = f"{world.says[0].upper()}{world.says[1:]}."
        parts.append(f"## {world.name.capitalize()}\n\n{says}\n")
        for place, ratio in enumerate(RULE_TRUTHS if is_harder else TRUTHS):
            rng = np.random.default_rng([options.seed, number, place])
            marginal = true_marginal(rng, world, ratio, options.population)
            one_found = Found({MARGINAL: marginal, CONDITIONAL: np.log(ratio)})
            for _ in range(options.replications):
                sample = draw_sample(rng, world, ratio)
                for name, target, *values in () if is_harder else estimates(sample):
                    one_found.estimates.setdefault((name, target), []).append(values)
                if sample.records is None or ratio not in RULE_TRUTHS:
                    continue
                one_found.ratios.append(deaths_after_visits(sample.records))
                for name, fit in remedied(sample):
                    values = first(fit, robust=True)
                    one_found.remedies.setdefault(name, []).append(values)
            found[world.name, ratio] = one_found
            parts.append(
                f"Conditional hazard ratio {ratio}, marginal in the treated "
                f"{np.exp(marginal):.3f}:\n"
            )
            if one_found.estimates:
                parts.append(f"{table(one_found.estimates, one_found.truths)}\n")
            if one_found.remedies:
                parts.append(f"Follow-up rules. {remedies_table(one_found)}\n")
            print(f"{world.name}, {ratio}: done", file=sys.stderr, flush=True)
    rng = np.random.default_rng([options.seed, len(WORLDS)])
    doses: dict[tuple[str, str], list] = {}
    for _ in range(options.replications):
        for name, target, *values in dose_estimates(rng):
            doses.setdefault((name, target), []).append(values)
    nothing = {MARGINAL: 0.0, CONDITIONAL: 0.0}
    parts.append(
        "## Doses without effect\n\nBoosters go to those who live to get them; the "
        f"true hazard ratio of everything is 1.\n\n{table(doses, nothing)}\n"
    )
    parts.insert(0, follow_up_section(found))
    return findings(found, doses), "\n".join(parts)


def head(options: argparse.Namespace) -> str:
    """Say what was run, with which versions, and how large it was."""
    versions = ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in ("numpy", "scipy")
    )
    return (
        f"{datetime.date.today()}, counterarm {__version__}, Python "
        f"{platform.python_version()}, {versions}; {options.replications} replications "
        f"of each world and truth, seed {options.seed}; marginal truths from "
        f"{options.population:,} treated with both fates."
    )


def page(options: argparse.Namespace, kept: str) -> str:
    """Return the page: how it was made, findings, tables, the whole path.

    `kept` is the section on the whole path of the page before, which stays unless this
    run makes deliveries.
    """
    began = time.process_time()
    says, tables = replicate(options)
    seconds = time.process_time() - began
    if options.whole_path:
        from truth_whole_path import whole_path

        kept = whole_path(TRUTHS, options.whole_path, options.seed, options.subjects)
    command = (
        f"python benchmarks/simulated_truth.py --replications {options.replications} "
        f"--seed {options.seed} --write"
    )
    parts = [
        "# Simulated truth",
        "What each estimator and each follow-up rule says where the truth is known. "
        "Written by",
        f"    {command}",
        "and, for the last section, with `--whole-path 1`. Synthetic patients, of the "
        "demo's latent model: 179 treated and 793 controls, as many as Nam's analysis "
        "finds eligible in the full-size demo. Each number has its Monte Carlo "
        "standard error (MCSE) in brackets.",
        f"{head(options)} {seconds:.0f} seconds of CPU.",
        "What it says:",
        says,
        tables,
        kept,
    ]
    return wrapped("\n\n".join(part.rstrip() for part in parts if part))


def main() -> None:
    """Run every world and truth, and print or write what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--population", type=int, default=100_000)
    parser.add_argument("--whole-path", type=int, default=0)
    parser.add_argument("--subjects", type=int, default=11_675)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if options.replications < 2:
        parser.error("--replications must be 2 or more")
    before = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    _, heading, section = before.partition(f"{WHOLE_PATH}\n")
    text = page(options, heading + section)
    if options.write:
        PAGE.write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
