"""Tables of one main analysis, for tests of its verdict."""

import math

import pandas as pd

from counterarm.tables.trust.follow_up_estimates import follow_up_estimates
from counterarm.tables.trust.main_model import main_models
from counterarm.tables.trust.verdict import verdict_summary, verdict_table

RULES = {
    "as_recorded": ("as_recorded", None),
    "window_91": ("window", 91),
    "window_182": ("window", 182),
    "alive_to_last_visit": ("alive_to_last_visit", None),
    "horizon_365": ("horizon", 365),
    "alive_to_last_death": ("alive_to_last_death", None),
}
COLUMNS = {
    "bias_adjusted": "model_id prior_id is_in_verdict disease bias_mean bias_sd coef "
    "ci_low ci_high",
    "calibrated": "model_id null_id calibrated_coef calibrated_ci_low "
    "calibrated_ci_high",
    "covariate_strength": "variable bounding_factor",
    "e_values": "model_id e_value_limit",
    "imputed": "model_id coef ci_low ci_high",
    "order_sensitivity": "permutations min q025 q975 max",
    "placebo_null": "null_id kind mu sigma",
    "proportional_hazards": "model_id term p_value",
    "rosenbaum": "statistic gamma_at_05",
    "specification_summary": "population axis n share_interval_below_1 "
    "share_interval_above_1 "
    "min_hazard_ratio median_hazard_ratio max_hazard_ratio variance_share",
    "time_contrasts": "term reference method model_id horizon variant variance coef "
    "ci_low ci_high",
    "tipping_points": "model_id arm coef tips_at note",
}


def interval(ratio, se=0.15):
    coef = math.log(ratio)
    return {
        "coef": coef,
        "ci_low": math.exp(coef - 1.959964 * se),
        "ci_high": math.exp(coef + 1.959964 * se),
    }


def cox(analysis_id, ratio, se=0.15, variance="cluster", model="unadjusted", **more):
    estimate = {"coef": math.nan, "ci_low": math.nan, "ci_high": math.nan}
    if ratio is not None:
        estimate = interval(ratio, se)
    return {
        "analysis_id": analysis_id,
        "model_id": model,
        "endpoint": "OS",
        "term": "treated",
        "n": 100,
        "n_events": 40,
        "hazard_ratio": ratio,
        "variance": variance,
        "estimand": "marginal; ATT of the matched treated",
        "note": None,
        **estimate,
        **more,
    }


def estimated(rules, fitted, based_on=(), own="as_recorded", arm="treated"):
    """Return `follow_up_estimates` of the main analysis `a` and those of rules.

    `rules` names the rule of each analysis a_RULE, `based_on` further analyses, which
    inherit the rule `own`; `fitted` are rows of cox.
    """
    ids = ["a", *(f"a_{rule}" for rule in rules), *based_on]
    models = pd.DataFrame({"analysis_id": ids, "model_id": "unadjusted"})
    inherited = [(name, own, *RULES[own]) for name in ("a", "elsewhere", *based_on)]
    return follow_up_estimates(
        pd.DataFrame(
            [("a", None, True)]
            + [(name, "a", True) for name in ids[1:]]
            + [("elsewhere", None, False)],
            columns=["analysis_id", "based_on", "is_delivered"],
        ).assign(note=None),
        follow_up=pd.DataFrame(
            inherited + [(f"a_{rule}", rule, *RULES[rule]) for rule in rules],
            columns=["analysis_id", "follow_up_rule", "rule", "days"],
        ),
        main=main_models(
            models.assign(endpoint="OS", ties="efron"),
            models.assign(arm=arm, variable=None),
        ),
        cox=pd.DataFrame(fitted),
        plans=models.assign(subgroup=None),
    )


def delivery(ratios, main=0.4, oe=1.2, records=True, more=(), note=None, **rows):
    """Return the tables of one main analysis `a` and its corrected follow-up rules."""
    fitted = [
        cox("a", main, note=note),
        cox("a", 0.1, variance="naive"),
        *(cox(f"a_{rule}", ratio) for rule, ratio in ratios.items()),
        *more,
    ]
    tables = {
        "follow_up_estimates": estimated(ratios, fitted),
        "cox": pd.DataFrame(fitted),
        "ascertainment": pd.DataFrame(
            [
                ("a", "control", "all", "share_late", 91, 0.44),
                # controls of another analysis, and the treated of this one
                ("b", "control", "recording", "observed_over_expected", 182, 1.0),
                ("a", "treated", "recording", "observed_over_expected", 182, 1.0),
            ]
            + [("a", "control", "recording", "observed_over_expected", 182, oe)]
            * records,
            columns=[
                "analysis_id",
                "arm",
                "pseudo_trial_id",
                "measure",
                "window_days",
                "value",
            ],
        ),
        "delivery_nature": pd.DataFrame({"is_real": [False]}),
    }
    for name, columns in COLUMNS.items():
        tables[name] = pd.DataFrame(
            rows.get(name, []), columns=["analysis_id", *columns.split()]
        )
    return tables


def judged(tables):
    challenges = verdict_table(tables)
    summary = verdict_summary(tables | {"verdict": challenges})
    assert list(summary["analysis_id"]) == ["a"]
    return summary.iloc[0], challenges.set_index("challenge")
