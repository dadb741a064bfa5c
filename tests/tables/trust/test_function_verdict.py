"""What function and survival together say, and under which rules it stands."""

import pandas as pd
import pytest

from counterarm.tables.trust.function_verdict import function_verdict_table

LIMITS = [
    f"{name}_ci_{end}"
    for name in ("win_odds", "net_benefit")
    for end in ("low", "high")
]
RULES = ("as_recorded", "window_91", "window_182", "alive_to_last_death")


def name_of(rule: str) -> str:
    return "a" if rule == "as_recorded" else f"a_{rule}"


def tables(
    ratios: dict[str, tuple], ratio: float = 1.0, records: bool = True, **more
) -> dict[str, pd.DataFrame]:
    """Return the tables of one analysis; `ratios`: win ratio and limits by rule."""
    estimates = [
        {
            "analysis_id": "a",
            "position": position,
            "follow_up_rule": rule,
            "is_corrected": rule.startswith("window"),
            "is_checked": rule == "window_91",
            "rule_analysis_id": name_of(rule),
            "model_id": "unadjusted",
            "coef": -0.5,
            "ci_low": 0.4,
            "ci_high": 0.9,
            "variance": "cluster",
            "estimand": "ATT",
            "note": None,
        }
        for position, rule in enumerate(RULES, 1)
    ]
    wins = [
        {
            "analysis_id": name_of(rule),
            "pairing": "matched",
            "win_ratio": found[0],
            "ci_low": found[1],
            "ci_high": found[2],
            **dict.fromkeys(("win_odds", "net_benefit"), float("nan")),
            **dict.fromkeys(LIMITS, float("nan")),
            "note": None,
        }
        for rule, found in ratios.items()
    ]
    oe = {
        "analysis_id": "a",
        "arm": "control" if records else "treated",
        "pseudo_trial_id": "recording",
        "measure": "observed_over_expected",
        "window_days": 182,
        "value": ratio,
    }
    return {
        "follow_up_estimates": pd.DataFrame(estimates),
        "ascertainment": pd.DataFrame([oe]),
        "win_ratio": pd.DataFrame(wins),
        "joint_rank": pd.DataFrame(
            more.get("ranks", []),
            columns=["analysis_id", "n", "fs_z", "ancova_coef", "ancova_se"],
        ),
        "mmrm": pd.DataFrame(
            more.get("mmrm", []),
            columns=[
                *("analysis_id", "visit", "offset_days", "coef", "ci_low", "ci_high")
            ],
        ),
    }


ABOVE, HOLDS = (2.0, 1.2, 3.3), (1.2, 0.7, 2.1)


@pytest.mark.parametrize(
    ("recorded", "window_91", "window_182", "outcome", "verdict"),
    [
        (ABOVE, ABOVE, ABOVE, "not seen", "not overturned by what could be checked"),
        (ABOVE, ABOVE, HOLDS, "overturns", "not supported"),
        # beyond 1 on the other side contradicts too
        (ABOVE, ABOVE, (0.5, 0.3, 0.8), "overturns", "not supported"),
        (HOLDS, ABOVE, ABOVE, "not seen", "not supported"),
    ],
)
def test_a_rule_whose_interval_holds_1_overturns(
    recorded, window_91, window_182, outcome, verdict
):
    found = function_verdict_table(
        tables(
            {
                "as_recorded": recorded,
                "window_91": window_91,
                "window_182": window_182,
                # the best case of the controls is no correction
                "alive_to_last_death": HOLDS,
            }
        )
    )
    (row,) = found.to_dict("records")
    assert row["measure"] == "win_ratio_matched"
    assert (row["outcome"], row["verdict"]) == (outcome, verdict)
    assert row["n_rules"] == 2
    assert row["corrected_low"] == min(window_91[1], window_182[1])


def test_the_sentence_has_estimate_meaning_rules_and_what_death_truncates():
    by_rule = {"as_recorded": ABOVE, "window_91": HOLDS}
    (row,) = function_verdict_table(tables(by_rule)).to_dict("records")
    assert row["sentence"].startswith(
        "Win ratio of pairs 2.00 (95% CI 1.20 to 3.30). Each treated is compared"
    )
    assert (
        "With every control followed 91 days past the last visit, it is 1.20 (95% CI "
        "0.70 to 2.10)." in row["sentence"]
    )
    assert "truncated by death" in row["truncated_by_death"]
    assert row["label"] == "Win ratio of pairs"


def test_without_a_recording_trial_it_cannot_be_judged():
    by_rule = {"as_recorded": ABOVE, "window_91": ABOVE}
    (row,) = function_verdict_table(tables(by_rule, records=False)).to_dict("records")
    assert row["verdict"] == "cannot be judged"


def test_rules_that_the_ratio_of_deaths_speaks_against_are_not_read():
    """O/E above 1.5: only windows of 182 days or more; see ascertainment.reading."""
    by_rule = {"as_recorded": ABOVE, "window_91": HOLDS, "window_182": ABOVE}
    (row,) = function_verdict_table(tables(by_rule, ratio=1.8)).to_dict("records")
    assert row["n_rules"] == 1
    assert row["outcome"] == "not seen"


def test_ranks_have_the_limits_of_students_t():
    """13 with 10 df: 2.228 standard errors, by a table of t."""
    ranks = [("a", 6, 2.5, 4.0, 1.0), ("a", 7, 2.5, 4.0, 1.0)]
    ranks += [("a_window_91", 6, 1.0, 1.0, 1.0), ("a_window_91", 7, 1.0, 1.0, 1.0)]
    found = function_verdict_table(
        tables({"as_recorded": HOLDS}, ranks=ranks)
    ).set_index("measure")
    rank = found.loc["joint_rank"]
    assert rank["ci_low"] == pytest.approx(4 - 2.228, abs=1e-3)
    assert rank["outcome"] == "overturns"
    score = found.loc["finkelstein_schoenfeld"]
    assert score["ci_low"] == pytest.approx(0.54, abs=1e-3)
    assert score["outcome"] == "overturns"


def test_mmrm_is_of_the_last_visit_and_of_those_alive():
    mmrm = [("a", "month_3", 91, 9.0, 8.0, 10.0), ("a", "month_12", 365, 3.0, 1.0, 5.0)]
    found = function_verdict_table(tables({"as_recorded": HOLDS}, mmrm=mmrm))
    row = found.set_index("measure").loc["mmrm"]
    assert row["estimate"] == 3
    assert row["note"] == "at month_12"
    assert row["outcome"] == "not assessed"
    assert row["verdict"] == "cannot be judged"
    assert "favours an arm" in row["truncated_by_death"]


def test_win_odds_and_net_benefit_have_their_own_null():
    made = tables({"as_recorded": ABOVE, "window_91": ABOVE})
    made["win_ratio"] = made["win_ratio"].assign(
        win_odds=1.5,
        win_odds_ci_low=[1.1, 0.9],
        win_odds_ci_high=2.0,
        net_benefit=0.2,
        net_benefit_ci_low=[0.05, 0.01],
        net_benefit_ci_high=0.4,
    )
    rows = function_verdict_table(made).set_index("measure")
    assert rows.loc["win_odds", "outcome"] == "overturns"
    assert rows.loc["net_benefit", "outcome"] == "not seen"
    assert rows.loc["net_benefit", "null_value"] == 0
