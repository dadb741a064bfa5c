"""Demographics, adverse events and the primary endpoint of the pilot's study report.

Tables 14-1.02, 14-2.01, 14-3.01, 14-5.01 and 14-5.02 of the report, in which N is
86, 84 and 84; the endpoint with statsmodels 0.14 on the pilot's ADADAS.
"""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact
from statsmodels.formula.api import ols

from counterarm.tables.baseline import describe_levels, describe_numbers
from counterarm.tables.comparisons import Group, group_of
from counterarm.tables.frames import numbers, texts

ARMS = ("Placebo", "Xanomeline Low Dose", "Xanomeline High Dose")
N = dict(zip(ARMS, (86, 84, 84), strict=True))
COUNTS = """
    with

    events as (
        select
            trta,
            aebodsys as soc,
            aedecod as pt,
            usubjid
        from adam.adae
        where {{ treatment_emergent('astdt', 'trtsdt', without_start='null') }} = 'Y'
            and (aeser = 'Y' or not {serious})
    )

    {{ event_counts('events', ['trta']) }}
"""
SKIN = "SKIN AND SUBCUTANEOUS TISSUE DISORDERS"
SITE = "GENERAL DISORDERS AND ADMINISTRATION SITE CONDITIONS"


@pytest.fixture(scope="module")
def subjects(pilot):
    return pilot.query("select * from adam.adsl")


@pytest.fixture(scope="module")
def counts(pilot):
    """Subjects and events by arm, SOC and PT, of all and of the serious events."""
    return {
        kind: pilot.query(COUNTS.replace("{serious}", serious)).set_index(
            ["trta", "soc", "pt"]
        )[["n_subjects", "n_events"]]
        for kind, serious in (("any", "false"), ("serious", "true"))
    }


def arm_of(subjects: pd.DataFrame, arm: str) -> Group:
    """Return an arm of the pilot, in which every subject counts as one."""
    places = np.flatnonzero(subjects["trt01p"] == arm)
    return group_of(arm, subjects.assign(weight=1.0), places)


@pytest.mark.parametrize(
    "arm, mean, sd, median, low, high",
    [
        (ARMS[0], 75.21, 8.59, 76, 52, 89),
        (ARMS[1], 75.67, 8.29, 77.5, 51, 88),
        (ARMS[2], 74.38, 7.89, 76, 56, 88),
    ],
)
def test_age_by_arm(subjects, arm, mean, sd, median, low, high):
    own = arm_of(subjects, arm)
    found = {
        row["statistic"]: row["value"]
        for row in describe_numbers(own, numbers(subjects, "age")[own.places])
    }
    assert found["n"] == N[arm]
    assert (found["mean"], found["sd"]) == pytest.approx((mean, sd), abs=0.005)
    assert (found["median"], found["min"], found["max"]) == (median, low, high)


@pytest.mark.parametrize(
    "name, level, by_arm",
    [
        ("sex", "F", (53, 50, 40)),
        ("sex", "M", (33, 34, 44)),
        ("race", "WHITE", (78, 78, 74)),
        ("race", "BLACK OR AFRICAN AMERICAN", (8, 6, 9)),
        ("race", "AMERICAN INDIAN OR ALASKA NATIVE", (0, 0, 1)),
        ("comp24fl", "Y", (60, 28, 30)),
    ],
)
def test_levels_by_arm(subjects, name, level, by_arm):
    for arm, count in zip(ARMS, by_arm, strict=True):
        own = arm_of(subjects, arm)
        values = texts(subjects, name).to_numpy(object)[own.places]
        found = {
            row["level"]: row["value"]
            for row in describe_levels(own, values)
            if row["statistic"] == "n"
        }
        assert found.get(level, 0) == count


@pytest.mark.parametrize(
    "kind, soc, pt, by_arm",
    [
        ("any", "ANY", "ANY", [(65, 281), (77, 412), (76, 433)]),
        ("any", SKIN, "ANY", [(20, 45), (39, 111), (40, 104)]),
        ("any", SKIN, "PRURITUS", [(8, 11), (21, 31), (26, 38)]),
        (
            "any",
            SITE,
            "APPLICATION SITE PRURITUS",
            [(6, 10), (22, 32), (22, 35)],
        ),
        ("serious", "ANY", "ANY", [(0, 0), (1, 1), (2, 2)]),
    ],
)
def test_subjects_and_events_by_arm(counts, kind, soc, pt, by_arm):
    found = counts[kind].reindex([(arm, soc, pt) for arm in ARMS]).fillna(0)
    assert [tuple(row) for row in found.to_numpy(int)] == by_arm


@pytest.mark.parametrize("arm, p_value", [(ARMS[1], 0.007), (ARMS[2], 0.014)])
def test_fisher_of_any_event_against_placebo(counts, arm, p_value):
    table = [
        [with_event, N[own] - with_event]
        for own in (arm, ARMS[0])
        for with_event in [counts["any"].loc[(own, "ANY", "ANY"), "n_subjects"]]
    ]
    assert fisher_exact(table).pvalue == pytest.approx(p_value, abs=5e-4)


@pytest.fixture(scope="module")
def week_24(pilot):
    """ADAS-Cog (11) at week 24, carried forward by the pilot, less our baseline."""
    return pilot.query("""
        with

        baselines as (
            select
                usubjid,
                {{ baseline_value('aval', 'ady', 'qsseq') }} as base
            from adam.adadas
            where paramcd = 'ACTOT' and dtype is null
            group by usubjid
        )

        select
            adadas.trtp as arm,
            adadas.trtpn as dose,
            adsl.sitegr1 as site,
            baselines.base,
            adadas.aval - baselines.base as chg
        from adam.adadas
        inner join adam.adsl on adadas.usubjid = adsl.usubjid
        inner join baselines on adadas.usubjid = baselines.usubjid
        where adadas.paramcd = 'ACTOT'
            and adadas.avisitn = 24
            and adadas.anl01fl = 'Y'
            and adadas.efffl = 'Y'
    """)


def test_primary_endpoint_has_the_published_numbers_of_subjects(week_24):
    assert [int((week_24["arm"] == arm).sum()) for arm in ARMS] == [79, 81, 74]


def test_dose_response_of_the_primary_endpoint(week_24):
    fit = ols("chg ~ dose + C(site) + base", week_24).fit()
    assert fit.pvalues["dose"] == pytest.approx(0.245, abs=5e-4)


@pytest.mark.parametrize(
    "arm, against, difference, se, p_value, interval",
    [
        (ARMS[1], ARMS[0], -0.466782, 0.818042, 0.568847, (-2.1, 1.1)),
        (ARMS[2], ARMS[0], -1.006014, 0.840529, 0.232641, (-2.7, 0.7)),
        (ARMS[2], ARMS[1], -0.5, 0.84, 0.520, (-2.2, 1.1)),
    ],
)
def test_differences_at_week_24(
    week_24, arm, against, difference, se, p_value, interval
):
    fit = ols(f"chg ~ C(arm, Treatment('{against}')) + C(site) + base", week_24).fit()
    (term,) = (name for name in fit.params.index if name.endswith(f"[T.{arm}]"))
    digits = 5e-7 if against == ARMS[0] else 0.05
    assert fit.params[term] == pytest.approx(difference, abs=digits)
    assert fit.bse[term] == pytest.approx(se, abs=min(digits, 0.005))
    assert fit.pvalues[term] == pytest.approx(p_value, abs=min(digits, 5e-4))
    assert fit.conf_int().loc[term].to_list() == pytest.approx(interval, abs=0.051)
