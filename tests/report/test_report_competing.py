"""Competing risks on the page: figure, tables and remarks carry their numbers."""

import pandas as pd
import pytest

from counterarm.report.disclosure.cells import suppress
from counterarm.report.disclosure.survival import hide_incidence
from counterarm.report.figures.survival import kaplan_meier
from counterarm.report.reading import Results
from counterarm.report.remarks.survival import on_entry
from counterarm.report.sections.competing import at_day, competing
from counterarm.tables.competing import words_of

ENDPOINT, FED = "NIVFREE", "GASTROSTOMY"


def curve(group: str, cause: str, days: list[int], levels: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "analysis_id": "a",
            "endpoint": ENDPOINT,
            "group_name": group,
            "cause": cause,
            "is_of_interest": cause == ENDPOINT,
            "day": days,
            "n_risk": list(range(20, 20 - len(days), -1)),
            "n_event": 1,
            "incidence": levels,
            "std_err": 0.1,
            "ci_low": [level / 2 for level in levels],
            "ci_high": [min(1, level * 2) for level in levels],
            "conf_type": "log",
            "weighting": "none",
        }
    )


@pytest.fixture
def incidence() -> pd.DataFrame:
    return pd.concat(
        [
            curve("treated", ENDPOINT, [100, 400, 800], [0.1, 0.2, 0.3]),
            curve("treated", FED, [100, 400, 800], [0.0, 0.1, 0.1]),
            curve("control", ENDPOINT, [100, 500], [0.2, 0.4]),
            curve("control", FED, [100, 500], [0.1, 0.2]),
        ],
        ignore_index=True,
    )


@pytest.fixture
def results(incidence) -> Results:
    steps = pd.DataFrame(
        {
            "analysis_id": "a",
            "endpoint": ENDPOINT,
            "endpoint_label": "Free of ventilation",
            "group_name": ["treated", "control"],
            "conf_type": "log",
            "day": [400, 500],
            "survival": [0.75, 0.4],
            "origin": "diagnosis",
        }
    )
    tests = pd.DataFrame(
        {
            "analysis_id": "a",
            "endpoint": ENDPOINT,
            "comparison_set": ["arms", "doses"],
            "comparison": ["treated vs control", "few vs many"],
            "cause": ENDPOINT,
            "statistic": 2.5,
            "df": 1,
            "p_value": 0.1138,
            "definition": "Gray's test",
        }
    )
    ratios = pd.DataFrame(
        {
            "analysis_id": "a",
            "model_id": "unadjusted",
            "endpoint": ENDPOINT,
            "cause": ENDPOINT,
            "is_of_interest": True,
            "method": ["fine_gray", "cause_specific"],
            "variance": "cluster",
            "term": "treated",
            "hazard_ratio": [0.62, 0.55],
            "ci_low": [0.4, 0.35],
            "ci_high": [0.96, 0.87],
            "p_value": 0.01,
            "n": 40,
            "n_events": 20,
            "note": None,
        }
    )
    return Results(
        {
            "cumulative_incidence": incidence,
            "cumulative_incidence_tests": tests,
            "subdistribution": ratios,
            "survival_steps": steps,
        }
    )


def test_an_endpoint_without_competing_events_has_no_section(results):
    assert competing(results.with_tables({}), "a") is None
    assert competing(results, "b") is None


def test_incidence_at_a_day_is_of_groups_observed_so_long(incidence):
    found = at_day(incidence, 365)
    levels = found.set_index(["group_name", "cause"])["incidence"].to_dict()
    assert levels == {
        ("treated", ENDPOINT): 0.1,
        ("treated", FED): 0.0,
        ("control", ENDPOINT): 0.2,
        ("control", FED): 0.1,
    }
    assert set(at_day(incidence, 730)["group_name"]) == {"treated"}


def test_the_section_draws_every_cause_and_says_what_the_numbers_mean(results):
    section = competing(results, "a")
    (figure,) = section.figures
    assert figure.name == "incidence-nivfree"
    assert "Free of ventilation: cumulative incidence" in figure.caption
    assert "Gastrostomy competing" in figure.caption
    assert "Treated, Event of NIVFREE: 30% by month 26" in figure.alt
    assert "Months from diagnosis" in figure.svg
    tables = {table.name: table for table in section.tables}
    assert set(tables) == {
        "cumulative-incidence",
        "cumulative-incidence-tests",
        "subdistribution",
    }
    assert len(tables["cumulative-incidence"].rows) == 6
    assert len(tables["cumulative-incidence-tests"].rows) == 1
    said = [remark.text for remark in section.remarks]
    # up to day 500, the last of the controls: the curve says 60% where 40% had it
    assert "treated 20% (by the curve 25%), controls 40% (by the curve 60%)" in said[0]
    assert section.remarks[0].caution
    assert "cause-specific hazard ratio 0.55" in said[1]
    assert "of the subdistribution 0.62" in said[1]


def test_a_cause_that_an_arm_does_not_record_is_named(results):
    tests = results.of("cumulative_incidence_tests").head(1)
    unseen = {FED: words_of(FED, {"control"}), ENDPOINT: "Gray's test"}
    rows = [
        tests.assign(cause=cause, definition=f"not computed: {words}")
        for cause, words in unseen.items()
    ]
    tables = results.tables | {"cumulative_incidence_tests": pd.concat(rows)}
    section = competing(results.with_tables(tables), "a")
    (said,) = [r for r in section.remarks if "not recorded" in r.text]
    assert "NIVFREE: gastrostomy is not recorded in every arm (not in: control)" in (
        said.text
    )
    assert said.caution


def test_a_cause_that_few_had_has_no_curve(incidence):
    shown = hide_incidence(incidence, 3)
    assert set(shown["group_name"]) == {"treated"}
    assert shown["n_event"].isna().all()
    few_at_risk = hide_incidence(incidence.assign(n_event=20), 20)
    assert few_at_risk["day"].tolist() == [100] * 4


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # of 40 the second model has three fewer
        (("m", 40), ("m_adjusted", 37)),
        # one of two subgroups, whose sum is known, has three
        (("m: women", 40), ("m: men", 3)),
    ],
)
def test_models_of_a_cause_do_not_count_the_few_between_them(first, second):
    rows = [
        {"analysis_id": "a", "endpoint": ENDPOINT, "cause": ENDPOINT}
        | {"method": "cause_specific", "variance": "cluster", "term": "treated"}
        | {"model_id": model, "n": n, "n_events": min(n, 20), "n_left_out": 0}
        for model, n in (first, second)
    ]
    sets = [
        {"analysis_id": "a", "subgroup_set": "sex", "subgroup": name}
        for name in ("women", "men")
    ]
    tables = {"subdistribution": rows, "analysis_subgroups": sets}
    results = Results({name: pd.DataFrame(own) for name, own in tables.items()})
    shown = suppress(results, 5).of("subdistribution")
    assert isinstance(shown["n"][1], str)
    # a whole model may be shown without the smaller one, the rest of a set may not
    assert isinstance(shown["n"][0], str) == (":" in first[0])


def test_a_remark_on_late_entries_says_how_few_are_at_risk():
    summaries = pd.DataFrame(
        {
            "endpoint": "OS",
            "group_name": ["treated", "control", "multiple"],
            "first_entry_day": [30.0, None, 12.0],
        }
    )
    steps = pd.DataFrame(
        {
            "endpoint": "OS",
            "group_name": "treated",
            "day": [50, 80],
            "n_risk": [4, 9],
            "n_event": [0, 1],
            "origin": "diagnosis",
        }
    )
    (remark,) = on_entry(summaries, steps)
    assert "time counts from diagnosis" in remark.text
    assert "(the treated from day 30 on)" in remark.text
    assert "At the first event 9 treated are at risk" in remark.text
    assert remark.caution
    assert not on_entry(summaries, steps.assign(n_risk=10))[0].caution
    assert on_entry(summaries.assign(first_entry_day=None), steps) == []


def test_curves_name_their_origin_and_delayed_entry():
    steps = pd.DataFrame(
        {
            "endpoint": "OS",
            "endpoint_label": "Overall survival",
            "group_name": ["treated", "control"],
            "day": [500, 700],
            "n_risk": 2,
            "n_event": 1,
            "n_censored": 0,
            "survival": 0.5,
            "ci_low": 0.2,
            "ci_high": 0.9,
            "origin": "diagnosis",
        }
    )
    summaries = pd.DataFrame(
        {
            "group_name": ["treated", "control"],
            "n": 2,
            "n_events": 1,
            "median_days": [500.0, 700.0],
            "first_entry_day": [30, None],
        }
    )
    figure = kaplan_meier(steps, summaries, ["treated", "control"])
    assert "Months from diagnosis" in figure.svg
    assert "come under observation after time zero (delayed entry)" in figure.caption
    plain = kaplan_meier(
        steps.drop(columns="origin"),
        summaries.drop(columns="first_entry_day"),
        ["treated", "control"],
    )
    assert "Months from index" in plain.svg
    assert "delayed entry" not in plain.caption
