"""Mixed model for repeated measures: unstructured covariance, Satterthwaite."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t as student

from counterarm.arrays import FloatArray, check_level, codes, flags, numbers
from counterarm.trust._reml import UnstructuredModel

FEWEST_PER_ARM = 2


@dataclass(frozen=True)
class Mmrm:
    """A fitted model: `rows` has the treated less the controls at each visit.

    Columns of `rows`: visit, n_treated, n_control, coef, se, df, ci_low, ci_high,
    p_value. `names`, `coef` and `se` are all terms, `covariance` that of the visits in
    `rows`, `reml` the restricted log likelihood. Where the model did not converge,
    all estimates are NaN and `note` gives the reason; it also names visits left out.
    """

    rows: pd.DataFrame
    names: tuple[str, ...]
    coef: FloatArray
    se: FloatArray
    covariance: FloatArray
    reml: float
    converged: bool
    note: str


def fit_mmrm(
    subject: ArrayLike,
    visit: ArrayLike,
    treated: ArrayLike,
    value: ArrayLike,
    baseline: ArrayLike | None = None,
    *,
    conf_level: float = 0.95,
) -> Mmrm:
    """Fit value ~ visit x treated + visit x baseline by REML.

    One element per measurement; visits in sorted order. `value` is the change from
    baseline, `baseline` (optional) that of the subject. The covariance of a subject's
    visits is any positive definite one, by its Cholesky factor. df of an effect g'b of
    variance v: 2 v^2 / (d' A d), d the gradient of v in the covariance parameters, A
    their covariance by the observed information (Satterthwaite).

    A visit with fewer than 2 subjects of an arm is left out, with a note; so is what
    did not converge. ValueError for missing values, a subject measured twice at one
    visit, an arm that changes or is not 0 or 1, no visit left, and conf_level outside
    (0, 1).

    To be shown beside the joint rank, never alone: the dead are not missing at random.
    Source: Mallinckrodt 2008; R nlme `gls(corSymm, varIdent, method = "REML")`.
    """
    check_level(conf_level)
    y = numbers(value, "value")
    arm = flags(treated, "treated", len(y)).astype(float)
    who = codes(subject, "subject", len(y))[1]
    visits, when = codes(visit, "visit", len(y))
    start = None if baseline is None else numbers(baseline, "baseline", len(y))
    _refuse_doubles(who, when, arm)
    counts = [np.bincount(when[arm == a], minlength=len(visits)) for a in (1, 0)]
    used = np.minimum(*counts) >= FEWEST_PER_ARM
    if not used.any():
        raise ValueError(f"visit: none has {FEWEST_PER_ARM} subjects of each arm")
    notes = [
        f"visit {name} left out: fewer than {FEWEST_PER_ARM} subjects of an arm"
        for name in visits[~used]
    ]
    keep = used[when]
    names = [str(name) for name in visits[used]]
    place = (np.cumsum(used) - 1)[when[keep]]
    kept = None if start is None else start[keep]
    design = _design(place, len(names), arm[keep], kept)
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise ValueError("baseline: does not vary at a visit beyond the arms")
    terms = [f"visit {name}" for name in names]
    terms += [f"treated at visit {name}" for name in names]
    terms += [f"baseline at visit {name}" for name in names if start is not None]
    y = y[keep]
    left = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
    scale = float(left.std()) or 1.0  # in units of their SD, steps have a known size
    model = UnstructuredModel(who[keep], place, design, y / scale, len(names))
    theta, converged = model.maximise()
    fit = model.at(theta)
    information = model.information(theta) if converged else None
    if information is None:
        notes.append("REML did not converge")
    rows = []
    for j, name in enumerate(names):
        n = [int(count[used][j]) for count in counts]
        found = (math.nan,) * 6
        if information is not None:
            contrast = np.zeros(design.shape[1])
            contrast[len(names) + j] = 1
            variance = float(contrast @ fit.cov @ contrast)
            slope = model.gradient_of_variance(theta, contrast)
            spread = float(slope @ np.linalg.solve(information, slope))
            found = _effect(
                scale * float(contrast @ fit.coef),
                scale * math.sqrt(variance),
                2 * variance**2 / spread,
                conf_level,
            )
        rows.append((name, *n, *found))
    if not converged:
        scale = math.nan  # no estimates
    columns = ["visit", "n_treated", "n_control", "coef", "se", "df"]
    return Mmrm(
        rows=pd.DataFrame(rows, columns=[*columns, "ci_low", "ci_high", "p_value"]),
        names=tuple(terms),
        coef=scale * fit.coef,
        se=scale * np.sqrt(np.diag(fit.cov)),
        covariance=scale**2 * fit.sigma,
        reml=-fit.minus_reml - (len(y) - design.shape[1]) * math.log(scale),
        converged=converged,
        note="; ".join(notes),
    )


def _effect(
    coef: float, se: float, df: float, conf_level: float
) -> tuple[float, float, float, float, float, float]:
    half = float(student.ppf(0.5 + conf_level / 2, df)) * se
    p_value = float(2 * student.sf(abs(coef) / se, df))
    return coef, se, df, coef - half, coef + half, p_value


def _design(
    place: NDArray, n_visits: int, arm: FloatArray, baseline: FloatArray | None
) -> FloatArray:
    visit = (place[:, None] == np.arange(n_visits)).astype(float)
    parts = [visit, visit * arm[:, None]]
    if baseline is not None:
        # centred, for the sake of digits; effects of treatment do not change
        parts.append(visit * (baseline - baseline.mean())[:, None])
    return np.column_stack(parts)


def _refuse_doubles(who: NDArray, when: NDArray, arm: FloatArray) -> None:
    rows = pd.DataFrame({"who": who, "when": when, "arm": arm})
    if rows.duplicated(["who", "when"]).any():
        raise ValueError("visit: a subject is measured twice at one visit")
    arms = rows.groupby("who")["arm"]
    if (arms.max() != arms.min()).any():
        raise ValueError("treated: a subject is in both arms")
