"""Survival statistics with R's definitions.

Arguments are arrays, one element per row, or names of columns of a DataFrame given as
`data`; results print what R prints, and have `to_frame()` and, where it makes sense,
`plot()`.
"""

from counterarm.survival.cox import CoxFit, fit_cox
from counterarm.survival.differences import Difference, difference, ratio
from counterarm.survival.doubly_robust import DoublyRobust, doubly_robust
from counterarm.survival.extrapolation import (
    DISTRIBUTIONS,
    MeanTime,
    ParametricFit,
    fit_distribution,
)
from counterarm.survival.kaplan_meier import (
    Median,
    SurvivalCurve,
    SurvivalCurves,
    confidence_band,
    kaplan_meier,
    kaplan_meier_curves,
    median,
    with_conf_type,
)
from counterarm.survival.power import (
    freedman_group_size,
    freedman_power,
    proportional_hazard_ratio,
    simulated_power,
)
from counterarm.survival.proportional_hazards import (
    ProportionalHazardsTest,
    ProportionalHazardsTests,
    zph,
)
from counterarm.survival.rmst import (
    CommonTau,
    Influence,
    Rmst,
    common_tau,
    rmst,
    rmst_influence,
    survival_influence,
)
from counterarm.survival.scores import (
    cox_f,
    cox_mantel,
    gehan,
    log_rank_permutation,
    peto_peto,
)
from counterarm.survival.two_sample import TestResult, log_rank

__all__ = [
    "DISTRIBUTIONS",
    "CommonTau",
    "CoxFit",
    "Difference",
    "DoublyRobust",
    "Influence",
    "MeanTime",
    "Median",
    "ParametricFit",
    "ProportionalHazardsTest",
    "ProportionalHazardsTests",
    "Rmst",
    "SurvivalCurve",
    "SurvivalCurves",
    "TestResult",
    "common_tau",
    "confidence_band",
    "cox_f",
    "cox_mantel",
    "difference",
    "doubly_robust",
    "fit_cox",
    "fit_distribution",
    "freedman_group_size",
    "freedman_power",
    "gehan",
    "kaplan_meier",
    "kaplan_meier_curves",
    "log_rank",
    "log_rank_permutation",
    "median",
    "peto_peto",
    "proportional_hazard_ratio",
    "ratio",
    "rmst",
    "rmst_influence",
    "simulated_power",
    "survival_influence",
    "with_conf_type",
    "zph",
]
