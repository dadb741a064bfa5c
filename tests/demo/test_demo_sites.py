"""The two made-up sites are like the published ones, and fit PRO-ACT."""

import numpy as np
import pandas as pd
import pytest

from counterarm.demo.layout import SITE_ITEMS

TABLES = (
    "subjects",
    "doses",
    "visits",
    "events",
    "adverse_events",
    "medications",
)
SIZES = {"hanyang": 257, "olsztyn": 100}


@pytest.fixture(scope="module", params=SIZES)
def site(request, delivery):
    tables = {table: delivery.site(request.param, table) for table in TABLES}
    return request.param, tables


@pytest.fixture(scope="module")
def hanyang(delivery):
    return {table: delivery.site("hanyang", table) for table in TABLES}


@pytest.fixture(scope="module")
def olsztyn(delivery):
    return {table: delivery.site("olsztyn", table) for table in TABLES}


def first_dose(tables):
    doses = tables["doses"]
    first = doses[doses["dose_number"] == "1"].set_index("subject_id")
    return pd.to_datetime(first["dose_date"])


def days(tables, table, column):
    """Days from the first dose, one per row of `table`."""
    rows = tables[table]
    date = pd.to_datetime(rows[column], format="%Y-%m-%d")
    return (date - rows["subject_id"].map(first_dose(tables))).dt.days


def test_every_patient_has_an_id_of_the_site_and_a_first_dose(site):
    name, tables = site
    subjects = tables["subjects"]["subject_id"]
    assert len(subjects) == subjects.nunique() == SIZES[name]
    prefix = {"hanyang": "HYU", "olsztyn": "OLS"}[name]
    assert subjects.str.fullmatch(prefix + r"-\d{4}").all()
    assert set(first_dose(tables).index) == set(subjects)
    for table in TABLES:
        assert set(tables[table]["subject_id"]) <= set(subjects)


def test_codes_are_those_of_the_template(site):
    _, tables = site
    subjects, events = tables["subjects"], tables["events"]
    assert set(subjects["sex"]) == {"M", "F"}
    assert set(subjects["riluzole"]) == {"Y", "N"}
    assert set(subjects["el_escorial"]) == {"DEFINITE", "PROBABLE"}
    sites = {"BULBAR", "LIMB", "LIMB AND BULBAR", "OTHER"}
    assert {"BULBAR", "LIMB"} <= set(subjects["onset_site"]) <= sites
    assert set(tables["visits"]["gastrostomy"]) == {"Y", "N"}
    assert set(events["event"]) == {
        "DEATH",
        "TRACHEOSTOMY",
        "PERMANENT_VENTILATION",
        "GASTROSTOMY",
        "LAST_CONTACT",
        "WITHDRAWAL",
    }
    adverse = tables["adverse_events"]
    assert set(adverse["serious"]) == {"Y", "N"}
    assert {"UNLIKELY", "POSSIBLE", "PROBABLE"} <= set(adverse["causality"])
    assert "RILUZOLE" in set(tables["medications"]["medication"])


def test_onset_diagnosis_and_first_dose_follow_each_other(site):
    _, tables = site
    onset = days(tables, "subjects", "onset_date")
    diagnosis = days(tables, "subjects", "diagnosis_date")
    assert (onset <= diagnosis).all()
    assert (diagnosis <= 0).all()


def test_nobody_is_dosed_or_seen_after_death(site):
    _, tables = site
    events = tables["events"].assign(day=days(tables, "events", "event_date"))
    death = events[events["event"] == "DEATH"].set_index("subject_id")["day"]
    assert 0.3 < len(death) / len(tables["subjects"]) < 0.62
    for table, column in (("doses", "dose_date"), ("visits", "visit_date")):
        rows = tables[table].assign(day=days(tables, table, column))
        limit = rows["subject_id"].map(death)
        assert not (rows["day"] > limit).any()
    assert not (events["day"] > events["subject_id"].map(death)).any()


def test_site_rows_repeat_and_lack_totals_and_items(site):
    _, tables = site
    visits = tables["visits"]
    assert visits.duplicated().sum() >= 2
    assert 0 < (visits["alsfrs_r_total"] == "").mean() < 0.03
    blank = (visits[list(SITE_ITEMS)] == "").any(axis=1)
    assert 0 < blank.mean() < 0.03
    full = visits[~blank & (visits["alsfrs_r_total"] != "")]
    total = full[list(SITE_ITEMS)].astype(int).sum(axis=1)
    assert (total == full["alsfrs_r_total"].astype(int)).mean() > 0.98


def test_hanyang_gives_two_doses_a_month_apart_and_boosts_34(hanyang):
    doses = hanyang["doses"].assign(day=days(hanyang, "doses", "dose_date"))
    number = doses.groupby("subject_id").size()
    assert 2 <= (number == 1).sum() <= 6
    assert (number >= 3).sum() == 34
    assert number.max() <= 10
    second = doses.loc[doses["dose_number"] == "2", "day"]
    assert second.between(25, 31).all()
    gap = doses.groupby("subject_id")["day"].diff()
    booster = gap[doses["dose_number"].astype(int) >= 3]
    assert booster.between(90, 366).all()


def test_hanyang_recruits_from_2015_to_2021_and_follows_to_2022(hanyang):
    assert first_dose(hanyang).min().year == 2015
    assert first_dose(hanyang).max() <= pd.Timestamp("2021-12-31")
    dates = hanyang["events"]["event_date"]
    assert dates.max() == "2022-01-31"


def test_about_170_of_257_at_hanyang_are_early_and_seen_again(hanyang):
    onset = days(hanyang, "subjects", "onset_date")
    early = set(hanyang["subjects"].loc[onset > -730, "subject_id"])
    visits = hanyang["visits"]
    after = set(visits.loc[days(hanyang, "visits", "visit_date") > 0, "subject_id"])
    assert len(early & after) == pytest.approx(170, abs=15)
    assert early - after


def test_hanyang_patients_are_like_the_published_ones(hanyang):
    subjects, visits = hanyang["subjects"], hanyang["visits"]
    assert (subjects["country"] == "KOR").mean() == pytest.approx(0.79, abs=0.08)
    assert (subjects["race"] == "ASIAN").mean() == pytest.approx(0.84, abs=0.08)
    assert (subjects["riluzole"] == "Y").mean() == pytest.approx(0.9, abs=0.06)
    at_dose = visits[days(hanyang, "visits", "visit_date") == 0]
    total = pd.to_numeric(at_dose["alsfrs_r_total"])
    assert total.mean() == pytest.approx(35.5, abs=1.5)
    assert total.std() == pytest.approx(5.9, abs=1.2)


def test_olsztyn_gives_three_doses_two_months_apart_to_all_who_live(olsztyn):
    number = olsztyn["doses"].groupby("subject_id").size()
    assert number.max() == 3
    assert (number == 3).mean() > 0.9
    day = days(olsztyn, "doses", "dose_date")
    third = day[olsztyn["doses"]["dose_number"] == "3"]
    assert third.between(118, 126).all()
    events = olsztyn["events"]
    dead = events.loc[events["event"] == "DEATH", "subject_id"]
    assert set(number[number < 3].index) <= set(dead)


def test_olsztyn_sees_patients_for_half_a_year_before_and_at_each_dose(olsztyn):
    visits = olsztyn["visits"].assign(day=days(olsztyn, "visits", "visit_date"))
    doses = olsztyn["doses"].assign(day=days(olsztyn, "doses", "dose_date"))
    pairs = doses.merge(visits, on="subject_id", suffixes=("", "_visit"))
    near = pairs[(pairs["day"] - pairs["day_visit"]).abs() <= 14]
    assert len(near.drop_duplicates(["subject_id", "dose_number"])) == len(doses)
    for day, window, share in ((-182, 45, 0.93), (60, 30, 0.93), (182, 45, 0.88)):
        seen = visits.loc[(visits["day"] - day).abs() <= window, "subject_id"]
        assert seen.nunique() >= share * 100


def test_olsztyn_is_white_and_polish(olsztyn):
    assert set(olsztyn["subjects"]["race"]) == {"WHITE"}
    assert set(olsztyn["subjects"]["country"]) == {"POL"}


def test_two_thirds_at_olsztyn_have_a_control_like_them(olsztyn, delivery, number):
    shared = ["Q1_Speech", "Q2_Salivation", "Q3_Swallowing", "Q4_Handwriting", "Q5"]
    shared += ["Q6_Dressing_and_Hygiene", "Q7_Turning_in_Bed", "Q8_Walking"]
    shared += ["Q9_Climbing_Stairs", "R_1_Dyspnea", "R_2_Orthopnea"]
    shared += ["R_3_Respiratory_Insufficiency"]
    rows = delivery["ALSFRS"]
    rows = rows.assign(
        Q5=rows["Q5a_Cutting_without_Gastrostomy"].where(
            lambda a: a != "", rows["Q5b_Cutting_with_Gastrostomy"]
        ),
        day=number(rows["ALSFRS_Delta"]),
    )
    controls = rates(rows[["subject_id", "day"]], rows[shared].apply(number), 182)
    history = delivery["ALSHISTORY"]
    text = history["Site_of_Onset"].str.removeprefix("Onset: ").str.upper()
    flag = np.where(history["Site_of_Onset___Limb"] == "1", "LIMB", "")
    flag = np.where(history["Site_of_Onset___Bulbar"] == "1", "BULBAR", flag)
    sites = text.where(text != "", flag).replace("SPINE", "LIMB")
    onset = sites[sites != ""].groupby(history["subject_id"]).first()
    people = delivery["DEMOGRAPHICS"].drop_duplicates("subject_id")
    people = people[people["Race_Caucasian"] == "1"].set_index("subject_id")
    drug = delivery["RILUZOLE"].set_index("subject_id")["Subject_used_Riluzole"]
    controls = controls.join(people["Sex"].str[0], how="inner")
    controls = controls.join(onset.rename("onset"), how="inner")
    controls = controls.join(drug.str[0].rename("drug"), how="inner")

    visits = olsztyn["visits"].drop_duplicates()
    keys = visits[["subject_id"]].assign(day=days(olsztyn, "visits", "visit_date"))
    treated = rates(keys, visits[list(SITE_ITEMS)].apply(number), 0)
    subjects = olsztyn["subjects"].set_index("subject_id")
    treated["Sex"] = subjects["sex"]
    treated["onset"] = subjects["onset_site"]
    treated["drug"] = subjects["riluzole"]
    pairs = treated.reset_index().merge(controls, on=["stage", "Sex", "onset", "drug"])
    close = (pairs["rate_x"] - pairs["rate_y"]).abs() <= 0.5
    assert pairs.loc[close, "subject_id"].nunique() >= 67


def rates(keys, items, index_day):
    """Stage at the index day and points per month over the half year before."""
    domain = [items.iloc[:, k : k + 3].sum(axis=1) for k in (0, 3, 6, 9)]
    stage = 1 + sum((points < 9).astype(int) for points in domain)
    rows = keys.assign(total=items.sum(axis=1, skipna=False), stage=stage).dropna()

    def nearest(day, window):
        off = (rows["day"] - day).abs()
        order = rows[off <= window].assign(off=off).sort_values("off", kind="stable")
        return order.drop_duplicates("subject_id").set_index("subject_id")

    now, then = nearest(index_day, 30), nearest(index_day - 182, 45)
    both = now.join(then, rsuffix="_then", how="inner")
    months = (both["day"] - both["day_then"]) * 12 / 365
    return both.assign(rate=(both["total"] - both["total_then"]) / months)[
        ["stage", "rate"]
    ]
