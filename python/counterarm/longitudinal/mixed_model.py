"""Random intercept and slope by restricted maximum likelihood, as R's nlme fits it.

statsmodels' MixedLM gives the same numbers in one to several seconds a fit and does not
distinguish a fit on the boundary from one that failed. The model here has one form, y
on time by group, so that every subject enters with the sums of one regression, and a
fit takes milliseconds.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.stats import norm, t

from counterarm.arrays import codes, columns_of, flags, numbers
from counterarm.display import Printed, p_values, significant, table

TERMS = ("intercept", "month", "group", "month_x_group")
# Below this share of the residual deviation a random effect counts as none.
BOUNDARY = 1e-3
# Slope of -2 log likelihood, by relative deviation, that is still flat.
FLAT = 1e-3
# Share of all squares that is no residual any more, and what such a fit costs.
NOTHING = 1e-10
HUGE = 1e12


@dataclass(frozen=True, eq=False, repr=False)
class MixedModel(Printed):
    """Fixed effects in the order of `TERMS`, standard deviations of the random ones.

    `df` are nlme's denominators: those of the subjects for `group`, those of the
    assessments for the others. `note` is empty, or says that the fit lies on the
    boundary or did not converge.
    """

    estimate: np.ndarray
    se: np.ndarray
    z: np.ndarray
    p_normal: np.ndarray
    df: np.ndarray
    p_t: np.ndarray
    sd_intercept: float
    sd_slope: float
    correlation: float
    sd_residual: float
    log_likelihood: float
    n_subjects: int
    n_rows: int
    note: str

    def to_frame(self) -> pd.DataFrame:
        """Return one row per term of the fixed effects."""
        return pd.DataFrame(
            {
                "term": TERMS,
                "estimate": self.estimate,
                "se": self.se,
                "df": self.df,
                "z": self.z,
                "p_normal": self.p_normal,
                "p_t": self.p_t,
            }
        )

    def __str__(self) -> str:
        """Return the fixed effects as R's `summary(lme)$tTable`, and the deviations."""
        fixed = table(
            TERMS,
            {
                "Value": significant(self.estimate, 4),
                "Std.Error": significant(self.se, 4),
                "DF": [f"{df:.0f}" for df in self.df],
                "t-value": significant(self.z, 4),
                "p-value": p_values(self.p_t, 3),
            },
        )
        deviations = significant(
            [self.sd_intercept, self.sd_slope, self.sd_residual, self.correlation], 4
        )
        lines = [
            f"Linear mixed model by REML: {self.n_rows} assessments of "
            f"{self.n_subjects} subjects, log-likelihood {self.log_likelihood:.7g}",
            "",
            fixed,
            "",
            "Standard deviations: intercept {}, slope {}, residual {}; correlation "
            "{}".format(*deviations),
        ]
        return "\n".join([*lines, *([self.note] if self.note else [])])


@dataclass(frozen=True)
class _Sums:
    """What each subject's regression of y on (1, time) is made of."""

    n: np.ndarray
    t: np.ndarray
    tt: np.ndarray
    y: np.ndarray
    ty: np.ndarray
    yy: float
    in_group: np.ndarray

    @property
    def n_rows(self) -> int:
        return int(self.n.sum())


def fit_mixed_model(
    y: ArrayLike,
    month: ArrayLike,
    subject: ArrayLike,
    is_in_group: ArrayLike,
    *,
    data: pd.DataFrame | None = None,
) -> MixedModel:
    """Fit y on month, group and their product, with a random line for each subject.

    Arguments are equally long, one entry per assessment, or names of columns of `data`:
    y in points, month from the subject's baseline, the subject (labels of any kind that
    sorts), and 0 or 1, whether it is in the group that is compared. Random intercept
    and slope have an unstructured covariance; estimation is REML (Pinheiro and Bates
    2000, section 2.2).

    Raises ValueError for missing values, unequal lengths and a group that varies within
    a subject, naming the argument, and where the model is not identified: a group with
    fewer than two subjects, no more assessments than random effects, times that do not
    vary in a group, or no residual variance. Source: R `nlme::lme`.
    """
    y, month, subject, is_in_group = columns_of(
        data, y=y, month=month, subject=subject, is_in_group=is_in_group
    )
    y = numbers(y, "y")
    month = numbers(month, "month", len(y))
    names, code = codes(subject, "subject", len(y))
    is_member = flags(is_in_group, "is_in_group", len(y))
    in_group = np.zeros(len(names))
    in_group[code] = is_member
    varies = np.flatnonzero(in_group[code] != is_member)
    if len(varies):
        raise ValueError(f"is_in_group: varies within subject {names[code[varies[0]]]}")
    if min(in_group.sum(), len(names) - in_group.sum()) < 2:
        raise ValueError("needs two subjects in each group")
    if len(y) <= 2 * len(names):
        raise ValueError("needs more than two assessments per subject on average")
    for side in (True, False):
        if np.ptp(month[(in_group[code] > 0) == side]) == 0:
            raise ValueError("needs times that vary in each group")
    # Times of size one and values around zero keep the search well scaled.
    scale, centre = np.sqrt(np.mean(month**2)), y.mean()
    sums = _sums(y - centre, month / scale, code, in_group)
    theta, is_flat = _search(sums)
    return _unscaled(sums, theta, scale, centre, is_flat)


def _sums(
    y: np.ndarray, time: np.ndarray, code: np.ndarray, in_group: np.ndarray
) -> _Sums:
    def total(values: np.ndarray) -> np.ndarray:
        return np.bincount(code, values, minlength=len(in_group))

    return _Sums(
        n=total(np.ones_like(y)),
        t=total(time),
        tt=total(time * time),
        y=total(y),
        ty=total(time * y),
        yy=float((y * y).sum()),
        in_group=in_group,
    )


@dataclass(frozen=True)
class _Fit:
    """The fixed effects for one covariance of the random ones, and how likely it is."""

    deviance: float
    slopes: np.ndarray
    beta: np.ndarray
    covariance: np.ndarray
    sigma2: float


def _profile(sums: _Sums, theta: np.ndarray) -> _Fit:
    """Return -2 restricted log likelihood, its slopes by theta and the fixed effects.

    theta is the lower triangle of the Cholesky factor L of the random effects'
    covariance relative to sigma^2, D = LL'. With S = Z'Z of a subject, M = Z'V^-1Z =
    (I + SD)^-1 S and |V| = |I + SD| (Woodbury): 2 x 2 matrices, written out.
    """
    a, b, c = theta
    d11, d12, d22 = a * a, a * b, b * b + c * c
    # I + SD
    i11, i12 = 1 + sums.n * d11 + sums.t * d12, sums.n * d12 + sums.t * d22
    i21, i22 = sums.t * d11 + sums.tt * d12, 1 + sums.t * d12 + sums.tt * d22
    det = i11 * i22 - i12 * i21
    off = (i22 * sums.t - i12 * sums.tt) / det
    M = np.array(
        [
            [(i22 * sums.n - i12 * sums.t) / det, off],
            [off, (i11 * sums.tt - i21 * sums.t) / det],
        ]
    )
    zvy = np.array([i22 * sums.y - i12 * sums.ty, i11 * sums.ty - i21 * sums.y]) / det
    own = M @ sums.in_group
    xvx = np.empty((4, 4))
    xvx[:2, :2] = M.sum(axis=2)
    xvx[:2, 2:] = xvx[2:, :2] = xvx[2:, 2:] = own
    xvy = np.concatenate([zvy.sum(axis=1), zvy @ sums.in_group])
    yvy = (
        sums.yy
        - (
            sums.y * (d11 * zvy[0] + d12 * zvy[1])
            + sums.ty * (d12 * zvy[0] + d22 * zvy[1])
        ).sum()
    )
    inverse = np.linalg.inv(xvx)
    beta = inverse @ xvy
    df = sums.n_rows - len(beta)
    sigma2 = float((yvy - beta @ xvy) / df)
    if not sigma2 > NOTHING * sums.yy / sums.n_rows:
        return _Fit(HUGE, np.zeros(3), beta, inverse, sigma2)
    deviance = float(
        df * (1 + np.log(2 * np.pi * sigma2))
        + np.log(det).sum()
        + np.linalg.slogdet(xvx)[1]
    )
    # By D: log|V| gives M, the squares -rr' / sigma^2 with r = Z'V^-1(y - Xb), and
    # log|X'V^-1X| gives -M K M with K the covariance of a subject's line.
    by_d = M.sum(axis=2)
    for side, line, spread in (
        (sums.in_group == 0, beta[:2], inverse[:2, :2]),
        (
            sums.in_group == 1,
            beta[:2] + beta[2:],
            inverse[:2, :2] + inverse[:2, 2:] + inverse[2:, :2] + inverse[2:, 2:],
        ),
    ):
        mine = M[:, :, side]
        left = zvy[:, side] - np.einsum("abi,b->ai", mine, line)
        by_d = by_d - left @ left.T / sigma2
        by_d -= np.einsum("abi,bc,cdi->ad", mine, spread, mine, optimize=True)
    by_l = 2 * by_d @ np.array([[a, 0.0], [b, c]])
    slopes = np.array([by_l[0, 0], by_l[1, 0], by_l[1, 1]])
    return _Fit(deviance, slopes, beta, inverse, sigma2)


def _search(sums: _Sums) -> tuple[np.ndarray, bool]:
    """Return the best theta, and whether the likelihood is flat there."""

    def both(theta: np.ndarray) -> tuple[float, np.ndarray]:
        fit = _profile(sums, theta)
        return fit.deviance, fit.slopes

    start = np.array([4.0, 0.0, 2.0])
    found = minimize(both, start, jac=True, method="BFGS", options={"gtol": 1e-5}).x
    if np.abs(_profile(sums, found).slopes).max() > FLAT:
        # A simplex needs no slopes, and gets over edges where such a search stops.
        found = minimize(
            lambda theta: _profile(sums, theta).deviance,
            found,
            method="Nelder-Mead",
            options={"xatol": 1e-8, "fatol": 1e-10, "maxfev": 4000},
        ).x
    end = _profile(sums, found)
    if not end.sigma2 > 10 * NOTHING * sums.yy / sums.n_rows:
        raise ValueError("the lines of the subjects leave nothing to the residual")
    return found, bool(np.abs(end.slopes).max() <= FLAT)


def _unscaled(
    sums: _Sums, theta: np.ndarray, scale: float, centre: float, is_flat: bool
) -> MixedModel:
    fit = _profile(sums, theta)
    lower = np.array([[theta[0], 0.0], [theta[1], theta[2]]])
    relative = lower @ lower.T
    deviations = np.sqrt(np.diag(relative))
    is_none = deviations < BOUNDARY
    correlation = np.nan if is_none.any() else relative[0, 1] / np.prod(deviations)
    units = np.array([1.0, 1.0 / scale, 1.0, 1.0 / scale])
    estimate = fit.beta * units
    estimate[0] += centre
    se = np.sqrt(fit.sigma2 * np.diag(fit.covariance)) * units
    n_subjects = len(sums.in_group)
    within = sums.n_rows - n_subjects - 2
    df = np.array([within, within, n_subjects - 2, within])
    z = estimate / se
    sigma = float(np.sqrt(fit.sigma2))
    return MixedModel(
        estimate=estimate,
        se=se,
        z=z,
        p_normal=2 * norm.sf(np.abs(z)),
        df=df,
        p_t=2 * t.sf(np.abs(z), df),
        sd_intercept=float(deviations[0]) * sigma,
        sd_slope=float(deviations[1]) * sigma / scale,
        correlation=float(correlation),
        sd_residual=sigma,
        # The criterion is of the time scale: log|X'V^-1X| has two columns of time.
        log_likelihood=float(-fit.deviance / 2 - 2 * np.log(scale)),
        n_subjects=n_subjects,
        n_rows=sums.n_rows,
        note=_note(is_none, correlation, is_flat),
    )


def _note(is_none: np.ndarray, correlation: float, is_flat: bool) -> str:
    if is_none.any():
        which = " and ".join(
            name
            for name, none in zip(("intercept", "slope"), is_none, strict=True)
            if none
        )
        return f"on the boundary: no variance of the random {which}"
    if abs(correlation) > 1 - 1e-5:
        return "on the boundary: the random effects are perfectly correlated"
    return "" if is_flat else "did not converge"
