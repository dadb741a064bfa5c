"""Survival statistics with R's definitions: pure functions over numpy arrays."""

from counterarm.survival.cox import CoxFit, fit_cox
from counterarm.survival.differences import Difference, difference, ratio
from counterarm.survival.kaplan_meier import (
    Median,
    SurvivalCurve,
    confidence_band,
    kaplan_meier,
    median,
    with_conf_type,
)
from counterarm.survival.proportional_hazards import ProportionalHazardsTest, zph
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
from counterarm.survival.two_sample import (
    TestResult,
    fleming_harrington,
    gehan_breslow,
    log_rank,
    peto_g_rho1,
    tarone_ware,
)
from counterarm.survival.two_way import fit_cox_two_way

__all__ = [
    "CommonTau",
    "CoxFit",
    "Difference",
    "Influence",
    "Median",
    "ProportionalHazardsTest",
    "Rmst",
    "SurvivalCurve",
    "TestResult",
    "common_tau",
    "confidence_band",
    "cox_f",
    "cox_mantel",
    "difference",
    "fit_cox",
    "fit_cox_two_way",
    "fleming_harrington",
    "gehan",
    "gehan_breslow",
    "kaplan_meier",
    "log_rank",
    "log_rank_permutation",
    "median",
    "peto_g_rho1",
    "peto_peto",
    "ratio",
    "rmst",
    "rmst_influence",
    "survival_influence",
    "tarone_ware",
    "with_conf_type",
    "zph",
]
