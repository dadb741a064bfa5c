"""Worlds to try: who is seen until when, and whose death is ascertained."""

import hashlib
import json

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from counterarm.cli import main
from counterarm.demo import Ascertainment, layout, write_demo
from counterarm.demo.ascertainment import is_still_ascertained, last_day_to_come
from counterarm.demo.cohort import draw_cohort
from counterarm.demo.patients import generator
from counterarm.demo.people import death_data
from counterarm.demo.proact import draw_block
from counterarm.demo.site_plans import CUT_OFF, SITE_PLANS
from counterarm.demo.trials import trial_array
from counterarm.project import shipped

N = 2_000
COMPLETE = Ascertainment(is_complete=True)


def block_of(ascertainment):
    return draw_block(np.arange(N), N, 1, 0, ascertainment=ascertainment)


def last_visits(block):
    last = np.zeros(len(block.subject_id))
    np.maximum.at(last, block.who, block.day)
    return last


@pytest.fixture(scope="module")
def usual():
    return block_of(Ascertainment())


def test_a_death_one_half_life_after_the_next_visit_is_ascertained_half_the_time():
    death = np.repeat([90.0, 100.0, 225.0, 350.0], 20_000)
    kept = is_still_ascertained(generator(1), death, np.full(80_000, 100.0), 125.0)
    found = kept.reshape(4, -1).mean(axis=1)
    assert (found[:2] == 1).all()
    assert found[2:] == pytest.approx([0.5, 0.25], abs=3.5 * 0.5 / np.sqrt(20_000))


def test_those_who_stop_coming_do_so_60_to_180_days_before_they_die():
    death = np.full(20_000, 400.0)
    last = last_day_to_come(generator(2), death, 0.3)
    stops = np.isfinite(last)
    assert stops.mean() == pytest.approx(0.3, abs=3.5 * 0.46 / np.sqrt(20_000))
    assert 220 <= last[stops].min() < 222
    assert 338 < last[stops].max() <= 340
    # nobody leaves before the trial
    assert (last_day_to_come(generator(2), np.full(9, 10.0), 1.0) == 0).all()


@pytest.mark.parametrize(
    "ascertainment",
    [Ascertainment(half_life=125), Ascertainment(stops_coming=0.5), COMPLETE],
)
def test_a_world_has_the_same_patients_in_the_same_trials(usual, ascertainment):
    block = block_of(ascertainment)
    assert (block.patients.death_day == usual.patients.death_day).all()
    assert (block.subject_id == usual.subject_id).all()
    assert (block.trial == usual.trial).all()


def test_with_a_half_life_fewer_deaths_are_ascertained_and_visits_are_the_same(usual):
    block = block_of(Ascertainment(half_life=125))
    assert (block.day == usual.day).all()
    assert not (block.is_ascertained & ~usual.is_ascertained).any()
    after = usual.patients.death_day - last_visits(usual)
    after -= trial_array("spacing_days")[usual.trial]
    early, late = (
        block.is_ascertained[usual.is_ascertained & where].mean()
        for where in (after <= 0, after > 125)
    )
    assert early == 1
    assert late < 0.5


def test_all_who_stop_coming_have_no_visit_in_their_last_60_days(usual):
    block = block_of(Ascertainment(stops_coming=1))
    assert (block.is_ascertained == usual.is_ascertained).all()
    last = last_visits(block)
    gap = (block.patients.death_day - last)[last > 0]
    assert gap.min() >= 60
    assert (last <= last_visits(usual)).all()


def test_complete_ascertainment_sees_everybody_until_death_or_the_trials_end(usual):
    block = block_of(COMPLETE)
    spacing = trial_array("spacing_days")[block.trial]
    last = last_visits(block)
    died = block.is_ascertained
    # some visits are missed, so that the last one is sometimes the one but last
    gap = (block.patients.death_day - last)[died] / spacing[died]
    assert np.mean(gap < 1.2) > 0.9
    # who is not ascertained as dead lives beyond the last visit, and past the usual end
    assert (block.patients.death_day > last).all()
    assert (last >= last_visits(usual)).mean() > 0.97
    assert last[~died].min() > 270
    rows = death_data(generator(3), block)
    table = pd.DataFrame({name: column.to_pylist() for name, column in rows.items()})
    table = table.drop_duplicates("subject_id")
    assert len(table) == N
    assert (table["Subject_Died"] == np.where(died, "Yes", "No")).all()
    assert (table["Death_Days"].notna() == died).all()


@pytest.mark.parametrize("site", SITE_PLANS)
def test_complete_ascertainment_loses_nobody_of_a_site(site):
    plan = SITE_PLANS[site]
    usual, complete = (
        draw_cohort(generator(4), plan, 1.0, 1.0, is_complete=is_complete)
        for is_complete in (False, True)
    )
    assert (complete.patients.death_day == usual.patients.death_day).all()
    assert np.isfinite(usual.withdrawal_day).any()
    assert np.isinf(complete.withdrawal_day).all()
    end = (CUT_OFF - complete.first_dose).astype(float)
    assert (complete.last_day == end)[~complete.died].all()


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ({"half_life": 0}, "half-life .* above 0 and finite, in days; it is 0"),
        ({"half_life": float("nan")}, "half-life .* it is nan"),
        ({"half_life": float("inf")}, "half-life .* it is inf"),
        ({"stops_coming": 1.5}, "share .* 0 to 1; it is 1.5"),
        ({"stops_coming": float("nan")}, "share .* it is nan"),
        ({"is_complete": True, "stops_coming": 0.5}, "nobody stops attending"),
        ({"is_complete": True, "half_life": 100}, "leaves no death out"),
    ],
)
def test_settings_that_make_no_delivery_are_refused(wanted, says):
    with pytest.raises(ValueError, match=says):
        Ascertainment(**wanted)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("DEATHDATA", "without DEATHDATA cannot be built"),
        ("NEUROFILAMENT", "2016 release has no table NEUROFILAMENT; .* ADVERSEEVENTS"),
        ("LAPS", "no table LAPS"),
    ],
)
def test_only_tables_that_need_not_be_there_can_be_left_out(tmp_path, table, says):
    with pytest.raises(ValueError, match=says):
        write_demo(tmp_path / "demo", subjects=100, without=[table])
    assert not (tmp_path / "demo").exists()


def test_the_tables_that_must_be_there_are_those_of_the_seed():
    tables = pd.read_csv(shipped() / "seeds" / "mappings" / "raw_tables.csv")
    required = tables[(tables["source_kind"] == "proact") & tables["is_required"]]
    assert set(required["table_name"].str.upper()) == set(layout.REQUIRED_TABLES)


def test_the_command_writes_a_world_and_says_what_it_is(tmp_path):
    folder = tmp_path / "demo"
    write_demo(folder, subjects=100, seed=2, release="2022")
    before = {path: path.read_bytes() for path in folder.rglob("*.csv")}
    options = ["--death-half-life", "125", "--stops-coming", "0.5"]
    options += ["--without", "labs", "--without", "CONMEDS"]
    arguments = ["demo", str(folder), "--subjects", "100", "--seed", "2", *options]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    after = {path: path.read_bytes() for path in folder.rglob("*.csv")}
    assert {path.name for path in set(before) - set(after)} == {
        "PROACT_LABS.csv",
        "PROACT_CONMEDS.csv",
    }
    truth = json.loads((folder / "truth.json").read_text())
    assert truth["ascertainment"]["half_life"] == 125
    assert truth["ascertainment"]["stops_coming"] == 0.5
    assert "60 to 180 days of life" in truth["ascertainment"]["meaning"]
    assert "LABS" not in truth["proact_tables"]
    # what does not hang on visits and deaths stays what it is
    (history,) = (path for path in after if path.name == "PROACT_ALSHISTORY.csv")
    digest = [hashlib.sha256(files[history]).digest() for files in (before, after)]
    assert digest[0] == digest[1]


def test_the_command_refuses_in_a_sentence(tmp_path):
    arguments = ["demo", str(tmp_path / "demo"), "--complete-ascertainment"]
    done = CliRunner().invoke(main, [*arguments, "--stops-coming", "0.2"])
    assert done.exit_code == 1
    assert "Error: complete ascertainment leaves no death out" in done.output
    assert not (tmp_path / "demo").exists()
