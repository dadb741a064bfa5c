"""The labels of ADaM variables are those of ADaMIG 1.3, letter for letter.

`adamig_1_3_labels.csv` lists the variables of the guide that our tables have, as the
guide's own machine-readable tables name them.
"""

import csv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(newline="") as lines:
        return list(csv.DictReader(lines))


GUIDE = {
    row["variable"]: row["label"]
    for row in rows(Path(__file__).parent / "adamig_1_3_labels.csv")
}
VARIABLES = rows(ROOT / "seeds" / "adam" / "adam_variables.csv")


@pytest.mark.parametrize("dataset", sorted({row["dataset"] for row in VARIABLES}))
def test_a_variable_of_the_guide_has_its_label(dataset):
    of_guide = [
        row
        for row in VARIABLES
        if row["dataset"] == dataset and row["variable"] in GUIDE
    ]
    assert len(of_guide) >= 10
    assert {row["variable"]: row["label"] for row in of_guide} == {
        row["variable"]: GUIDE[row["variable"]] for row in of_guide
    }
    assert [row for row in of_guide if row["source"] != "ADaMIG 1.3"] == []


def test_a_variable_has_one_label_type_and_codelist_in_all_datasets():
    met: dict[str, set] = {}
    for row in VARIABLES:
        said = (row["label"], row["type"], row["codelist"])
        met.setdefault(row["variable"], set()).add(said)
    assert {name: found for name, found in met.items() if len(found) > 1} == {}


def test_a_predecessor_and_a_decode_are_variables_that_exist():
    sdtm = rows(ROOT / "seeds" / "codelists" / "sdtm_variables.csv")
    known = {(row["dataset"], row["variable"]) for row in VARIABLES}
    known |= {(row["domain"], row["variable"]) for row in sdtm}
    asked = {
        tuple(row["predecessor"].lower().split("."))
        for row in VARIABLES
        if row["predecessor"]
    }
    asked |= {(row["dataset"], row["decode"]) for row in VARIABLES if row["decode"]}
    assert len(asked) > 30
    assert asked - known == set()
