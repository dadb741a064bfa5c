"""Files, headings, releases, repeatability and refusals of the made-up delivery."""

import hashlib
import json
import tracemalloc

import numpy as np
import pytest

from counterarm.demo import write_demo
from counterarm.demo.layout import HEADINGS, SITE_HEADINGS, TABLES, file_name, heading
from counterarm.demo.proact import BLOCK, blocks, subject_ids
from counterarm.demo.quirks import n_rows
from counterarm.demo.write import csv_lines

MARK = b"\xef\xbb\xbf"


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
    assert names == {file_name(table, release) for table in TABLES}
    assert len(names) == 11
    example = {"2016": "AlsHistory.csv", "2022": "PROACT_ALSHISTORY.csv"}
    assert example.get(release, "F_PROACT_ALSHISTORY.csv") in names


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("release", ["2016", "2022", "2026"])
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
    }
    assert "Site_of_Onset___Limb_and_Bulbar" in HEADINGS["ALSHISTORY"]
    assert "Subject_Liters__Trial_2_" in HEADINGS["SVC"]
    assert "Slow_vital_Capacity_Delta" in HEADINGS["SVC"]
    assert "subject_normal" in heading("FVC", "2022")
    assert "Subject_Normal" in heading("SVC", "2022")
    assert "Subject_Normal" in heading("FVC", "2016")


@pytest.mark.parametrize("table", TABLES)
def test_the_three_releases_hold_equal_cells(demos, table):
    cells = without_heading(demos["2016"], table)
    assert without_heading(demos["2022"], table) == cells
    assert without_heading(demos["2026"], table) == cells


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


def test_the_summary_counts_rows_of_every_file(demos):
    demo = demos["2016"]
    assert len(demo.rows) == 11 + 12
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
    assert (demo.directory / "MADE_UP").is_file()
    assert "Nobody real" in (demo.directory / "README.md").read_text()


def test_a_former_demo_is_replaced_whole(tmp_path):
    write_demo(tmp_path, subjects=300, release="2016")
    write_demo(tmp_path, subjects=300, release="2022")
    names = {path.name for path in (tmp_path / "proact").iterdir()}
    assert names == {file_name(table, "2022") for table in TABLES}


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
    few, many = blocks(BLOCK, 1), blocks(3 * BLOCK, 1)
    first, again = next(few), next(many)
    assert first["ALSFRS"] == again["ALSFRS"]
    assert next(few, None) is None
    assert n_rows(next(many)["DEMOGRAPHICS"]) >= BLOCK


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
