"""The benchmark of verdicts: what it keeps, counts and goes on with."""

import csv
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from verdicts import (
    WORLDS,
    Row,
    add_to_csv,
    counted,
    jobs,
    page,
    read_csv,
    read_rows,
)
from whole_delivery import (
    MAIN,
    WITHOUT,
    keep_rows,
    wanted_analyses,
    write_delivery,
    write_project,
)

from counterarm.demo import Ascertainment
from counterarm.demo.layout import REQUIRED_TABLES

ROOT = Path(__file__).parents[1]
NO_EFFECT, EFFECT = WORLDS
NAM, BARCZEWSKA = MAIN


def row(**changed):
    usual = Row(
        world=NO_EFFECT.name,
        seed=1,
        analysis_id=NAM,
        follow_up_rule="as_recorded",
        verdict="not supported",
        headline="not supported: ascertainment",
        hazard_ratio=0.4,
        ci_low=0.28,
        ci_high=0.56,
        n_pairs=177,
        n_events=170,
        cpu_seconds=30.0,
    )
    return replace(usual, **changed)


@pytest.mark.parametrize(
    ("low", "high", "rejects"),
    [(0.5, 0.9, True), (1.1, 2.0, True), (0.9, 1.1, False), (0.5, 1.0, False)],
)
def test_an_interval_without_1_rejects_on_either_side(low, high, rejects):
    assert row(ci_low=low, ci_high=high).rejects is rejects


def test_a_run_goes_on_where_it_was_stopped(tmp_path):
    file = tmp_path / "verdicts.csv"
    assert read_csv(file) == []
    first = [row(), row(analysis_id=BARCZEWSKA, headline="not supported: a, b")]
    add_to_csv(file, first)
    add_to_csv(file, [row(seed=2)])
    # what a process left that was ended while it wrote
    file.write_text(file.read_text() + f"{NO_EFFECT.name},3,nam")
    found = read_csv(file)
    assert found == [*first, row(seed=2)]
    done = {(each.world, each.seed) for each in found}
    assert jobs(2, done) == [(EFFECT.name, 1), (EFFECT.name, 2)]
    assert jobs(3, done)[-2:] == [(NO_EFFECT.name, 3), (EFFECT.name, 3)]


def test_verdicts_and_rejections_are_counted_by_hand():
    rows = [
        row(),
        row(follow_up_rule="window_91", ci_low=0.6, ci_high=1.3),
        row(seed=2, verdict="cannot be judged"),
        row(seed=2, verdict="cannot be judged", follow_up_rule="window_91"),
        row(seed=3, verdict="fragile"),
        row(analysis_id=BARCZEWSKA, verdict="fragile"),
    ]
    nam, barczewska = counted(rows, NO_EFFECT)
    assert nam == (
        "- nam_2023: as_recorded rejects in 3 of 3; window_91 rejects in 1 of 2. "
        "Verdicts: cannot be judged 1, fragile 1, not supported 1; as they should be "
        "in 2 of 3, at least 21 of 24 are asked for."
    )
    assert barczewska == (
        "- barczewska_2020: as_recorded rejects in 1 of 1. Verdicts: fragile 1; as "
        "they should be in 0 of 1."
    )


def test_the_page_has_a_line_for_each_delivery():
    rows = [
        row(),
        row(follow_up_rule="window_91", hazard_ratio=0.83, ci_low=0.6, ci_high=1.3),
        row(seed=2, verdict="-"),
    ]
    lines = page(rows, "python benchmarks/verdicts.py FOLDER").splitlines()
    assert (
        "| 1 | not supported | 0.40 (0.28-0.56)* | 0.83 (0.60-1.30) | - | - | - |"
        in lines
    )
    assert "| 2 | - | 0.40 (0.28-0.56)* | - | - | - | - |" in lines
    assert "    python benchmarks/verdicts.py FOLDER" in lines


@pytest.fixture
def build():
    """A build on paper: one analysis with a sibling under a rule, and one without."""
    with duckdb.connect() as connection:
        connection.execute(
            """
            create schema seeds; create schema analysis; create schema results;
            create table seeds.analyses (analysis_id varchar, based_on varchar);
            insert into seeds.analyses values
                ('nam_2023', null), ('nam_2023_window_91', 'nam_2023');
            create table analysis.cox (
                analysis_id varchar, term varchar, model_id varchar, variance varchar,
                hazard_ratio double, ci_low double, ci_high double, n bigint,
                n_events bigint
            );
            insert into analysis.cox values
                ('nam_2023', 'treated', 'unadjusted', 'cluster', .4, .28, .56, 354,
                    170),
                ('nam_2023', 'treated', 'unadjusted', 'naive', .4, .3, .6, 354, 170),
                ('nam_2023', 'treated', 'adjusted', 'cluster', .5, .3, .6, 354, 170),
                ('nam_2023', 'treated', 'unadjusted', 'cluster', null, null, null, 2, 0)
            """
        )
        yield connection


def test_a_build_without_rules_and_verdicts_is_read(build):
    (found,) = read_rows(build, NO_EFFECT.name, 1, 30.04)
    assert found == row(verdict="-", headline="")


def test_a_build_with_rules_and_verdicts_is_read(build):
    build.execute(
        """
        alter table analysis.cox add column follow_up_rule varchar;
        update analysis.cox set follow_up_rule = 'as_recorded';
        insert into analysis.cox values (
            'nam_2023_window_91', 'treated', 'unadjusted', 'cluster', .8, .6, 1.1, 352,
            100, 'window_91'
        );
        create table results.verdict_summary (
            analysis_id varchar, verdict varchar, headline varchar
        );
        insert into results.verdict_summary values
            ('nam_2023', 'not supported', 'not supported: ascertainment')
        """
    )
    recorded, window = read_rows(build, NO_EFFECT.name, 1, 30.0)
    assert recorded == row()
    assert (window.analysis_id, window.follow_up_rule) == ("nam_2023", "window_91")
    assert (window.verdict, window.n_pairs, window.rejects) == (
        "not supported",
        176,
        False,
    )


def test_a_seed_keeps_the_rows_of_some_analyses(tmp_path):
    seed = tmp_path / "models.csv"
    seed.write_text('analysis_id,why\nnam_2023,"a, b"\nnam_2023_full,c\n*,d\n')
    keep_rows(seed, ["nam_2023"])
    assert seed.read_text() == 'analysis_id,why\nnam_2023,"a, b"\n*,d\n'
    other = tmp_path / "variables.csv"
    other.write_text("variable,kind\nage,number\n")
    keep_rows(other, ["nam_2023"])
    assert other.read_text() == "variable,kind\nage,number\n"


def test_analyses_that_a_wanted_one_names_are_wanted_too(tmp_path):
    (tmp_path / "analyses.csv").write_text(
        "analysis_id,based_on\nnam_2023,\nbarczewska_2020,\nnam_2023_w,nam_2023\n"
        "nam_2023_full,nam_2023\nnam_2023_far,nam_2023\nnam_2023_idle,nam_2023\n"
    )
    (tmp_path / "follow_up.csv").write_text("analysis_id,rule\nnam_2023_w,window\n")
    (tmp_path / "axes.csv").write_text(
        "analysis_id,level\nnam_2023_w,nam_2023_full\nnam_2023_full,nam_2023_far\n"
        "nam_2023_idle,nam_2023\n"
    )
    (tmp_path / "variables.csv").write_text("variable,label\nage,nam_2023_idle\n")
    assert wanted_analyses(tmp_path) == {
        *MAIN,
        "nam_2023_w",
        "nam_2023_full",
        "nam_2023_far",
    }


def test_the_project_has_the_main_analyses_and_those_under_a_rule(tmp_path):
    shutil.rmtree(tmp_path / "project", ignore_errors=True)
    write_project(tmp_path / "project")
    protocol = tmp_path / "project" / "seeds" / "protocol"
    with (protocol / "analyses.csv").open(newline="", encoding="utf-8") as rows:
        found = {each["analysis_id"] for each in csv.DictReader(rows)}
    assert {*MAIN, f"{NAM}_window_91", f"{BARCZEWSKA}_horizon_270"} <= found
    assert found == wanted_analyses(ROOT / "seeds" / "protocol")
    assert (tmp_path / "project" / "models").resolve() == ROOT / "models"
    settings = (tmp_path / "project" / "dbt_project.yml").read_text()
    assert "persist_docs: {relation: false, columns: false}" in settings


def test_a_delivery_keeps_whole_subjects_of_the_trials_that_are_of_use(tmp_path):
    write_delivery(tmp_path / "demo", 1, 0.4, Ascertainment(is_complete=True))
    ids = {}
    for file in (tmp_path / "demo" / "proact").glob("*.csv"):
        lines = file.read_text(encoding="utf-8").splitlines()[1:]
        ids[file.stem] = {line.split(",", 1)[0] for line in lines}
    assert not {f"PROACT_{table}" for table in WITHOUT} & set(ids)
    assert not set(WITHOUT) & set(REQUIRED_TABLES)
    # about 4,710 of 11,675 subjects are of trials with the revised scale
    assert len(ids["PROACT_DEMOGRAPHICS"]) == pytest.approx(4_710, abs=10)
    assert set().union(*ids.values()) == ids["PROACT_DEMOGRAPHICS"]
    assert ids["PROACT_ALSFRS"] == ids["PROACT_DEMOGRAPHICS"]
