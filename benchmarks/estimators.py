"""Doubly robust survival where the truth is known: bias, spread and coverage.

    python benchmarks/estimators.py --replications 500

Controls have a covariate x that is standard normal, the treated 0.5 more; both die with
hazard exp(0.7 x) / 500 a day, the treated at 0.8 of it, and are censored evenly over
1,500 days. The score and the outcome model know x, or do not. The truth at a day is the
mean survival of untreated subjects like the treated.
"""

import argparse

import numpy as np
from scipy.integrate import quad
from scipy.stats import norm

from counterarm.survival import doubly_robust

SHIFT, SLOPE, SCALE, EFFECT = 0.5, 0.7, 500.0, 0.8
N_TREATED, N_CONTROL, DAY = 200, 600, 365.0


def truth(effect: float) -> float:
    """Return survival at the day of subjects like the treated, at a hazard ratio."""

    def share(x: float) -> float:
        hazard = effect * np.exp(SLOPE * x) / SCALE
        return float(np.exp(-DAY * hazard) * norm.pdf(x - SHIFT))

    return quad(share, -8, 9)[0]


def sample(stream: np.random.Generator) -> dict[str, np.ndarray]:
    """Draw one study."""
    treated = np.repeat([1, 0], [N_TREATED, N_CONTROL])
    x = stream.normal(np.where(treated == 1, SHIFT, 0.0))
    hazard = np.exp(SLOPE * x) * np.where(treated == 1, EFFECT, 1.0) / SCALE
    dies, leaves = stream.exponential(1 / hazard), stream.uniform(0, 1500, len(x))
    return {
        "x": x,
        "treated": treated,
        "time": np.ceil(np.minimum(dies, leaves)),
        "event": (dies <= leaves).astype(int),
    }


def score(x: np.ndarray) -> np.ndarray:
    """Return the true probability of being treated."""
    odds = N_TREATED / N_CONTROL * np.exp(SHIFT * x - SHIFT**2 / 2)
    return odds / (1 + odds)


def main() -> None:
    """Print a row for each pair of models, right or wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    of_treated, of_controls = truth(EFFECT), truth(1.0)
    print(f"truth: {of_treated:.4f} treated, {of_controls:.4f} untreated")
    print("score   model   bias     SD      mean SE  covers 95%")
    for knows_score in (True, False):
        for knows_model in (True, False):
            found = []
            for number in range(given.replications):
                rows = sample(np.random.default_rng([given.seed, number]))
                known = score(rows["x"])
                flat = np.full(len(known), N_TREATED / (N_TREATED + N_CONTROL))
                one = doubly_robust(
                    rows["time"],
                    rows["event"],
                    rows["treated"],
                    known if knows_score else flat,
                    rows["x"][:, None] if knows_model else None,
                    DAY,
                )
                found.append((one.difference, one.std_err))
            estimate, error = np.array(found).T
            off = estimate - (of_treated - of_controls)
            covers = np.mean(np.abs(off) <= norm.ppf(0.975) * error)
            words = [
                ("right", "wrong")[not known] for known in (knows_score, knows_model)
            ]
            print(
                f"{words[0]:7} {words[1]:7} {off.mean():+.4f}  {estimate.std():.4f}  "
                f"{error.mean():.4f}   {covers:.1%}"
            )


if __name__ == "__main__":
    main()
