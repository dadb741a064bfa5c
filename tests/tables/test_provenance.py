"""Provenance names files, protocol and software, and no day or place of the build."""

from importlib.metadata import version

import pandas as pd
import pytest

from counterarm import __version__
from counterarm.provenance import PACKAGES, list_provenance

FILES = pd.DataFrame(
    {
        "source": ["proact", "hanyang", "olsztyn"],
        "file_name": ["alsfrs.csv", "doses.csv", "doses.csv"],
        "sha256": ["f1", "f2", "f3"],
    }
)
PROTOCOL = pd.DataFrame({"seed": ["arms", "analyses"], "sha256": ["p1", "p2"]})


@pytest.fixture
def listed() -> pd.DataFrame:
    return list_provenance(FILES, PROTOCOL)


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


def test_rows_are_sorted_whatever_the_order_they_came_in(listed):
    assert listed.equals(list_provenance(FILES[::-1], PROTOCOL[::-1]))
    keys = list(zip(listed["kind"], listed["name"], strict=True))
    assert keys == sorted(keys)
