"""Files, headings, releases, repeatability and refusals of the made-up delivery."""

import hashlib
import json
import tracemalloc

import numpy as np
import pytest

from counterarm.demo import is_whole_demo, layout, write_demo
from counterarm.demo.layout import HEADINGS, SITE_HEADINGS, file_name, heading
from counterarm.demo.proact import BLOCK, TABLE_MAKERS, blocks, subject_ids
from counterarm.demo.quirks import n_rows
from counterarm.demo.write import csv_lines

MARK = b"\xef\xbb\xbf"
NEW_IN_2022 = {"ELESCORIAL", "HANDGRIPSTRENGTH", "MUSCLESTRENGTH"}
NUMBER_OF_TABLES = {"2016": 13, "2022": 16, "2026": 17}
TABLES_OF_RELEASES = [
    (release, table) for release in layout.RELEASES for table in layout.tables(release)
]


def digests(demo):
    return {
        name: hashlib.sha256((demo.directory / name).read_bytes()).hexdigest()
        for name in demo.rows
    }


def without_heading(demo, table):
    data = (demo.proact_directory / file_name(table, demo.release)).read_bytes()
    return data.split(b"\n", 1)[1]


@pytest.mark.parametrize("release", ["2016", "2022", "2026"])
def test_each_release_has_its_own_file_names(demos, release):
    names = {path.name for path in demos[release].proact_directory.iterdir()}
    tables = {file_name(table, release) for table in layout.tables(release)}
    assert names == tables | {"MADE_UP"}
    assert len(tables) == NUMBER_OF_TABLES[release]
    example = {"2016": "AlsHistory.csv", "2022": "PROACT_ALSHISTORY.csv"}
    assert example.get(release, "F_PROACT_ALSHISTORY.csv") in names


def test_later_releases_add_tables():
    old, middle, new = (set(layout.tables(release)) for release in layout.RELEASES)
    assert middle - old == NEW_IN_2022
    assert new - middle == {"NEUROFILAMENT"}
    assert old < middle < new == set(layout.TABLES) == set(HEADINGS)
    assert file_name("NEUROFILAMENT", "2026") == "F_PROACT_Neurofilament.csv"
    assert file_name("LABS", "2016") == "Labs.csv"
    assert file_name("LABS", "2022") == "PROACT_LABS.csv"


@pytest.mark.parametrize(("release", "table"), TABLES_OF_RELEASES)
def test_headings_are_those_of_the_release(demos, release, table):
    path = demos[release].proact_directory / file_name(table, release)
    first = path.read_bytes().split(b"\n", 1)[0]
    assert first.startswith(MARK) == (release == "2026")
    assert first.removeprefix(MARK).decode().split(",") == list(heading(table, release))


def test_headings_keep_their_odd_spelling():
    counts = {name: len(columns) for name, columns in HEADINGS.items()}
    assert counts == {
        "ALSFRS": 20,
        "ALSHISTORY": 16,
        "DEATHDATA": 3,
        "DEMOGRAPHICS": 14,
        "TREATMENT": 3,
        "RILUZOLE": 3,
        "FVC": 10,
        "SVC": 10,
        "VITALSIGNS": 36,
        "CONMEDS": 8,
        "ADVERSEEVENTS": 12,
        "LABS": 5,
        "FAMILYHISTORY": 39,
        "ELESCORIAL": 3,
        "HANDGRIPSTRENGTH": 11,
        "MUSCLESTRENGTH": 10,
        "NEUROFILAMENT": 6,
    }
    assert "Test_trial" in HEADINGS["HANDGRIPSTRENGTH"]
    assert "Cousin__Paternal_" in HEADINGS["FAMILYHISTORY"]
    assert HEADINGS["ELESCORIAL"][1] == "el_escorial"
    assert "Site_of_Onset___Limb_and_Bulbar" in HEADINGS["ALSHISTORY"]
    assert "Subject_Liters__Trial_2_" in HEADINGS["SVC"]
    assert "Slow_vital_Capacity_Delta" in HEADINGS["SVC"]
    assert "subject_normal" in heading("FVC", "2022")
    assert "Subject_Normal" in heading("SVC", "2022")
    assert "Subject_Normal" in heading("FVC", "2016")


@pytest.mark.parametrize("table", layout.tables("2022"))
def test_the_releases_hold_equal_cells(demos, table):
    cells = without_heading(demos["2022"], table)
    assert without_heading(demos["2026"], table) == cells
    if table not in NEW_IN_2022:
        assert without_heading(demos["2016"], table) == cells


def test_site_files_do_not_depend_on_the_release(demos):
    old, new = (
        {name: d for name, d in digests(demos[release]).items() if "sites/" in name}
        for release in ("2016", "2026")
    )
    assert len(old) == 12
    assert old == new


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    first = write_demo(tmp_path / "a", subjects=300, seed=5)
    second = write_demo(tmp_path / "b", subjects=300, seed=5)
    other = write_demo(tmp_path / "c", subjects=300, seed=6)
    assert digests(first) == digests(second)
    assert not set(digests(first).values()) & set(digests(other).values())
    truth = "truth.json"
    assert (first.directory / truth).read_bytes() == (
        second.directory / truth
    ).read_bytes()


def test_a_seed_gives_the_bytes_that_it_gave_before_there_were_worlds_to_try(tmp_path):
    demo = write_demo(tmp_path / "demo", subjects=300, seed=5)
    every = hashlib.sha256()
    for name in sorted(demo.rows):
        every.update((demo.directory / name).read_bytes())
    # of the commit before `Ascertainment`; a new table or column of the demo changes it
    assert every.hexdigest() == (
        "29e51a5eef8329ba1100a3228ded554d3a3313e84c767d5c4b1dfe1de8f4d801"
    )
    truth = json.loads((demo.directory / "truth.json").read_text())
    assert "ascertainment" not in truth
    assert "proact_deaths" in truth


def test_the_summary_counts_rows_of_every_file(demos):
    demo = demos["2016"]
    assert len(demo.rows) == 13 + 12
    for path, rows in zip(demo.paths, demo.rows.values(), strict=True):
        lines = path.read_bytes().count(b"\n") - 1
        footer = path.name in ("Riluzole.csv", "DeathData.csv")
        assert lines == rows + footer


def test_the_truth_and_the_marks_are_written(demos):
    demo = demos["2022"]
    truth = json.loads((demo.directory / "truth.json").read_text())
    assert truth["made_up"] is True
    assert (truth["subjects"], truth["seed"], truth["release"]) == (4_000, 1, "2022")
    assert truth["hazard_ratio"] == 0.7
    assert set(truth["populations"]) == {"proact", "hanyang", "olsztyn"}
    for folder in (".", "proact", "sites/hanyang", "sites/olsztyn"):
        assert (demo.directory / folder / "MADE_UP").is_file()
    notice = (demo.directory / "README.md").read_text()
    assert "Nobody real" in notice
    for table in layout.tables("2022"):
        assert table in notice
        assert truth["proact_tables"][table] == f"PROACT_{table}.csv"
    assert "NEUROFILAMENT" not in notice
    assert len(truth["proact_tables"]) == 16
    assert truth["neurofilament"]["median"] == 78.5


def test_a_demo_without_a_marker_in_each_folder_is_not_whole(tmp_path):
    assert not is_whole_demo(tmp_path)
    write_demo(tmp_path, subjects=300)
    assert is_whole_demo(tmp_path)
    (tmp_path / "sites" / "olsztyn" / "MADE_UP").unlink()
    assert not is_whole_demo(tmp_path)


def test_a_former_demo_is_replaced_whole(tmp_path):
    for release in ("2016", "2026", "2022"):
        write_demo(tmp_path, subjects=300, release=release)
        names = {path.name for path in (tmp_path / "proact").iterdir()}
        tables = {file_name(table, release) for table in layout.tables(release)}
        assert names == tables | {"MADE_UP"}


def test_a_folder_with_anything_else_is_refused_and_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("precious")
    with pytest.raises(FileExistsError, match="is not empty and is no former demo"):
        write_demo(tmp_path, subjects=300)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
    with pytest.raises(FileExistsError, match="is a file"):
        write_demo(tmp_path / "thesis.txt", subjects=300)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"release": "2015"}, "unknown release '2015'; known are 2016, 2022, 2026"),
        ({"subjects": 5}, "subjects must be 100 to"),
        ({"seed": -1}, "seed must not be negative"),
        ({"hazard_ratio": 0.0}, "hazard_ratio must be above 0"),
        ({"slope_ratio": float("nan")}, "slope_ratio must be above 0"),
    ],
)
def test_settings_that_make_no_delivery_are_refused(tmp_path, setting, message):
    with pytest.raises(ValueError, match=message):
        write_demo(tmp_path / "new", **setting)
    assert not (tmp_path / "new").exists()


def test_a_column_without_a_heading_is_an_error():
    import pyarrow as pa

    with pytest.raises(ValueError, match="columns without a heading: \\['other'\\]"):
        csv_lines({"other": pa.array(["1"])}, ["subject_id"])


def test_ids_never_collide_even_beyond_a_million_subjects():
    index = np.arange(400_000)
    assert len(np.unique(subject_ids(index, 11_675, 1))) == len(index)
    assert len(np.unique(subject_ids(index, 2_000_000, 1))) == len(index)


def test_subjects_come_in_blocks_that_do_not_depend_on_later_ones():
    few, many = list(blocks(BLOCK, 1)), list(blocks(2 * BLOCK, 1))
    assert few == many[: len(layout.TABLES)]
    assert len(many) == 2 * len(layout.TABLES)
    assert n_rows(dict(many[len(few) :])["DEMOGRAPHICS"]) >= BLOCK


@pytest.mark.parametrize("left_out", layout.TABLES)
def test_a_table_does_not_depend_on_the_others(left_out):
    everything = dict(blocks(200, 3))
    assert set(everything) == set(layout.TABLES) == set(TABLE_MAKERS)
    others = [table for table in layout.TABLES if table != left_out]
    assert dict(blocks(200, 3, tables=others)) == {
        table: everything[table] for table in others
    }


def test_lines_are_what_the_csv_module_would_write():
    import pyarrow as pa

    rows = {
        "a": pa.array(["1,234", None, "é", ""]),
        "c": pa.array(["x", "y, z", None, ""]),
    }
    lines = csv_lines(rows, ["a", "b", "c"]).decode()
    assert lines == '"1,234",,x\n,,"y, z"\né,,\n,,\n'


def test_memory_does_not_grow_with_the_number_of_subjects(tmp_path):
    peaks = []
    for subjects in (2 * BLOCK, 6 * BLOCK):
        tracemalloc.start()
        write_demo(tmp_path / str(subjects), subjects=subjects)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.15 * peaks[0]


@pytest.mark.parametrize("site", ["hanyang", "olsztyn"])
@pytest.mark.parametrize("table", SITE_HEADINGS)
def test_site_headings_are_those_of_the_template(delivery, site, table):
    assert tuple(delivery.site(site, table).columns) == SITE_HEADINGS[table]


def test_no_cell_is_a_negative_zero_or_a_word_for_missing(demos):
    for path in demos["2016"].paths:
        cells = set(path.read_bytes().replace(b"\n", b",").split(b","))
        assert not cells & {b"-0", b"nan", b"NaN", b"None", b"NaT", b"inf"}
