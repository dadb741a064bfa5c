"""Simulation of the designs of published external-control studies, with known truth.

    nice python benchmarks/designs.py [--replications 200] [--seed 1] [--write]

Each design of `design_studies.py` is simulated many times in each scenario of
`design_worlds.py`, without and with a treatment effect. Prints a page, or writes it to
designs.md. The verdict uses the rule of the package on two challenges only, the
follow-up of the controls and time zero: all challenges for every study would take days.
"""

import argparse
import datetime
import time
from collections import Counter
from pathlib import Path

import numpy as np
from design_studies import AS_DESIGNED, DESIGNS, FOLLOW_UP, TIME_ZERO, Design, Estimate
from design_worlds import DESIGN_WORLDS, DesignWorld
from truth_page import Z, markdown, share, wrapped

from counterarm.trust.verdict import Challenge, give_verdict, outcome_of_intervals

PAGE = Path(__file__).with_suffix(".md")
TRUTHS = (1.0, 0.6)
GOOD = "not overturned by what could be checked"
NOT_RUN = "not run: no controls of PRO-ACT"


def interval(one: Estimate) -> tuple[float, float]:
    """Return the 95% limits of the hazard ratio."""
    low, high = one.log_ratio - Z * one.error, one.log_ratio + Z * one.error
    return float(np.exp(low)), float(np.exp(high))


def verdict(study: list[Estimate]) -> str:
    """Return the verdict on one study from its remedies."""
    (designed,) = (each for each in study if each.analysis == AS_DESIGNED)
    low, high = interval(designed)
    challenges = [
        Challenge(
            name,
            outcome_of_intervals(
                interval(each) for each in study if each.challenge == name
            ),
        )
        for name in (FOLLOW_UP, TIME_ZERO)
    ]
    if all(each.outcome == "not assessed" for each in challenges):
        # follow-up is complete and time zero as in a trial: no remedy applies
        challenges = [Challenge(FOLLOW_UP, "not seen")]
    return give_verdict(
        challenges,
        has_valid_rule=True,
        converged=bool(np.isfinite(designed.error)),
        recorded_interval_holds_1=low <= 1 <= high,
    ).verdict


def replicate(
    design: Design, world: DesignWorld, ratio: float, replications: int, seed: int
) -> list[list[Estimate]]:
    """Simulate the studies; each replication has a separate random stream."""
    place = DESIGNS.index(design), DESIGN_WORLDS.index(world), TRUTHS.index(ratio)
    streams = np.random.SeedSequence(seed, spawn_key=place).spawn(replications)
    return [
        list(design.study(np.random.default_rng(stream), world, ratio))
        for stream in streams
    ]


def row(analysis: str, studies: list[list[Estimate]], ratio: float) -> list[str]:
    """Summarize one analysis: mean hazard ratio, share that rejects 1, coverage."""
    found = [each for study in studies for each in study if each.analysis == analysis]
    kept = [each for each in found if np.isfinite(each.error)]
    log_ratio = np.array([each.log_ratio for each in kept])
    limits = np.array([interval(each) for each in kept])
    rejects = np.mean((limits[:, 0] > 1) | (limits[:, 1] < 1))
    covers = np.mean((limits[:, 0] <= ratio) & (ratio <= limits[:, 1]))
    return [
        f"{np.exp(log_ratio.mean()):.2f}",
        share(rejects, len(kept)),
        share(covers, len(kept)),
        str(len(found) - len(kept)),
    ]


HEAD = (
    "design",
    "analysis",
    "remedy of",
    "mean HR",
    "rejects HR 1, % (MCSE)",
    "covers the true HR, % (MCSE)",
    "not computed",
    "not overturned, %",
    "fragile, %",
    "not supported, %",
)


def section(world: DesignWorld, ratio: float, replications: int, seed: int) -> str:
    """Return the table of one scenario and truth."""
    rows = []
    for design in DESIGNS:
        if not world.is_complete and not design.is_of_proact:
            rows.append([design.preset, NOT_RUN, *[""] * (len(HEAD) - 2)])
            continue
        studies = replicate(design, world, ratio, replications, seed)
        words = Counter(verdict(study) for study in studies)
        for each in studies[0]:
            cells = [design.preset, each.analysis, each.challenge]
            cells += row(each.analysis, studies, ratio)
            is_first = each.analysis == AS_DESIGNED
            cells += [
                f"{100 * words[word] / replications:.1f}" if is_first else ""
                for word in (GOOD, "fragile", "not supported")
            ]
            rows.append(cells)
    return markdown(HEAD, rows, left=3)


def page(replications: int, seed: int) -> str:
    """Return the page: scenarios, designs, and a table for each scenario and truth."""
    began = time.process_time()
    tables = {
        (world.name, ratio): section(world, ratio, replications, seed)
        for ratio in TRUTHS
        for world in DESIGN_WORLDS
    }
    seconds = time.process_time() - began
    parts = [
        "# Designs of external-control studies, simulated with known truth",
        "Written by",
        f"    python benchmarks/designs.py --replications {replications} --seed {seed} "
        "--write",
        f"{datetime.date.today()}; {replications} synthetic studies of each design, "
        f"scenario and truth; {seconds:.0f} seconds of CPU. Mean HR is the geometric "
        "mean; MCSE is the Monte Carlo standard error. Nothing here is a statement "
        "about a product: patients are synthetic, and both arms are drawn from one "
        "population.",
        "Verdicts use the follow-up and time-zero challenges only. Where neither "
        "applies, they only show whether the interval as designed includes 1.",
        "The true ratio is conditional on covariates; as hazard ratios are not "
        "collapsible, a marginal hazard ratio is somewhat closer to 1.",
        "Scenarios:",
        "\n".join(f"- **{world.name}**: {world.says}." for world in DESIGN_WORLDS),
        "Designs:",
        "\n".join(f"- **{design.preset}**: {design.says}." for design in DESIGNS),
    ]
    for (world, ratio), text in tables.items():
        parts += [f"## True hazard ratio {ratio}, {world}", text]
    return wrapped("\n\n".join(parts))


def main() -> None:
    """Print the page, or write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if options.replications < 2:
        parser.error("--replications must be 2 or more")
    text = page(options.replications, options.seed)
    if options.write:
        PAGE.write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
