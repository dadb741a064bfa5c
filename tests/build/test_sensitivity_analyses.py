"""Sensitivity analyses, groups and subgroups, recounted in pandas from other tables."""

import numpy as np
import pandas as pd
import pytest
from lifelines import CoxPHFitter, KaplanMeierFitter

pytestmark = pytest.mark.build

NAM, BARCZEWSKA = "nam_2023", "barczewska_2020"
# lifelines stops early unless told otherwise.
EXACT = {"precision": 1e-12}
SPEED = "initial_progression_speed"


@pytest.fixture(scope="module")
def read(demo_build):
    def table(name: str, analysis: str, where: str = "true") -> pd.DataFrame:
        return demo_build.rows(
            f"from {name} where analysis_id = '{analysis}' and {where}"
        )

    return table


@pytest.fixture(scope="module")
def matched(read):
    """Return the matched subjects of an analysis with their time to the endpoint OS."""

    def table(analysis: str) -> pd.DataFrame:
        times = read("cohort.endpoints", analysis, "endpoint = 'OS'")
        subjects = read("matching.matched_subjects", analysis)
        timed = subjects.merge(times[["usubjid", "days", "is_event"]], on="usubjid")
        return timed.astype({"days": float, "is_event": bool})

    return table


def of_treated(matched: pd.DataFrame, condition: pd.Series) -> pd.DataFrame:
    """Return the sets whose treated subject meets a condition."""
    sets = matched.loc[condition & (matched["arm"] == "treated"), "set_id"]
    return matched[matched["set_id"].isin(sets)]


def test_quartiles_of_speed_are_those_of_all_eligible_of_the_main_analysis(read):
    eligible = read("cohort.subjects", NAM, "is_eligible")
    thresholds = read(
        "analysis.resolved_thresholds", f"{NAM}_progression_iqr", "seed = 'eligibility'"
    ).set_index("statistic")
    low, high = np.percentile(eligible[SPEED], [25, 75])
    assert thresholds["value"].to_dict() == pytest.approx({"q1": low, "q3": high})
    assert set(thresholds["n"]) == {len(eligible)}
    within = eligible[eligible[SPEED].between(low, high)]
    ours = read("cohort.subjects", f"{NAM}_progression_iqr", "is_eligible")
    assert sorted(ours["usubjid"]) == sorted(within["usubjid"])


@pytest.mark.parametrize(
    ("analysis", "base", "column", "is_kept"),
    [
        (f"{NAM}_non_korean", NAM, "country", lambda country: country != "KOR"),
        (
            f"{BARCZEWSKA}_definite",
            BARCZEWSKA,
            "el_escorial",
            lambda category: category == "DEFINITE",
        ),
    ],
)
def test_a_criterion_of_the_treated_leaves_the_controls(
    read, analysis, base, column, is_kept
):
    main = read("cohort.subjects", base, "is_eligible")
    ours = read("cohort.subjects", analysis, "is_eligible")
    kept = main[(main["arm"] == "control") | main[column].map(is_kept)]
    assert sorted(ours["usubjid"]) == sorted(kept["usubjid"])
    assert 0 < (ours["arm"] == "treated").sum() < (main["arm"] == "treated").sum()


def test_the_score_with_speed_is_another(read):
    main, ours = (
        read("matching.propensity_scores", name).set_index("usubjid")["score"]
        for name in (NAM, f"{NAM}_progression_score")
    )
    assert sorted(main.index) == sorted(ours.index)
    assert not np.allclose(main.sort_index(), ours.sort_index())


def test_survival_since_enrolment_adds_the_months_before_the_index_assessment(read):
    main, ours = (
        read("cohort.subjects", name, "arm = 'control'").set_index("usubjid")
        for name in (BARCZEWSKA, f"{BARCZEWSKA}_enrolment")
    )
    assert set(ours["index_day"]) == {0}
    matchable = main[main["is_eligible"]].index
    for column in ("progression_rate", "ft9_stage", "alsfrs_r_total", "age"):
        assert (ours.loc[matchable, column] == main.loc[matchable, column]).all()
    longer = (
        ours.loc[matchable, "follow_up_days"] - main.loc[matchable, "follow_up_days"]
    )
    assert (longer == main.loc[matchable, "index_day"]).all()
    assert longer.min() >= 182 - 30


def test_boosters_are_apart_as_the_doses_say(demo_build, read, matched):
    doses = demo_build.rows(
        "select usubjid, exstdy, exseq from sdtm.ex where exstdtc is not null"
    ).sort_values(["usubjid", "exstdy", "exseq"])
    gaps = doses.groupby("usubjid")["exstdy"].diff()
    number = doses.groupby("usubjid").cumcount() + 1
    months = gaps[number >= 3].groupby(doses["usubjid"]).median() / (365 / 12)
    treated = matched(NAM).query("arm == 'treated'")["usubjid"]
    mine = months.reindex(treated).dropna()
    boosters = "comparison_set = 'boosters' and endpoint = 'OS'"
    groups = read("analysis.group_members", NAM, boosters)
    found = groups.groupby("group_name")["usubjid"].agg(sorted)
    near, far = mine.between(3, 5, inclusive="left"), mine.between(5, 12)
    assert len(mine) > 0
    assert found.get("booster_3_4", []) == sorted(mine[near].index)
    assert found.get("booster_5_12", []) == sorted(mine[far].index)
    counts = read("analysis.group_counts", NAM, boosters)
    none = counts.set_index("group_name").loc["booster_3_4", "n_in_no_group"]
    assert none == len(treated) - near.sum() - far.sum()


def test_countries_are_compared_among_the_matched_treated(read, matched):
    treated = matched(NAM).query("arm == 'treated'")
    groups = read("analysis.group_members", NAM, "comparison_set = 'country'")
    found = groups.groupby("group_name")["usubjid"].agg(set)
    for name, own in (
        ("korean", treated[treated["country"] == "KOR"]),
        ("non_korean", treated[treated["country"] != "KOR"]),
    ):
        assert found[name] == set(own["usubjid"])
    tests = read("analysis.survival_tests", NAM, "test = 'log_rank'")
    assert {"korean vs non_korean", "non_korean vs control"} <= set(tests["comparison"])


@pytest.mark.parametrize("analysis", [NAM, BARCZEWSKA])
def test_subgroups_are_the_pairs_of_their_treated(read, matched, analysis):
    members = matched(analysis)
    age = members["age"] < np.percentile(
        members.loc[members["arm"] == "treated", "age"], 50
    )
    curves = read("analysis.survival_summary", analysis, "conf_type = 'log'")
    curves = curves[curves["endpoint"] == "OS"].set_index("group_name")
    steps = read("analysis.survival_curves", analysis, "conf_type = 'log'")
    steps = steps[steps["endpoint"] == "OS"].sort_values("day")
    last = steps.groupby("group_name")["survival"].last()
    fits = read("analysis.cox", analysis, "variance = 'naive' and term = 'treated'")
    fits = fits.set_index("model_id")
    compared = 0
    for subgroup, condition in {
        "women": members["sex"] == "F",
        "bulbar": members["onset_site"] == "BULBAR",
        "riluzole_yes": members["riluzole"] == "Y",
        "younger": age,
        "older": ~age,
    }.items():
        own = of_treated(members, condition)
        for arm, rows in own.groupby("arm"):
            ours = curves.loc[f"{subgroup} {arm}"]
            assert (ours["n"], ours["n_events"]) == (len(rows), rows["is_event"].sum())
            curve = KaplanMeierFitter().fit(rows["days"], rows["is_event"])
            assert last[f"{subgroup} {arm}"] == pytest.approx(
                curve.survival_function_.iloc[-1, 0], abs=1e-12
            )
        fit = fits.loc[f"unadjusted: {subgroup}"]
        assert (fit["n"], fit["n_events"]) == (len(own), own["is_event"].sum())
        assert subgroup in fit["population"]
        if pd.isna(fit["note"]):
            x = own.assign(treated=(own["arm"] == "treated") * 1.0)
            theirs = CoxPHFitter().fit(
                x[["days", "is_event", "treated"]],
                "days",
                "is_event",
                fit_options=EXACT,
            )
            coefficient = theirs.params_["treated"]
            assert fit["coef"] == pytest.approx(coefficient, rel=1e-4)
            compared += 1
    assert compared >= 3


def test_pairs_by_response_are_those_of_the_response_table(read):
    responses = read("analysis.response", BARCZEWSKA)
    counts = read("analysis.group_counts", BARCZEWSKA).set_index("group_name")
    for subgroup, response in (
        ("decreased", "decreased"),
        ("no_change", "no change"),
        ("increased", "increased"),
    ):
        n = (responses["response"] == response).sum()
        assert set(counts.loc[[f"{subgroup} treated"], "n_members"]) == {n}
        assert set(counts.loc[[f"{subgroup} treated"], "n_not_evaluable"]) == {
            responses["response"].isna().sum()
        }
    table = read("analysis.response_table", BARCZEWSKA)
    assert "response" not in set(table["subgroup_set"])
    ages = table[table["subgroup_set"] == "age"]
    assert ages["n_pairs"].sum() == len(responses)


def test_cuts_on_the_high_side_and_continuous_terms_are_models_of_their_own(read):
    fits = read("analysis.cox", NAM, "variance = 'naive'")
    terms = fits.groupby("model_id")["term"].agg(set)
    assert terms["adjusted_at_cut"] == terms["adjusted"]
    dichotomies = {"alsfrs_r_high", "age_high"}
    assert terms["adjusted_continuous"] == terms["adjusted"] - dichotomies | {
        "alsfrs_r_total",
        "age",
    }


def test_continuous_terms_are_the_variables_themselves(matched, read):
    members = matched(NAM)
    own = pd.DataFrame(
        {
            "days": members["days"],
            "is_event": members["is_event"],
            "treated": (members["arm"] == "treated") * 1.0,
            "female": (members["sex"] == "F") * 1.0,
            "bulbar": (members["onset_site"] == "BULBAR") * 1.0,
            "riluzole": (members["riluzole"] == "Y") * 1.0,
            "alsfrs_r_total": members["alsfrs_r_total"],
            "age": members["age"],
        }
    )
    theirs = CoxPHFitter().fit(own, "days", "is_event", fit_options=EXACT).params_
    ours = read(
        "analysis.cox",
        NAM,
        "model_id = 'adjusted_continuous' and variance = 'naive'",
    ).set_index("term")["coef"]
    assert ours.to_dict() == pytest.approx(theirs.to_dict(), rel=1e-4, abs=1e-6)
