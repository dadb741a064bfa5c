"""Provenance names files, protocol and software, and no day or place of the build."""

import subprocess
from importlib.metadata import version

import pandas as pd
import pytest

from counterarm import __version__
from counterarm.warehouse.provenance import PACKAGES, git_commit, list_provenance

FILES = pd.DataFrame(
    {
        "source": ["proact", "hanyang", "olsztyn"],
        "file_name": ["alsfrs.csv", "doses.csv", "doses.csv"],
        "sha256": ["f1", "f2", "f3"],
    }
)
PROTOCOL = pd.DataFrame({"seed": ["arms", "analyses"], "sha256": ["p1", "p2"]})
NATURE = pd.DataFrame({"is_real": [False], "because": ["markers"]})


@pytest.fixture
def listed() -> pd.DataFrame:
    return list_provenance(FILES, PROTOCOL, NATURE)


def test_a_file_of_two_sites_is_told_apart_by_its_site(listed):
    files = listed[listed["kind"] == "file"].set_index("name")["value"].to_dict()
    assert files == {
        "hanyang/doses.csv": "f2",
        "olsztyn/doses.csv": "f3",
        "proact/alsfrs.csv": "f1",
    }


def test_protocol_seeds_are_listed_by_the_digest_of_their_rows(listed):
    seeds = listed[listed["kind"] == "protocol"].set_index("name")["value"].to_dict()
    assert seeds == {"analyses": "p2", "arms": "p1"}


def test_every_package_that_can_move_a_number_has_its_version(listed):
    packages = listed[listed["kind"] == "package"].set_index("name")["value"]
    assert set(packages.index) == {*PACKAGES, "python"}
    assert packages["counterarm"] == __version__
    assert packages["scipy"] == version("scipy")


@pytest.mark.parametrize(("is_real", "held"), [(True, "true"), (False, "false")])
def test_it_says_whether_the_delivery_is_real_and_how_that_is_known(is_real, held):
    nature = pd.DataFrame({"is_real": [is_real], "because": ["of this"]})
    rows = list_provenance(FILES, PROTOCOL, nature)
    settings = rows[rows["kind"] == "setting"].set_index("name")["value"]
    assert settings.to_dict() == {
        "delivery_is_real": held,
        "delivery_is_real because": "of this",
    }


def test_the_commit_of_the_code_is_named_with_changes_that_it_lacks(tmp_path):
    def git(*arguments: str) -> str:
        who = ("-c", "user.name=a", "-c", "user.email=a@b")
        command = ["git", "-C", str(tmp_path), *who, *arguments]
        return subprocess.run(
            command, check=True, capture_output=True, text=True
        ).stdout.strip()

    git("init")
    (tmp_path / "file").write_text("one")
    git("add", "file")
    git("commit", "-m", "first")
    commit = git("rev-parse", "HEAD")
    assert git_commit(tmp_path) == commit
    (tmp_path / "file").write_text("two")
    assert git_commit(tmp_path) == f"{commit} with changes that are not committed"


def test_code_outside_of_a_repository_has_no_commit(tmp_path):
    assert git_commit(tmp_path) == "unknown"


def test_rows_are_sorted_whatever_the_order_they_came_in(listed):
    assert listed.equals(list_provenance(FILES[::-1], PROTOCOL[::-1], NATURE))
    keys = list(zip(listed["kind"], listed["name"], strict=True))
    assert keys == sorted(keys)


def test_the_reference_day_is_a_setting_of_the_result():
    day = pd.DataFrame({"reference_date": pd.to_datetime(["2024-05-17"])})
    listed = list_provenance(FILES, PROTOCOL, NATURE, reference_day=day)
    settings = listed[listed["kind"] == "setting"].set_index("name")["value"]
    assert settings["reference_day"] == "2024-05-17"
