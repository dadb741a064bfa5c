"""The registry of the demo: observed, never dosed, and a part that leaves the rest."""

import hashlib
import json

import pandas as pd
import pytest

from counterarm.demo import is_whole_demo, write_demo

N = 300


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return write_demo(
        tmp_path_factory.mktemp("registry") / "demo", subjects=100, registry=N
    )


def table(demo, name):
    path = demo.sites_directory / "registry" / f"{name}.csv"
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def digests(demo):
    return {
        name: hashlib.sha256((demo.directory / name).read_bytes()).hexdigest()
        for name in demo.rows
    }


def test_a_registry_leaves_every_other_file_what_it_is(demo, tmp_path):
    without = write_demo(tmp_path / "demo", subjects=100)
    both = digests(demo)
    added = {name for name in both if name.startswith("sites/registry/")}
    assert len(added) == 4
    assert {name: both[name] for name in both.keys() - added} == digests(without)
    truth = json.loads((without.directory / "truth.json").read_text())
    assert "registry" not in json.dumps(truth)


def test_nobody_in_it_is_dosed(demo):
    folder = demo.sites_directory / "registry"
    assert {path.name for path in folder.glob("*.csv")} == {
        "subjects.csv",
        "visits.csv",
        "events.csv",
        "medications.csv",
    }
    assert demo.rows["sites/registry/subjects.csv"] == N


def test_patients_are_diagnosed_before_they_enrol_and_seen_from_then_on(demo):
    subjects = table(demo, "subjects").set_index("subject_id")
    assert subjects.index.str.fullmatch(r"REG-\d{4}").all()
    enrolled = pd.to_datetime(subjects["enrolment_date"].replace("", None))
    assert 0 < enrolled.isna().sum() < 0.06 * N
    known = enrolled.notna()
    diagnosed = pd.to_datetime(subjects["diagnosis_date"])
    assert (diagnosed[known] < enrolled[known]).all()
    first = pd.to_datetime(table(demo, "visits")["visit_date"]).groupby(
        table(demo, "visits")["subject_id"]
    )
    first = first.min().reindex(subjects.index)
    assert (first[known] == enrolled[known]).all()


def test_most_deaths_and_the_other_lives_are_known(demo):
    events = table(demo, "events")
    dead = set(events.loc[events["event"] == "DEATH", "subject_id"])
    seen = set(events.loc[events["event"] == "LAST_CONTACT", "subject_id"])
    assert 0.4 * N < len(dead) < 0.95 * N
    assert dead | seen == set(table(demo, "subjects")["subject_id"])


def test_a_demo_without_a_registry_takes_the_place_of_one_with(tmp_path):
    folder = tmp_path / "demo"
    write_demo(folder, subjects=100, registry=20)
    assert (folder / "sites" / "registry" / "subjects.csv").is_file()
    assert is_whole_demo(folder)
    (folder / "sites" / "registry" / "MADE_UP").unlink()
    assert not is_whole_demo(folder)
    write_demo(folder, subjects=100)
    assert not (folder / "sites" / "registry").exists()
    assert is_whole_demo(folder)


@pytest.mark.parametrize("n", [-1, 1, 19])
def test_a_registry_of_too_few_patients_is_refused(tmp_path, n):
    with pytest.raises(ValueError, match=f"a registry has 20 to .* not {n}"):
        write_demo(tmp_path / "demo", subjects=100, registry=n)
