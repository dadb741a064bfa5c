"""A delivery is synthetic only if every folder of it says so."""

import pytest

from counterarm.intake.locate import visible_files
from counterarm.intake.nature import describe_nature

MARKER = "MADE_UP"


@pytest.fixture
def folders(tmp_path):
    """PRO-ACT's folder and those of two sites, all with the marker."""
    made = [tmp_path / "proact", *(tmp_path / "sites" / name for name in ("a", "B"))]
    for folder in made:
        folder.mkdir(parents=True)
        (folder / MARKER).write_text("synthetic")
    return made


def nature(tmp_path, *printed) -> tuple[bool, str]:
    (row,) = describe_nature(tmp_path / "proact", tmp_path / "sites", *printed).to_dict(
        "records"
    )
    return row["is_real"], row["because"]


def test_a_delivery_all_of_whose_folders_have_the_marker_is_synthetic(
    tmp_path, folders
):
    assert nature(tmp_path) == (False, "every delivered folder has a file MADE_UP")


@pytest.mark.parametrize(("place", "source"), [(0, "proact"), (1, "a"), (2, "b")])
def test_one_folder_without_the_marker_makes_the_delivery_real(
    tmp_path, folders, place, source
):
    (folders[place] / MARKER).unlink()
    assert nature(tmp_path) == (True, f"no file MADE_UP in {source}")


def test_a_marker_beside_the_folders_says_nothing(tmp_path, folders):
    for folder in folders:
        (folder / MARKER).unlink()
    (tmp_path / MARKER).write_text("synthetic")
    (tmp_path / "sites" / MARKER).write_text("synthetic")
    assert nature(tmp_path) == (True, "no file MADE_UP in proact, a, b")


@pytest.mark.parametrize("printed", [None, "", "None"])
def test_a_variable_that_is_not_set_leaves_it_to_the_folders(
    tmp_path, folders, printed
):
    assert not nature(tmp_path, printed)[0]


@pytest.mark.parametrize(
    ("printed", "is_real"),
    [(True, True), ("true", True), ("True", True), (False, False), ("false", False)],
)
def test_the_variable_overrides_the_folders_both_ways(
    tmp_path, folders, printed, is_real
):
    if not is_real:
        (folders[0] / MARKER).unlink()
    because = f"the variable delivery_is_real is {str(is_real).lower()}"
    assert nature(tmp_path, printed) == (is_real, because)


def test_another_value_of_the_variable_is_refused(tmp_path, folders):
    with pytest.raises(ValueError, match="delivery_is_real is 'maybe': set it to true"):
        nature(tmp_path, "maybe")


def test_the_marker_is_no_delivered_file(folders):
    (folders[0] / "alsfrs.csv").touch()
    assert [path.name for path in visible_files(folders[0])] == ["alsfrs.csv"]
