"""E-values, and hazard ratios less a bias: one row or more per questioned estimate."""

import math
import sys
from collections.abc import Mapping

import pandas as pd

from counterarm.tables.frames import FLAG, NUMBER, TEXT, typed_frame
from counterarm.tables.trust.follow_up_estimates import AS_RECORDED
from counterarm.tables.trust.main_model import questioned_estimates
from counterarm.tables.trust.outcomes import share_with_event
from counterarm.trust import (
    BiasAdjusted,
    ConfounderAdjusted,
    binary_confounder,
    e_value,
    normal_prior,
)

E_VALUE_TYPES = {
    "analysis_id": TEXT,
    "model_id": TEXT,
    "follow_up_rule": TEXT,
    "hazard_ratio": NUMBER,
    "limit": NUMBER,
    "outcome": TEXT,
    "rr": NUMBER,
    "e_value": NUMBER,
    "e_value_limit": NUMBER,
    "note": TEXT,
}
BIAS_TYPES = {
    "analysis_id": TEXT,
    "model_id": TEXT,
    "follow_up_rule": TEXT,
    "prior_id": TEXT,
    "is_in_verdict": FLAG,
    "disease": TEXT,
    "bias_mean": NUMBER,
    "bias_sd": NUMBER,
    "coef": NUMBER,
    "se": NUMBER,
    "hazard_ratio": NUMBER,
    "ci_low": NUMBER,
    "ci_high": NUMBER,
    "p_above_1": NUMBER,
}
NOT_OF_ASCERTAINMENT = (
    "follow-up as recorded: an E-value does not account for deaths and survival that "
    "are ascertained for different times"
)
NO_ESTIMATE = "the model has no estimate"
# A larger share of deaths makes the outcome common, and the hazard ratio no risk ratio.
RARE = 0.15


def e_value_table(
    cox: pd.DataFrame,
    plans: pd.DataFrame,
    follow_up: pd.DataFrame,
    outcomes: pd.DataFrame,
) -> pd.DataFrame:
    """Return the E-values of every questioned estimate, one row per analysis and model.

    `cox`, `plans`: as `questioned_estimates` takes them; `follow_up`: rows of
    `protocol.analysis_follow_up`; `outcomes`: `matched_outcomes`. `limit` is the limit
    nearer to 1. The outcome is common where more than 15% of both arms together have
    the event by the common horizon, or where that is not known.
    """
    rules = rule_of(follow_up)
    shares: dict[tuple, float] = {
        key: share_with_event(members)
        for key, members in outcomes.groupby(["analysis_id", "endpoint"])
    }
    rows = []
    for row in questioned_estimates(cox, plans).itertuples():
        share = shares.get((row.analysis_id, row.endpoint), math.nan)
        is_rare = share <= RARE
        rule = rules.get(row.analysis_id)
        note = NOT_OF_ASCERTAINMENT if rule == AS_RECORDED else None
        found: dict[str, object] = {"note": NO_ESTIMATE}
        if not pd.isna(row.hazard_ratio):
            # a limit that underflows to 0 is the smallest number above it
            low = max(row.ci_low, sys.float_info.min)
            one = e_value(row.hazard_ratio, low, row.ci_high, rare=is_rare)
            found = {
                "hazard_ratio": row.hazard_ratio,
                "limit": row.ci_high if row.hazard_ratio < 1 else row.ci_low,
                "rr": one.rr,
                "e_value": one.e_value,
                "e_value_limit": one.e_value_limit,
                "note": note,
            }
        rows.append(
            {
                "analysis_id": row.analysis_id,
                "model_id": row.model_id,
                "follow_up_rule": rule,
                "outcome": "rare" if is_rare else "common",
            }
            | found
        )
    return typed_frame(rows, E_VALUE_TYPES)


def bias_adjusted_table(
    cox: pd.DataFrame,
    plans: pd.DataFrame,
    follow_up: pd.DataFrame,
    priors: pd.DataFrame,
) -> pd.DataFrame:
    """Return every questioned estimate less every prior of bias_priors.csv.

    A prior of kind `normal` is the bias itself, N(bias_mean, bias_sd^2) of the log
    hazard ratio found less the true one. One of kind `confounder` is a binary
    confounder: log-normal hazard ratio of death, shares of those who have it among
    treated and controls as Beta(share n, (1 - share) n); bias_mean and bias_sd are then
    those of the log bias factor, coef is the median and se is null. Models without an
    estimate have no row.
    """
    rules = rule_of(follow_up)
    estimates = questioned_estimates(cox, plans)
    known = estimates[estimates["coef"].notna()]
    ordered = priors.sort_values("prior_id", kind="stable").to_dict("records")
    rows = [
        {
            "analysis_id": row.analysis_id,
            "model_id": row.model_id,
            "follow_up_rule": rules.get(row.analysis_id),
        }
        | {name: prior[name] for name in ("prior_id", "is_in_verdict", "disease")}
        | less_bias(float(row.coef), float(row.se), prior)
        for row in known.itertuples()
        for prior in ordered
    ]
    return typed_frame(rows, BIAS_TYPES)


def less_bias(coef: float, se: float, prior: Mapping) -> dict[str, float]:
    """Return one estimate less one prior, as columns of `analysis.bias_adjusted`."""
    one: BiasAdjusted | ConfounderAdjusted
    if prior["kind"] == "normal":
        mean, sd = float(prior["bias_mean"]), float(prior["bias_sd"])
        one = normal_prior(coef, se, mean, sd)
        found = {"bias_mean": mean, "bias_sd": sd, "coef": one.coef, "se": one.se}
    else:
        one = binary_confounder(
            coef,
            se,
            log_rr=(float(prior["log_rr_mean"]), float(prior["log_rr_sd"])),
            share_treated=beta_of(prior["share_treated"], prior["share_n"]),
            share_control=beta_of(prior["share_control"], prior["share_n"]),
        )
        found = {
            "bias_mean": one.bias_mean,
            "bias_sd": one.bias_sd,
            "coef": math.log(one.hazard_ratio),
        }
    names = ("hazard_ratio", "ci_low", "ci_high", "p_above_1")
    return found | {name: getattr(one, name) for name in names}


def beta_of(share: float, n: float) -> tuple[float, float]:
    """Return the parameters of the Beta distribution of a share seen among n."""
    return float(share) * float(n), (1 - float(share)) * float(n)


def rule_of(follow_up: pd.DataFrame) -> dict[str, str]:
    """Return the follow-up rule of each analysis."""
    columns = [follow_up[name] for name in ("analysis_id", "follow_up_rule")]
    return dict(zip(*columns, strict=True))
