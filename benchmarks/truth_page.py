"""Tables and findings of `simulated_truth.py`, as markdown."""

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from scipy.stats import norm
from truth_follow_up import AS_RECORDED, ORACLE, REMEDIES, WINDOW, WINDOW_91

Z = norm.ppf(0.975)
MARGINAL, CONDITIONAL = "marginal", "conditional"
# a remedy fails where it is further than this from the oracle, a tenth of the ratio
FAR = 0.1
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
    "not converged",
)


@dataclass
class Found:
    """The replications of one world and truth.

    `truths` holds the true log hazard ratios, `estimates` and `remedies` the log hazard
    ratio and standard error of each replication by estimator and target, and by
    remedy; `ratios` the O/E of deaths after the last visit.
    """

    truths: dict[str, float]
    estimates: dict[tuple[str, str], list] = field(default_factory=dict)
    remedies: dict[str, list] = field(default_factory=dict)
    ratios: list[float] = field(default_factory=list)

    def hazard_ratio(self, name: str) -> float:
        """Return the geometric mean hazard ratio of an estimator or remedy."""
        return float(np.exp(converged(self._values(name))[:, 0].mean()))

    def rejects(self, name: str) -> float:
        """Return the percentage of replications in which it rejects a ratio of 1."""
        log_ratio, error = converged(self._values(name)).T
        return 100 * float((np.abs(log_ratio) > Z * error).mean())

    def from_oracle(self, name: str) -> tuple[float, float]:
        """Return the mean difference from the oracle, paired, and its error."""
        one, oracle = (
            np.array(self.remedies[which], float)[:, 0] for which in (name, ORACLE)
        )
        difference = (one - oracle)[np.isfinite(one) & np.isfinite(oracle)]
        spread = difference.std(ddof=1) / np.sqrt(len(difference))
        return float(difference.mean()), float(spread)

    def _values(self, name: str) -> list:
        if name in self.remedies:
            return self.remedies[name]
        (values,) = (v for (one, _), v in self.estimates.items() if one == name)
        return values


def converged(values: list) -> np.ndarray:
    """Return the replications (r, 2) in which the model converged."""
    found = np.array(values, float)
    return found[np.isfinite(found).all(axis=1)]


def share(p: float, r: int) -> str:
    """Write a share of r replications in percent, with its Monte Carlo error."""
    return f"{100 * p:.1f} ({100 * np.sqrt(p * (1 - p) / r):.1f})"


def summary(
    found: np.ndarray, truths: dict[str, float], target: str
) -> tuple[str, ...]:
    """Sum up replications (r, 2: log hazard ratio and SE) as cells of a table."""
    kept = converged(found)
    r = len(kept)
    if r < 2:
        return (*("" for _ in HEAD[3:]), str(len(found) - r))
    log_ratio, error = kept.T
    mean, spread = log_ratio.mean(), log_ratio.std(ddof=1)
    covered = (np.abs(log_ratio - truths[target]) <= Z * error).mean()
    rejected = (np.abs(log_ratio) > Z * error).mean()
    return (
        f"{mean:.3f}",
        f"{np.exp(mean):.2f}",
        *(
            f"{mean - truths[name]:+.3f} ({spread / np.sqrt(r):.3f})"
            for name in (MARGINAL, CONDITIONAL)
        ),
        f"{spread:.3f} ({spread / np.sqrt(2 * (r - 1)):.3f})",
        f"{error.mean():.3f}",
        share(covered, r),
        share(rejected, r),
        str(len(found) - r),
    )


def table(found: dict[tuple[str, str], list], truths: dict[str, float]) -> str:
    """Return the replications of one world and truth as a markdown table."""
    cells = [
        (name, target, *summary(np.array(values, float), truths, target))
        for (name, target), values in found.items()
    ]
    return markdown(HEAD, cells, left=2)


def remedies_table(found: Found) -> str:
    """Return the follow-up rules of one world and truth as a markdown table."""
    named = {(name, MARGINAL): values for name, values in found.remedies.items()}
    ratio = f"O/E({WINDOW} d) of the controls' deaths: {np.mean(found.ratios):.2f}"
    return f"{ratio} on average.\n\n{table(named, found.truths)}"


def compared(worlds: dict[str, Found]) -> str:
    """Return a table of all remedies by world, of one truth.

    A cell holds the hazard ratio, the share that rejects 1 and the difference from the
    oracle on the log scale, each of the last two with its Monte Carlo error.
    """
    cells = []
    for remedy in REMEDIES:
        row = [remedy.name]
        for found in worlds.values():
            kept = converged(found.remedies[remedy.name])
            rejects = share(found.rejects(remedy.name) / 100, len(kept))
            far, error = found.from_oracle(remedy.name)
            cell = f"{found.hazard_ratio(remedy.name):.2f}; {rejects}"
            if remedy.name != ORACLE:
                cell += f"; {far:+.2f} ({error:.2f})"
            row.append(f"**{cell}**" if abs(far) > FAR else cell)
        cells.append(row)
    ratios = [f"{np.mean(found.ratios):.2f}" for found in worlds.values()]
    cells.append([f"O/E({WINDOW} d)", *ratios])
    return markdown(("follow-up of the controls", *worlds), cells)


def failures(worlds: dict[str, Found]) -> list[str]:
    """Say of each remedy in which worlds it is far from the oracle, and which way."""
    lines = []
    for remedy in REMEDIES:
        if remedy.name == ORACLE:
            continue
        far = {name: f.from_oracle(remedy.name)[0] for name, f in worlds.items()}
        parts = [
            f"{way} the treatment in {listed(names)}"
            for way, names in (
                ("in favor of", [name for name, by in far.items() if by < -FAR]),
                ("against", [name for name, by in far.items() if by > FAR]),
            )
            if names
        ]
        says = f"errs {' and '.join(parts)}" if parts else "within a tenth everywhere"
        lines.append(f"- {remedy.name}: {says}.")
    return lines


def listed(names: Iterable[str]) -> str:
    """Join names as in a sentence."""
    *rest, last = (f"*{name}*" for name in names)
    return f"{', '.join(rest)} and {last}" if rest else last


def markdown(
    head: Iterable[str], rows: Iterable[Iterable[str]], *, left: int = 1
) -> str:
    """Write a table; the first `left` columns are text, the others numbers."""
    names = list(head)
    lines = ["| " + " | ".join(names) + " |"]
    lines.append("|" + " --- |" * left + " ---: |" * (len(names) - left))
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)


def follow_up_section(found: dict[tuple[str, float], Found]) -> str:
    """Return the section on the follow-up rules: the worlds side by side."""
    parts = [
        "## Follow-up rules, side by side",
        "Each cell: hazard ratio; rejects a ratio of 1, %; difference from the oracle, "
        "which knows every death until its trial stopped recording, log scale, from "
        "the same replications. In brackets the Monte Carlo error. Bold: more than "
        f"{FAR} from the oracle.",
    ]
    ratios = sorted({r for (_, r), f in found.items() if f.remedies}, reverse=True)
    for ratio in ratios:
        worlds = {w: f for (w, r), f in found.items() if r == ratio and f.remedies}
        parts.append(f"Conditional hazard ratio {ratio}:")
        parts.append(compared(worlds))
        parts.append(f"Which rule fails where, with a true ratio of {ratio}:")
        parts.append("\n".join(failures(worlds)))
    return "\n\n".join(parts) + "\n"


def findings(found: dict[tuple[str, float], Found], doses: dict) -> str:
    """Return the findings of the tables, with their numbers, as a list."""
    pairs = "pairs, clustered by pair"
    ideal, unmeasured = found["ideal", 0.45], found["unmeasured", 1.0]
    known, demo = found["known status", 1.0], found["as the demo", 1.0]
    fading, stopped = (
        found[name, 1.0] for name in ("declining ascertainment", "visits end early")
    )

    def dose(name: str) -> float:
        ((_, values),) = ((k, v) for k, v in doses.items() if k[0] == name)
        return float(np.exp(converged(values)[:, 0].mean()))

    weights = ideal.hazard_ratio("ATT weights, robust")
    off = np.log(unmeasured.hazard_ratio(pairs))
    window_182 = "window 182 d, recording"
    return "\n".join(
        [
            "- **Ideal**: pairs find the marginal hazard ratio in the treated, models "
            "that adjust for every confounder the conditional one. A conditional ratio "
            f"of 0.45 is a marginal one of {np.exp(ideal.truths[MARGINAL]):.2f}: an "
            "adjusted and an unadjusted estimate differ without any bias. ATT weights "
            f"give {weights:.2f}, as the logistic score is not quite the true one.",
            "- **Unmeasured**: no estimator corrects for a confounder that was not "
            f"measured. Pairs are off by {off:+.2f} on the log scale.",
            "- **Known status**: where deaths of the controls are ascertained longer "
            "than survival, a drug without effect has a hazard ratio of "
            f"{known.hazard_ratio(AS_RECORDED):.2f} in the pairs, and "
            f"{known.rejects(AS_RECORDED):.0f} of 100 studies reject a ratio of 1. "
            "Adjustment, weights and calipers do not help; strata of pairs help in "
            "part, as a pair ends with its first censoring.",
            "- **A follow-up rule helps**: all subjects are followed 91 days past the "
            "last visit, in trials that record deaths. The ratio is then "
            f"{known.hazard_ratio(WINDOW_91):.2f}, and "
            f"{known.rejects(WINDOW_91):.1f} of 100 reject. Restriction to "
            "controls with a row of vital status makes it worse: "
            f"{known.hazard_ratio(REMEDIES[1].name):.2f}.",
            "- **As the demo**: the follow-up of *known status*, and the speed of "
            "decline is not measured. As recorded a ratio of 1 becomes "
            f"{demo.hazard_ratio(AS_RECORDED):.2f}, with window 91 "
            f"{demo.hazard_ratio(WINDOW_91):.2f} ({demo.rejects(WINDOW_91):.1f} of 100 "
            "reject): the remaining bias comes from the unmeasured slope and is also "
            f"the oracle's ({demo.hazard_ratio(ORACLE):.2f}).",
            "- **Declining ascertainment**: where fewer deaths are ascertained the "
            f"later they come, window 91 gives {fading.hazard_ratio(WINDOW_91):.2f}, "
            f"window 182 {fading.hazard_ratio(window_182):.2f}. The O/E ratio, "
            f"{np.mean(fading.ratios):.2f} on average, reveals it.",
            "- **Visits end early**: where patients stop attending before they die, "
            "window 91 counts the dying as survivors: "
            f"{stopped.hazard_ratio(WINDOW_91):.2f}, and "
            f"{stopped.rejects(WINDOW_91):.0f} of 100 reject, against the treatment. "
            f"Window 182 gives {stopped.hazard_ratio(window_182):.2f}. O/E is "
            f"{np.mean(stopped.ratios):.2f}.",
            "- No single rule is right in every world; the report shows several side "
            "by side, with O/E.",
            "- **Doses without effect**: groups by all doses ever given find "
            f"{dose('naive: multiple against control'):.2f} for multiple doses against "
            f"controls and {dose('naive: single cycle against control'):.2f} for a "
            "single cycle, both by immortal time alone. Landmarks and the doses so far "
            "find 1. Delayed entry of the final groups corrects `multiple`, not "
            "`single_cycle`: who is never boosted is known only later, and dying early "
            "is one reason.",
        ]
    )


def wrapped(text: str) -> str:
    """Wrap the paragraphs and items of markdown, and leave tables and code alone."""
    lines = []
    for line in text.splitlines():
        if line.startswith(("|", "#", "    ")):
            lines.append(line)
            continue
        indent = "  " if line.startswith(("- ", "  ")) else ""
        filled = textwrap.wrap(
            line, 92, subsequent_indent=indent, break_on_hyphens=False
        )
        lines += filled or [""]
    return "\n".join(lines) + "\n"
