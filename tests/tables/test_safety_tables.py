"""Safety tables: exact intervals from other routes, thresholds, the not recorded."""

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

from counterarm.tables.safety import safety_summary, safety_table

# R 4.2.2: poisson.test(5, 40)$conf.int and binom.test(3, 257)$conf.int
R_POISSON = (0.04058715975, 0.29170830198)
R_BINOMIAL = (0.0024137843, 0.0337329995)


def counts(rows: list[dict]) -> pd.DataFrame:
    """Return rows of analysis.safety_counts; what is not given is usual."""
    usual = {
        "study_id": "S",
        "population": "dosed",
        "window_name": "one_year",
        "kind": "AE",
        "soc": "ANY",
        "pt": "ANY",
        "n_not_evaluable": 0,
        "n_start_unknown": 0,
        "n_at_risk": 257,
        "person_years": 250.0,
        "definition": "d",
        "note": None,
    }
    return pd.DataFrame([usual | row for row in rows]).astype(
        {"n_events": "Int64", "n_subjects": "Int64"}
    )


def tables(**values: object) -> pd.DataFrame:
    usual = {
        "table_id": "t",
        "position": 1,
        "population": "dosed",
        "window_name": "one_year",
        "kind": "AE",
        "more_than_pct": 5.0,
        "label": "a table",
    }
    return pd.DataFrame([usual | values])


def lower(tail, target: float = 0.025) -> float:
    """Return where a tail probability reaches the target, by search."""
    return optimize.brentq(lambda x: tail(x) - target, 1e-9, 1 - 1e-9, xtol=1e-13)


@pytest.mark.parametrize(("n_subjects", "n_at_risk"), [(44, 257), (1, 20), (19, 20)])
def test_the_interval_of_a_percentage_leaves_2_5_percent_on_either_side(
    n_subjects, n_at_risk
):
    rows = [{"n_events": 60, "n_subjects": n_subjects, "n_at_risk": n_at_risk}]
    row = safety_summary(counts(rows)).iloc[0]
    assert row["pct_subjects"] == pytest.approx(100 * n_subjects / n_at_risk)
    low = lower(lambda p: stats.binom.sf(n_subjects - 1, n_at_risk, p))
    high = lower(lambda p: stats.binom.cdf(n_subjects, n_at_risk, p))
    assert row["pct_ci_low"] == pytest.approx(100 * low, abs=1e-6)
    assert row["pct_ci_high"] == pytest.approx(100 * high, abs=1e-6)
    exact = stats.binomtest(n_subjects, n_at_risk).proportion_ci(method="exact")
    assert row["pct_ci_low"] == pytest.approx(100 * exact.low, rel=1e-8)
    assert row["pct_ci_high"] == pytest.approx(100 * exact.high, rel=1e-8)


@pytest.mark.parametrize("n_events", [1, 5, 92])
def test_the_interval_of_a_rate_leaves_2_5_percent_on_either_side(n_events):
    rows = [{"n_events": n_events, "n_subjects": 1, "person_years": 40.0}]
    row = safety_summary(counts(rows)).iloc[0]
    assert row["rate_per_100_py"] == pytest.approx(100 * n_events / 40)
    low, high = row["rate_ci_low"] * 40 / 100, row["rate_ci_high"] * 40 / 100
    assert stats.poisson.sf(n_events - 1, low) == pytest.approx(0.025, rel=1e-8)
    assert stats.poisson.cdf(n_events, high) == pytest.approx(0.025, rel=1e-8)


def test_the_intervals_are_those_of_r():
    rows = [{"n_events": 5, "n_subjects": 3, "person_years": 40.0}]
    row = safety_summary(counts(rows)).iloc[0]
    assert row["rate_ci_low"] == pytest.approx(R_POISSON[0] * 100, rel=1e-6)
    assert row["rate_ci_high"] == pytest.approx(R_POISSON[1] * 100, rel=1e-6)
    assert row["pct_ci_low"] == pytest.approx(R_BINOMIAL[0] * 100, rel=1e-6)
    assert row["pct_ci_high"] == pytest.approx(R_BINOMIAL[1] * 100, rel=1e-6)


def test_nobody_and_everybody_have_an_open_end():
    rows = [
        {"n_events": 0, "n_subjects": 0, "n_at_risk": 20, "person_years": 10.0},
        {"kind": "SAE", "n_events": 20, "n_subjects": 20, "n_at_risk": 20},
    ]
    nobody, everybody = safety_summary(counts(rows)).itertuples()
    assert (nobody.pct_ci_low, nobody.rate_ci_low) == (0.0, 0.0)
    # (1 - p)^20 = 0.025 and exp(-mean) = 0.025
    assert nobody.pct_ci_high == pytest.approx(100 * (1 - 0.025 ** (1 / 20)))
    assert nobody.rate_ci_high == pytest.approx(100 * -np.log(0.025) / 10)
    assert everybody.pct_ci_high == 100.0
    assert everybody.pct_ci_low == pytest.approx(100 * 0.025 ** (1 / 20))


def test_what_is_not_recorded_has_no_numbers_and_no_time_no_rate():
    rows = [
        {"n_events": None, "n_subjects": None, "note": "not recorded: nothing"},
        {"kind": "SAE", "n_events": 1, "n_subjects": 1, "person_years": None},
    ]
    silent, untimed = safety_summary(counts(rows)).itertuples()
    assert pd.isna([silent.n_events, silent.pct_subjects, silent.pct_ci_high]).all()
    assert pd.isna([silent.rate_per_100_py, silent.rate_ci_high]).all()
    assert silent.note == "not recorded: nothing"
    assert untimed.pct_subjects > 0
    assert pd.isna([untimed.rate_per_100_py, untimed.rate_ci_low]).all()


def terms(**subjects: int) -> list[dict]:
    return [
        {"soc": "X", "pt": pt, "n_events": n + 1, "n_subjects": n}
        for pt, n in subjects.items()
    ]


def test_nam_2023_lists_above_five_percent_of_257_from_13_subjects_on():
    # 12 of 257 are 4.67%, 13 are 5.06% (alanine aminotransferase increased)
    rows = [{"n_events": 40, "n_subjects": 30}, *terms(RASH=12, ALT=13)]
    found = safety_table(counts(rows), tables()).set_index("pt")
    assert found["is_listed"].to_dict() == {"ALT": True, "RASH": False}
    assert f"{found.loc['ALT', 'pct_subjects']:.2f}" == "5.06"


def test_exactly_five_percent_is_not_more_than_five():
    rows = [row | {"n_at_risk": 260} for row in terms(AT=13, ABOVE=14)]
    found = safety_table(counts(rows), tables()).set_index("pt")["is_listed"]
    assert found.to_dict() == {"ABOVE": True, "AT": False}


def test_all_are_listed_above_nothing_but_no_term_without_an_event():
    rows = [*terms(ONCE=1), {"soc": "X", "pt": "NEVER", "n_events": 0, "n_subjects": 0}]
    found = safety_table(counts(rows), tables(more_than_pct=0.0))
    assert found[["pt", "is_listed"]].to_numpy().tolist() == [["ONCE", True]]


def test_an_empty_table_has_a_row_that_says_so():
    nothing = {"n_events": 0, "n_subjects": 0}
    silent = {"n_events": None, "n_subjects": None, "note": "not recorded: nothing"}
    rows = [nothing, silent | {"study_id": "T"}, nothing | {"kind": "SAE"}]
    found = safety_table(counts(rows), tables()).set_index("study_id")
    assert found["pt"].tolist() == ["ANY", "ANY"]
    assert not found["is_listed"].any()
    assert found.loc["S", "n_events"] == 0
    assert pd.isna(found.loc["T", "n_events"])
    assert found.loc["T", "note"] == "not recorded: nothing"


def test_no_counts_give_empty_tables():
    nothing = counts(terms(ONCE=1)).head(0)
    assert len(safety_summary(nothing)) == 0
    assert len(safety_table(nothing, tables())) == 0
