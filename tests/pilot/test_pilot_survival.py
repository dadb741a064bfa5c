"""Time to event of the CDISC pilot, from its adverse events to the hazard ratio.

The numbers are lifelines 0.30.3 and R survival 3.5.3 on the pilot's ADTTE, which agree;
the subjects at risk are those of the Kaplan-Meier plot submitted to the FDA.
"""

import numpy as np
import pytest

from counterarm.survival import fit_cox, kaplan_meier, log_rank, median

TTDE = """
    with

    events as (
        select
            usubjid,
            'TTDE' as paramcd,
            astdt as adt,
            'Dematologic Event Occured' as description,
            'ADAE' as srcdom,
            'ASTDT' as srcvar,
            aeseq as srcseq
        from adam.adae
        where cq01nam is not null
            and {{ treatment_emergent('astdt', 'trtsdt', without_start='null') }} = 'Y'
    ),

    censorings as (
        select
            usubjid,
            'TTDE' as paramcd,
            rfendt as adt,
            'Study Completion Date' as description,
            'ADSL' as srcdom,
            'RFENDT' as srcvar,
            null as srcseq
        from adam.adsl
    )

    {{ time_to_event('events', 'censorings', day='adt') }}
"""
ONCOLOGY = """
    with

    events as (
        select
            adrs.usubjid,
            case params.paramcd when 1 then 'OS' else 'PFS' end as paramcd,
            adrs.adt,
            case adrs.paramcd
                when 'DEATH' then 'Death' else 'Disease Progression'
            end as description,
            'ADRS' as srcdom,
            'ADT' as srcvar,
            adrs.aseq as srcseq
        from admiral.adrs_onco as adrs
        cross join (values (1), (2)) as params (paramcd)
        where adrs.avalc = 'Y'
            and (
                adrs.paramcd = 'DEATH' or (adrs.paramcd = 'PD' and params.paramcd = 2)
            )
    ),

    censorings as (
        select
            usubjid,
            'OS' as paramcd,
            lstalvdt as adt,
            'Alive During Study' as description,
            'ADSL' as srcdom,
            'LSTALVDT' as srcvar,
            null as srcseq
        from admiral.adsl

        union all

        select
            usubjid,
            'PFS' as paramcd,
            adt,
            'Last Tumor Assessment' as description,
            'ADRS' as srcdom,
            'ADT' as srcvar,
            aseq as srcseq
        from admiral.adrs_onco
        where paramcd = 'LSTA'

        union all

        select
            usubjid,
            unnest(['OS', 'PFS']) as paramcd,
            randdt as adt,
            'Randomization' as description,
            'ADSL' as srcdom,
            'RANDDT' as srcvar,
            null as srcseq
        from admiral.adsl
    )

    {{ time_to_event(
        'events', 'censorings', day='adt', ties=['description desc', 'srcseq']
    ) }}
"""
PLACEBO, LOW, HIGH = "Placebo", "Xanomeline Low Dose", "Xanomeline High Dose"


@pytest.fixture(scope="module")
def times(pilot):
    """One row per subject: our time to the first dermatologic event."""
    return pilot.query(f"""
        select
            adtte.trta,
            {{{{ duration_days('adtte.startdt', 'ours.adt') }}}} as aval,
            1 - ours.cnsr as event
        from adam.adtte
        inner join ({TTDE}) as ours on adtte.usubjid = ours.usubjid
        where adtte.saffl = 'Y'
    """)


def curve_of(times, arm, conf_type="log"):
    own = times[times["trta"] == arm]
    return kaplan_meier(own["aval"], own["event"], conf_type=conf_type)


@pytest.mark.parametrize(
    "ours",
    [
        "adt",
        "cnsr",
        "srcdom",
        "srcvar",
        "srcseq",
        "coalesce(ours.cnsdtdsc, ours.evntdesc)",
        "{{ duration_days('adtte.startdt', 'ours.adt') }}",
    ],
)
def test_every_row_of_the_pilots_adtte_is_ours(pilot, ours):
    theirs = {"coalesce": "evntdesc", "{{ durat": "aval"}.get(ours[:8], ours)
    ours = ours if "(" in ours else f"ours.{ours}"
    assert pilot.agreement(f"""
        select adtte.{theirs} as theirs, {ours} as ours
        from adam.adtte
        left join ({TTDE}) as ours on adtte.usubjid = ours.usubjid
    """) == (254, 254)


@pytest.mark.parametrize("paramcd, n_events", [("OS", 3), ("PFS", 6)])
def test_survival_of_admirals_oncology_example_is_ours(pilot, paramcd, n_events):
    rows = f"""
        select
            (theirs.adt, theirs.cnsr, theirs.srcdom, theirs.srcvar, theirs.srcseq)
                as theirs,
            (ours.adt, ours.cnsr, ours.srcdom, ours.srcvar, ours.srcseq) as ours,
            ours.cnsr
        from (select * from admiral.adtte_onco where paramcd = '{paramcd}') as theirs
        full join (select * from ({ONCOLOGY}) where paramcd = '{paramcd}') as ours
            on theirs.usubjid = ours.usubjid
    """
    assert pilot.agreement(rows) == (254, 254)
    events = pilot.query(f"select count(*) from ({rows}) where cnsr = 0")
    assert events.iat[0, 0] == n_events


@pytest.mark.parametrize(
    "arm, n, events, estimate, log_log, log",
    [
        (PLACEBO, 86, 29, np.nan, None, None),
        (LOW, 84, 62, 33, (27, 48), (28, 51)),
        (HIGH, 84, 61, 36, (23, 46), (25, 47)),
    ],
)
def test_medians_and_their_two_intervals(times, arm, n, events, estimate, log_log, log):
    curve = curve_of(times, arm)
    assert (curve.n_risk[0], curve.n_event.sum()) == (n, events)
    for conf_type, limits in (("log-log", log_log), ("log", log)):
        found = median(curve_of(times, arm, conf_type))
        assert found.estimate == pytest.approx(estimate, nan_ok=True)
        if limits:
            assert (found.ci_low, found.ci_high) == limits


@pytest.mark.parametrize(
    "arm, at_50, at_100",
    [
        (PLACEBO, 0.781201, 0.657483),
        (LOW, 0.376139, 0.201755),
        (HIGH, 0.341689, 0.091921),
    ],
)
def test_survival_at_50_and_100_days(times, arm, at_50, at_100):
    curve = curve_of(times, arm)
    found = [curve.survival[curve.time <= day][-1] for day in (50, 100)]
    assert found == pytest.approx([at_50, at_100], abs=5e-7)


@pytest.mark.parametrize(
    "arm, at_risk",
    [
        (PLACEBO, [86, 75, 65, 59, 50, 47, 45, 42, 40, 35, 0]),
        (LOW, [84, 58, 31, 20, 14, 12, 8, 6, 6, 5, 0]),
        (HIGH, [84, 48, 31, 14, 7, 4, 4, 4, 4, 3, 0]),
    ],
)
def test_subjects_at_risk_are_those_of_the_submitted_plot(times, arm, at_risk):
    curve = curve_of(times, arm)
    n_observed = curve.n_event + curve.n_censored
    found = [n_observed[curve.time >= day].sum() for day in range(0, 201, 20)]
    assert found == at_risk


def test_log_rank_of_three_arms_and_of_each_pair(times):
    found = log_rank(times["aval"], times["event"], times["trta"])
    assert found.statistic == pytest.approx(60.26955673902807, rel=1e-12)
    assert found.p_value == pytest.approx(8.1777e-14, rel=1e-4)
    assert found.df == 2
    for arm, statistic in ((LOW, 42.141114), (HIGH, 52.327004)):
        pair = times[times["trta"].isin([PLACEBO, arm])]
        found = log_rank(pair["aval"], pair["event"], pair["trta"])
        assert found.statistic == pytest.approx(statistic, abs=5e-7)


def test_cox_with_efrons_ties(times):
    arms = np.column_stack([times["trta"] == LOW, times["trta"] == HIGH])
    fit = fit_cox(
        times["aval"], times["event"], arms.astype(float), names=["low", "high"]
    )
    assert fit.coef == pytest.approx([1.4225550, 1.6146185], abs=5e-8)
    assert fit.hazard_ratio == pytest.approx([4.147704, 5.025970], abs=1e-6)
    assert fit.ci_low == pytest.approx([2.645140, 3.181766], abs=1e-6)
    assert fit.ci_high == pytest.approx([6.503795, 7.939106], abs=1e-6)
    likelihood_ratio = 2 * (fit.log_likelihood[1] - fit.log_likelihood[0])
    wald = fit.coef @ np.linalg.solve(fit.covariance, fit.coef)
    assert (likelihood_ratio, wald) == pytest.approx((64.59, 51.68), abs=0.005)
    assert concordance(times, arms @ fit.coef) == pytest.approx(0.652, abs=5e-4)


def concordance(times, risk) -> float:
    """Share of the pairs that can be ordered in which the earlier event has more risk.

    A subject censored on the day of an event outlives it; equal risks count half.
    """
    aval, event = times["aval"].to_numpy(), times["event"].to_numpy() == 1
    earlier = event[:, None] & (
        (aval[:, None] < aval) | ((aval[:, None] == aval) & ~event)
    )
    higher = (risk[:, None] > risk) + 0.5 * (risk[:, None] == risk)
    return float(higher[earlier].mean())
