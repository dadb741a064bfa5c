"""Each expectation on the trust tables finds its defect in tables without any other."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from counterarm.gates import read_suites

ANALYSES = Path(__file__).parents[2] / "expectations" / "analyses"
GOOD = """
    create schema seeds;
    create schema analysis;
    create table seeds.analyses (analysis_id varchar, based_on varchar);
    insert into seeds.analyses values ('a', null), ('b', 'a');
    create table analysis.ascertainment (
        analysis_id varchar, follow_up_rule varchar, arm varchar,
        pseudo_trial_id varchar, measure varchar, window_days int,
        value double, ci_low double, ci_high double
    );
    insert into analysis.ascertainment values
        ('a', 'as_recorded', 'control', 'recording', 'observed_over_expected',
         91, 0.1, 0.0, 9.0),
        ('a', 'as_recorded', 'control', 'recording', 'observed_over_expected',
         182, 1.5, 1.1, 2.0),
        ('a', 'as_recorded', 'treated', 'recording', 'observed_over_expected',
         182, 3.0, 2.0, 4.0),
        ('b', 'window_91', 'control', 'recording', 'observed_over_expected',
         182, 2.0, 1.1, 2.5),
        ('a', 'as_recorded', 'control', 'all', 'share_late', 91, 0.1, 0.0, 0.2),
        ('b', 'window_91', 'control', 'all', 'share_late', 91, 0.4, 0.3, 0.5),
        ('a', 'as_recorded', 'treated', 'all', 'share_known', 0, 1.0, 0.9, 1.0);
    create table analysis.censoring_weights as
    select 'a' as analysis_id, 'all' as arm, 1.1e0 as mean, 10.0e0 as max, '' as note;
    create table analysis.placebo_null (
        analysis_id varchar, null_id varchar, kind varchar,
        n_draws int, n_failed int, mu double, sigma double, note varchar
    );
    insert into analysis.placebo_null values
        ('a', 'C1', 'procedure', 200, 40, -0.2, 0.1, ''),
        ('a', 'C2', 'ascertainment', 200, 0, 0.2, 0.0, ''),
        ('a', 'C3', 'pseudo_trial', 9, 1, 0.9, 0.4, '');
    create table analysis.calibrated as
    select 'a' as analysis_id, 'C1' as null_id, -0.5e0 as coef, 0.2e0 as se,
        -0.3e0 as calibrated_coef, -0.7383e0 as calibrated_ci_low,
        0.1383e0 as calibrated_ci_high;
    create table analysis.e_values as
    select 'a' as analysis_id, 'as_recorded' as follow_up_rule, 3.2e0 as e_value,
        2.3e0 as e_value_limit, 'does not account for ascertainment' as note;
    create table analysis.rosenbaum (
        analysis_id varchar, statistic varchar, lambda_odds double, gamma double,
        p_upper double
    );
    insert into analysis.rosenbaum values
        ('a', 'mcnemar', 2, 1, 0.01), ('a', 'mcnemar', 2, 2, 0.05),
        ('a', 'mcnemar', 3, 1, 0.01), ('a', 'mcnemar', 3, 2, 0.05);
    create table analysis.bias_adjusted as
    select 'a' as analysis_id, 0.5e0 as hazard_ratio, 0.3e0 as ci_low, 0.9e0 as ci_high,
        0.02e0 as p_above_1;
    create table analysis.tipping_points as
    select 'a' as analysis_id, -0.5e0 as coef, -0.9e0 as ci_low, -0.1e0 as ci_high,
        null::varchar as note;
    create table analysis.specifications (
        analysis_id varchar, is_protocol boolean, coef double
    );
    insert into analysis.specifications
    select 'a', i = 0, case when i = 9 then null else -0.5 end from range(10) as r (i);
    create table analysis.order_sensitivity as
    select 'a' as analysis_id, 0.4e0 as min, 0.4e0 as q025, 0.45e0 as median,
        0.5e0 as q975, 0.6e0 as max;
    create table analysis.imputed as
    select 'a' as analysis_id, -0.5e0 as coef, 0.5e0 as fmi, null::varchar as note;
    create table analysis.win_ratio (wins int, losses int, win_ratio double);
    insert into analysis.win_ratio values (16, 8, 2.0), (5, 0, null), (null, null, null)
"""
# Of the table, what makes of the good rows one that is found.
PLANTED = {
    "Deaths after the last visit are as many as expected": (
        "ascertainment",
        "value = 1.51 where pseudo_trial_id = 'recording' and arm = 'control'",
    ),
    "Few deaths as recorded come long after the last visit": (
        "ascertainment",
        "value = 0.11 where measure = 'share_late' and analysis_id = 'a'",
    ),
    "Shares lie between 0 and 1": (
        "ascertainment",
        "value = 1.01, ci_high = 2 where measure = 'share_known'",
    ),
    "Censoring weights have a mean near 1": ("censoring_weights", "mean = 0.89"),
    "No censoring weight is extreme": ("censoring_weights", "max = 10.1"),
    "Censoring weights could be computed": ("censoring_weights", "mean = null"),
    "Every null has enough draws": ("placebo_null", "mu = null where null_id = 'C3'"),
    "Few draws have no estimate": ("placebo_null", "n_failed = 2 where n_draws = 9"),
    "The procedure finds nothing between placebo and placebo": (
        "placebo_null",
        "mu = 0.21 where null_id = 'C1'",
    ),
    "The follow-up rule moves nothing between placebo and placebo": (
        "placebo_null",
        "mu = -0.8 where null_id = 'C2'",
    ),
    "A calibrated estimate is the estimate less the null": (
        "calibrated",
        "calibrated_coef = -0.7",
    ),
    "An E-value as recorded says what it does not account for": (
        "e_values",
        "note = null",
    ),
    "The E-value of the limit is the smaller one": ("e_values", "e_value_limit = 3.3"),
    "More hidden bias never makes a finding surer": (
        "rosenbaum",
        "p_upper = 0.009 where gamma = 2 and lambda_odds = 3",
    ),
    "The interval less a bias holds the hazard ratio": (
        "bias_adjusted",
        "ci_high = 0.4",
    ),
    "Every delta of a sweep has an estimate": ("tipping_points", "coef = null"),
    "The interval of a sweep holds its estimate": ("tipping_points", "ci_low = 0"),
    "One specification is that of the protocol": (
        "specifications",
        "is_protocol = false",
    ),
    "Nearly every specification has an estimate": ("specifications", "coef = null"),
    "The order of rows moves the hazard ratio little": (
        "order_sensitivity",
        "q975 = 0.51",
    ),
    "The range over orders is in ascending order": (
        "order_sensitivity",
        "median = 0.39",
    ),
    "Imputations have an estimate": (
        "imputed",
        "note = '2 imputations without an estimate'",
    ),
    "Little information is missing": ("imputed", "fmi = 0.51"),
    "The win ratio is wins over losses": (
        "win_ratio",
        "win_ratio = 1.9 where wins = 16",
    ),
}
TABLES = {table for table, _ in PLANTED.values()}
QUERIES = {
    one.name: one.kwargs["unexpected_rows_query"].format(batch=suite.quoted)
    for suite in read_suites(ANALYSES)
    if suite.name in TABLES
    for one in suite.expectations
}


@pytest.fixture
def tables() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(GOOD)
        yield connection


def test_every_expectation_has_a_defect_and_every_defect_an_expectation():
    assert set(PLANTED) == set(QUERIES)


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_defect_is_found_and_nothing_before(tables, name):
    assert tables.execute(QUERIES[name]).fetchall() == []
    table, change = PLANTED[name]
    tables.execute(f"update analysis.{table} set {change}")
    assert len(tables.execute(QUERIES[name]).fetchall()) == 1


def test_a_calibrated_interval_is_not_narrower_and_not_missing(tables):
    query = QUERIES["A calibrated estimate is the estimate less the null"]
    tables.execute("update analysis.calibrated set calibrated_ci_high = 0")
    assert len(tables.execute(query).fetchall()) == 1
    tables.execute("update analysis.calibrated set calibrated_coef = null")
    tables.execute("update analysis.calibrated set calibrated_ci_high = null")
    assert len(tables.execute(query).fetchall()) == 1
    tables.execute("update analysis.placebo_null set mu = null")
    assert tables.execute(query).fetchall() == []


def test_a_ratio_without_losses_is_found(tables):
    query = QUERIES["The win ratio is wins over losses"]
    tables.execute("update analysis.win_ratio set win_ratio = 9 where losses = 0")
    assert len(tables.execute(query).fetchall()) == 1
