"""Survival statistics with R's definitions: pure functions over numpy arrays."""

from counterarm.survival.cox import CoxFit, fit_cox
from counterarm.survival.kaplan_meier import (
    Median,
    SurvivalCurve,
    confidence_band,
    kaplan_meier,
    median,
    with_conf_type,
)
from counterarm.survival.proportional_hazards import ProportionalHazardsTest, zph
from counterarm.survival.rmst import CommonTau, Rmst, common_tau, rmst
from counterarm.survival.two_sample import TestResult, log_rank, peto_g_rho1
from counterarm.survival.two_way import fit_cox_two_way

__all__ = [
    "CommonTau",
    "CoxFit",
    "Median",
    "ProportionalHazardsTest",
    "Rmst",
    "SurvivalCurve",
    "TestResult",
    "common_tau",
    "confidence_band",
    "fit_cox",
    "fit_cox_two_way",
    "kaplan_meier",
    "log_rank",
    "median",
    "peto_g_rho1",
    "rmst",
    "with_conf_type",
    "zph",
]
