"""The derivations of our ADaM tables give what the CDISC pilot's own ADaM holds."""

import pytest

WINDOWS = """
    select *
    from (
        values
            ('ADAS', 'Baseline', 0, 1, null, 1),
            ('ADAS', 'Week 8', 8, 56, 2, 84),
            ('ADAS', 'Week 16', 16, 112, 85, 140),
            ('ADAS', 'Week 24', 24, 168, 141, null)
    ) as windows (window_group, avisit, avisitn, awtarget, awlo, awhi)
"""
# Rows carried forward, 241, are no values; 25 without AVAL can be no baseline either.
ADADAS = f"""
    with

    windows as ({WINDOWS}),

    given as (
        select
            usubjid,
            dense_rank() over (order by usubjid) as subject_no,
            paramcd,
            paramn,
            'ADAS' as window_group,
            aval,
            cast(ady as bigint) as ady,
            qsseq as in_day,
            avisit as their_avisit,
            awtdiff as their_awtdiff,
            anl01fl as their_anl01fl,
            ablfl as their_ablfl,
            base as their_base,
            chg as their_chg
        from adam.adadas
        where dtype is null and aval is not null
    ),

    computed as ({{{{ analysis_values('given', 'windows') }}}})

    select {{column}} as ours, their_{{column}} as theirs from computed
"""


def test_study_day_of_adverse_events_is_that_of_the_pilot(pilot):
    assert pilot.agreement("""
        select
            ae.aestdy as theirs,
            {{ study_day_of_date(
                'try_cast(ae.aestdtc as date)', 'cast(dm.rfstdtc as date)'
            ) }} as ours
        from sdtm.ae
        inner join sdtm.dm on ae.usubjid = dm.usubjid
        where ae.aestdy is not null
    """) == (937, 937)


@pytest.mark.parametrize("day", ["ast", "aen"])
def test_analysis_study_days_count_from_the_first_treatment(pilot, day):
    assert pilot.agreement(f"""
        select
            {day}dy as theirs,
            {{{{ study_day_of_date('{day}dt', 'trtsdt') }}}} as ours
        from adam.adae
    """) == (1191, 1191)


def test_first_treatment_is_the_first_exposure(pilot):
    assert pilot.agreement("""
        select
            adsl.trtsdt as theirs,
            min(cast(ex.exstdtc as date)) as ours
        from adam.adsl
        left join sdtm.ex on adsl.usubjid = ex.usubjid
        group by adsl.usubjid, adsl.trtsdt
    """) == (254, 254)


def test_treatment_emergent_by_the_rule_of_the_pilot(pilot):
    rows = """
        select
            trtemfl as theirs,
            {{ treatment_emergent('astdt', 'trtsdt', without_start='null') }} as ours
        from adam.adae
    """
    assert pilot.agreement(rows) == (1191, 1191)
    assert pilot.query(f"select count(ours) from ({rows})").iat[0, 0] == 1126


def test_treatment_emergent_by_the_rule_of_admiral(pilot):
    rows = """
        select
            trtemfl as theirs,
            {{ treatment_emergent('astdt', 'trtsdt', 'trtedt', 30) }} as ours
        from admiral.adae
    """
    assert pilot.agreement(rows) == (1191, 1191)
    assert pilot.query(f"select count(ours) from ({rows})").iat[0, 0] == 1122


@pytest.mark.parametrize(
    "flag, keys, among",
    [
        ("aoccfl", ["usubjid"], "trtemfl = 'Y'"),
        ("aoccsfl", ["usubjid", "aebodsys"], "trtemfl = 'Y'"),
        ("aoccpfl", ["usubjid", "aebodsys", "aedecod"], "trtemfl = 'Y'"),
        ("aocc01fl", ["usubjid"], "trtemfl = 'Y' and cq01nam is not null"),
    ],
)
def test_occurrence_flags_mark_the_rows_that_the_pilot_marks(pilot, flag, keys, among):
    assert pilot.agreement(f"""
        select
            {flag} as theirs,
            {{{{ first_record_flag({keys}, ['astdt', 'aeseq'], "{among}") }}}} as ours
        from adam.adae
    """) == (1191, 1191)


def test_the_most_severe_occurrence_is_that_of_admiral(pilot):
    assert pilot.agreement("""
        select
            aoccifl as theirs,
            {{ first_record_flag(
                ['usubjid'], ['asevn desc', 'astdtm', 'aeseq'], "trtemfl = 'Y'"
            ) }} as ours
        from admiral.adae
    """) == (1191, 1191)


def test_durations_count_both_ends(pilot):
    # the pilot gives no duration to the four events whose start it imputed
    assert pilot.agreement("""
        select
            adurn as theirs,
            case
                when astdtf is null then {{ duration_days('astdt', 'aendt') }}
            end as ours
        from adam.adae
    """) == (1191, 1191)


@pytest.mark.parametrize(
    "column", ["avisit", "awtdiff", "anl01fl", "ablfl", "base", "chg"]
)
def test_windows_baseline_and_change_of_adas_cog_are_those_of_the_pilot(pilot, column):
    assert pilot.agreement(ADADAS.replace("{column}", column)) == (12197, 12197)
