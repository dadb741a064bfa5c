"""A Cox fit in words and columns, as R's `summary(coxph)` prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import chi2

from counterarm.arrays import FloatArray
from counterarm.display import p_values, significant, table

if TYPE_CHECKING:
    from counterarm.survival.cox import CoxFit

# R's default: four digits, three for z and p
DIGITS = 4


def cox_text(fit: CoxFit) -> str:
    """Return counts, coefficients, hazard ratios and the tests of all terms at once.

    Source: R `survival:::print.summary.coxph`; its significance stars, the concordance
    and the robust score test are left out.
    """
    parts = [f"  n= {fit.n}, number of events= {fit.n_events}"]
    if fit.n_clusters is not None and fit.variance == "cluster":
        parts[0] += f", clusters= {fit.n_clusters}"
    parts += ["", table(fit.names, _coefficients(fit))]
    parts += ["", table(fit.names, _ratios(fit)), "", _tests(fit)]
    rules = (
        f"{fit.ties.capitalize()} ties; z, p and limits by the {fit.variance} variance"
    )
    parts.append(f"({rules})")
    if fit.warning:
        parts += ["", f"Warning: {fit.warning}"]
    return "\n".join(parts)


def _coefficients(fit: CoxFit) -> dict[str, list[str]]:
    columns = {"coef": fit.coef, "exp(coef)": fit.hazard_ratio}
    columns["se(coef)"] = fit.naive_se
    if fit.robust_se is not None:
        columns["robust se"] = fit.robust_se
    # one number of decimals for all, which the smallest of them sets
    together = np.concatenate(list(columns.values()))
    kept = together[np.isfinite(together) & (together != 0)]
    least = int(np.floor(np.log10(np.abs(kept)).min())) + 1 if len(kept) else 1
    rounded = np.round(together, max(1, DIGITS - least))
    shown = np.array(significant(rounded, DIGITS)).reshape(len(columns), -1)
    return {
        **{name: list(texts) for name, texts in zip(columns, shown, strict=True)},
        "z": significant(np.round(fit.z, DIGITS - 1), DIGITS),
        "Pr(>|z|)": p_values(fit.p_value, DIGITS - 1),
    }


def _ratios(fit: CoxFit) -> dict[str, list[str]]:
    level = f".{round(100 * fit.conf_level, 2):g}"
    with np.errstate(over="ignore"):
        columns: dict[str, FloatArray] = {
            "exp(coef)": fit.hazard_ratio,
            "exp(-coef)": np.exp(-fit.coef),
            f"lower {level}": fit.ci_low,
            f"upper {level}": fit.ci_high,
        }
    return {name: significant(values, DIGITS) for name, values in columns.items()}


def _tests(fit: CoxFit) -> str:
    """Return likelihood ratio, Wald and score test, chi-squares on as many df."""
    df = len(fit.names)
    null, at_estimate = fit.log_likelihood
    statistics = {
        "Likelihood ratio test": 2 * (at_estimate - null),
        "Wald test            ": wald_statistic(fit),
        "Score (logrank) test ": fit.score_statistic,
    }
    lines = []
    for name, statistic in statistics.items():
        (shown,) = significant([round(statistic, 2)], DIGITS)
        (p,) = p_values([float(chi2.sf(statistic, df))], 1)
        lines.append(f"{name}= {shown}  on {df} df,   p={p}")
    if fit.variance != "naive":
        lines.append(
            "(The likelihood ratio and score tests assume independent rows, the Wald "
            "test does not.)"
        )
    return "\n".join(lines)


def wald_statistic(fit: CoxFit) -> float:
    """Return the chi-square of all coefficients, NaN where one may be infinite."""
    if not fit.is_finite.all() or not np.isfinite(fit.covariance).all():
        return float("nan")
    return float(fit.coef @ np.linalg.solve(fit.covariance, fit.coef))
