"""Small counts are hidden in the tables of how far a result is to be believed."""

import math

import pandas as pd
import pytest

from counterarm.report.disclosure.cells import suppress
from counterarm.report.reading import Results
from counterarm.tables.trust.challenges_of_design import gamma_words
from counterarm.tables.trust.challenges_of_follow_up import late_words

BELOW = 5


def shown(**tables: list[dict]) -> Results:
    return suppress(Results({n: pd.DataFrame(r) for n, r in tables.items()}), BELOW)


def ascertained(measure: str, value: float, n: int, window: int = 91) -> dict:
    return {
        "analysis_id": "a",
        "follow_up_rule": "as_recorded",
        "arm": "control",
        "pseudo_trial_id": "all",
        "measure": measure,
        "window_days": window,
        "value": value,
        "ci_low": 0.01,
        "ci_high": 0.9,
        "n": n,
    }


@pytest.mark.parametrize("value", [0.04, 0.96])
def test_a_share_that_tells_a_few_or_all_but_a_few_goes_with_its_limits(value):
    rows = shown(ascertainment=[ascertained("share_late", value, 50)])
    row = rows.of("ascertainment").iloc[0]
    assert pd.isna(row[["value", "ci_low", "ci_high"]]).all()
    assert row["n"] == 50


def test_a_share_of_many_and_a_share_of_nobody_stay():
    rows = [ascertained("share_late", 0.3, 50), ascertained("share_known", 0.0, 50)]
    assert shown(ascertainment=rows).of("ascertainment")["value"].tolist() == [0.3, 0]


def test_few_observed_deaths_go_with_the_ratio_whose_limits_tell_them():
    rows = shown(
        ascertainment=[
            ascertained("deaths_observed", 3.0, 400),
            ascertained("deaths_expected", 6.0, 400),
            ascertained("observed_over_expected", 0.5, 400),
            ascertained("observed_over_expected", 0.7, 400, window=182),
        ]
    ).of("ascertainment")
    assert rows["value"].astype(object).where(rows["value"].notna(), None).tolist() == [
        "<5",
        6.0,
        None,
        0.7,
    ]
    assert pd.isna(rows.loc[2, ["ci_low", "ci_high"]]).all()


def test_deaths_of_a_longer_window_do_not_tell_the_few_that_it_adds():
    rows = shown(
        ascertainment=[
            ascertained("deaths_observed", 20.0, 400),
            ascertained("observed_over_expected", 0.5, 400),
            ascertained("deaths_observed", 22.0, 400, window=182),
            ascertained("observed_over_expected", 0.4, 400, window=182),
        ]
    ).of("ascertainment")
    assert rows["value"][0] == "hidden"
    assert pd.isna(rows["value"][1])
    assert rows["value"].tolist()[2:] == [22.0, 0.4]


def verdicts(sentence: str) -> dict[str, list[dict]]:
    return {
        "verdict": [
            {
                "analysis_id": "a",
                "challenge": "c",
                "sentence": f"First.{sentence}",
                "in_brief": f"Brief.{sentence}",
            }
        ],
        "verdict_summary": [
            {"analysis_id": "a", "verdict": "v", "headline": f"First.{sentence} Last."}
        ],
    }


def test_a_sentence_does_not_tell_the_share_that_the_table_hides():
    late = [ascertained("share_late", 0.04, 50)]
    rows = shown(ascertainment=late, **verdicts(late_words(0.04)))
    assert rows.of("verdict")["sentence"].tolist() == ["First."]
    assert rows.of("verdict")["in_brief"].tolist() == ["Brief."]
    assert rows.of("verdict_summary")["headline"].tolist() == ["First. Last."]


def test_a_sentence_keeps_a_share_of_many():
    late = [ascertained("share_late", 0.4, 50)]
    said = verdicts(late_words(0.4))
    rows = shown(ascertainment=late, **said)
    assert "40%" in rows.of("verdict")["sentence"][0]
    assert "40%" in rows.of("verdict_summary")["headline"][0]


def pairs(control_first: int, treated_first: int, n_pairs: int = 60) -> dict:
    return {
        "analysis_id": "a",
        "follow_up_rule": "as_recorded",
        "statistic": "mcnemar",
        "gamma": 1.0,
        "n_pairs": n_pairs,
        "n_control_first": control_first,
        "n_treated_first": treated_first,
        "deviate": math.nan,
        "p_upper": 0.01,
        "gamma_at_05": 2.31,
        "lambda_odds": 3.0,
        "delta": 4.0,
    }


def test_few_pairs_go_with_the_exact_test_that_tells_them():
    rows = shown(rosenbaum=[pairs(20, 3)]).of("rosenbaum")
    assert rows["n_treated_first"][0] == "<5"
    assert rows["n_control_first"][0] == "hidden"
    assert pd.isna(rows.loc[0, ["p_upper", "gamma_at_05", "delta"]]).all()
    assert shown(rosenbaum=[pairs(20, 9)]).of("rosenbaum")["p_upper"][0] == 0.01


def test_few_pairs_that_neither_test_nor_counts_name_are_not_the_rest():
    rows = shown(rosenbaum=[pairs(30, 28)]).of("rosenbaum")
    assert rows["n_treated_first"][0] == "hidden"
    assert rows["n_control_first"][0] == "hidden"


def test_a_sentence_does_not_give_gamma_of_few_pairs():
    said = verdicts(gamma_words(2.31))
    rows = shown(rosenbaum=[pairs(20, 3)], **said)
    assert rows.of("verdict")["sentence"].tolist() == ["First."]
    rows = shown(rosenbaum=[pairs(20, 9)], **said)
    assert "2.31" in rows.of("verdict")["sentence"][0]


def won(wins: int, losses: int, ties: int) -> dict:
    return {
        "analysis_id": "a",
        "pairing": "matched",
        "wins": wins,
        "losses": losses,
        "ties": ties,
        "win_ratio": 2.0,
        "log_se": 0.2,
        "ci_low": 1.5,
        "ci_high": 2.5,
        "win_odds": 1.8,
        "net_benefit": 0.3,
        "p_value": 0.01,
    }


def test_few_wins_losses_or_ties_go_with_what_is_computed_of_them():
    row = shown(win_ratio=[won(40, 20, 3)]).of("win_ratio").iloc[0]
    assert row[["wins", "losses", "ties"]].tolist() == [40, "hidden", "<5"]
    measures = ["win_ratio", "log_se", "ci_low", "win_odds", "net_benefit", "p_value"]
    assert pd.isna(row[measures]).all()
    row = shown(win_ratio=[won(40, 20, 0)]).of("win_ratio").iloc[0]
    assert row["win_ratio"] == 2.0


def test_ranks_of_few_go_with_those_of_the_other_arm():
    rows = shown(
        joint_rank=[
            {"analysis_id": "a", "group_name": g, "n": n, "mean_rank": 9.0, "fs_z": 1.0}
            for g, n in (("treated", 3), ("control", 40))
        ]
    ).of("joint_rank")
    assert rows["n"].tolist() == ["<5", "hidden"]
    assert pd.isna(rows[["mean_rank", "fs_z"]]).all(axis=None)


def of_function(measure: str, analysis_id: str = "a") -> dict:
    return {
        "analysis_id": analysis_id,
        "measure": measure,
        "label": "Measure",
        "estimate": 2.0,
        "ci_low": 1.5,
        "ci_high": 2.5,
        "corrected_low": 1.2,
        "corrected_high": 2.6,
        "sentence": "Measure 2.00 (95% CI 1.50 to 2.50).",
    }


@pytest.mark.parametrize("few_in", ["a", "a_window_91"])
def test_a_verdict_on_function_does_not_quote_wins_that_the_table_hides(few_in):
    """Few ties of the analysis, or of one of its follow-up rules; none of b."""
    ties = {"a": 9, "a_window_91": 9, "b": 9} | {few_in: 3}
    wins = [won(40, 20, n) | {"analysis_id": name} for name, n in ties.items()]
    rules = [("a", "a"), ("a", "a_window_91"), ("b", "b")]
    frame = shown(
        function_verdict=[
            of_function("win_ratio_matched"),
            of_function("win_ratio_unmatched"),
            of_function("mmrm"),
            of_function("win_ratio_matched", "b"),
        ],
        win_ratio=wins,
        follow_up_estimates=[
            {"analysis_id": main, "rule_analysis_id": name} for main, name in rules
        ],
    ).of("function_verdict")
    numbers = ["estimate", "ci_low", "ci_high", "corrected_low", "corrected_high"]
    assert frame.loc[0, numbers].isna().all()
    assert frame["sentence"][0] == "Measure: hidden."
    assert frame.loc[1:, numbers].notna().all(axis=None)
    assert frame["sentence"][1:].str.contains("2.00").all()


def test_a_verdict_on_ranks_of_few_is_hidden_with_them():
    ranks = [
        {"analysis_id": "a", "group_name": g, "n": n, "fs_z": 1.0, "ancova_coef": 2.0}
        for g, n in (("treated", 3), ("control", 40))
    ]
    measures = ["finkelstein_schoenfeld", "joint_rank", "win_odds"]
    frame = shown(
        function_verdict=[of_function(name) for name in measures], joint_rank=ranks
    ).of("function_verdict")
    assert frame["estimate"].notna().tolist() == [False, False, True]


def test_the_smallest_and_largest_weight_are_of_single_subjects():
    rows = [{"analysis_id": "a", "arm": "all", "n": 90, "min": 0.2, "max": 3.4}]
    row = shown(censoring_weights=rows).of("censoring_weights").iloc[0]
    assert pd.isna(row[["min", "max"]]).all()


def level(of_treated: int, of_control: int) -> list[dict]:
    return [
        {
            "analysis_id": "a",
            "variable": f"sex={name}",
            "column_name": "sex",
            "level": name,
            "sample": "matched",
            "n_treated": 40,
            "n_control": 40,
            "mean_treated": t / 40,
            "mean_control": c / 40,
            "smd": 0.1,
        }
        for name, t, c in (
            ("F", of_treated, of_control),
            ("M", 40 - of_treated, 40 - of_control),
        )
    ]


def strength(variable: str) -> dict:
    return {
        "analysis_id": "a",
        "variable": variable,
        "rr_ud": 1.4,
        "rr_eu": 2.0,
        "bounding_factor": 1.2,
        "times_as_strong": 3.0,
    }


@pytest.mark.parametrize(("few", "is_hidden"), [(3, True), (12, False)])
def test_a_level_hidden_in_the_balance_is_not_told_by_another_table(few, is_hidden):
    rows = shown(
        covariate_balance=level(few, 20),
        covariate_strength=[strength("sex=F"), strength("age")],
        imputed_balance=[
            {
                "analysis_id": "a",
                "variable": name,
                "mean_abs_smd": 0.2,
                "worst_abs_smd": 0.3,
                "complete_abs_smd": 0.1,
            }
            for name in ("sex=F", "age")
        ],
    )
    of_level, of_number = rows.of("covariate_strength").to_dict("records")
    hidden = ("rr_eu", "bounding_factor", "times_as_strong")
    assert [pd.isna(of_level[name]) for name in hidden] == [is_hidden] * 3
    assert of_level["rr_ud"] == 1.4
    assert of_number["rr_eu"] == 2.0
    of_level, of_number = rows.of("imputed_balance").to_dict("records")
    assert pd.isna(of_level["complete_abs_smd"]) == is_hidden
    assert of_number["worst_abs_smd"] == 0.3


def known(variable: str, n_treated: int, mean: float = 50.0) -> dict:
    return {
        **level(20, 20)[0],
        "variable": variable,
        "column_name": variable,
        "level": None,
        "n_treated": n_treated,
        "mean_treated": mean,
        "variance_ratio": 1.1,
    }


def test_how_many_a_variable_is_known_of_does_not_tell_of_how_few_it_is_not():
    rows = shown(
        covariate_balance=[known("age", 40), known("bmi", 38), known("fvc", 30)]
    ).of("covariate_balance")
    assert rows["n_treated"].tolist() == [40, "hidden", 30]
    assert rows["n_control"].tolist() == [40, 40, 40]


def test_the_mean_of_a_variable_known_of_few_is_hidden():
    rows = shown(covariate_balance=[known("age", 40), known("fvc", 2)]).of(
        "covariate_balance"
    )
    assert rows["n_treated"].tolist() == [40, "<5"]
    assert pd.isna(rows.loc[1, ["mean_treated", "smd", "variance_ratio"]]).all()
    assert rows["mean_treated"][0] == 50.0


@pytest.mark.parametrize("name", ["win_ratio", "imputed"])
@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("as recorded; 2 sets left out: not evaluable", "as recorded; <5 sets left"),
        ("12 sets left out: not evaluable", "12 sets left"),
        ("fewer than 2 subjects of an arm", "fewer than 2 subjects"),
    ],
)
def test_a_note_of_any_table_does_not_count_few(name, note, said):
    rows = shown(**{name: [{**won(40, 20, 9), "note": note}]})
    assert rows.of(name)["note"][0].startswith(said)
