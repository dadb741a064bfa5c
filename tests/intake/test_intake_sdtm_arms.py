"""Who was treated, by the arms of a site's SDTM."""

from pathlib import Path

import pandas as pd
import pytest
from mapped_sites import describe
from sdtm_studies import notes, read, write_study

from counterarm.intake import DeliveryError
from counterarm.intake.sdtm_arms import NO_ARM, PLACEBO

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("subject", "arm"),
    [
        ({"ACTARMCD": "MSC", "ACTARM": "MSC 1e6/kg"}, "TREATED"),
        ({"ACTARMCD": "PBO", "ACTARM": "Saline"}, "PLACEBO"),
        ({"ACTARMCD": "B", "ACTARM": "Placebo (saline)"}, "PLACEBO"),
        ({"ARMCD": "SHAM_1"}, "PLACEBO"),
        ({"ARM": "Placebo"}, "PLACEBO"),
        # the name of the planned arm is that of the actual one where both are one
        ({"ARMCD": "A", "ACTARMCD": "A", "ARM": "Placebo"}, "PLACEBO"),
        ({"ARMCD": "A", "ACTARMCD": "B", "ARM": "Placebo"}, "TREATED"),
        # what was given counts before what was planned
        ({"ARMCD": "PBO", "ACTARMCD": "MSC"}, "TREATED"),
        ({"ARMCD": "MSC", "ACTARMCD": "PBO"}, "PLACEBO"),
        ({"ARMCD": "Scrnfail", "ARM": "Screen Failure"}, "SCRNFAIL"),
        ({"ARMCD": "MSC", "ARMNRS": "ASSIGNED, NOT TREATED"}, "NOTTRT"),
        ({"ARMNRS": "NOT ASSIGNED"}, "NOTASSGN"),
        # no word of it: a name that only begins so
        ({"ARMCD": "PBOX"}, "TREATED"),
        ({"SEX": "F"}, None),
    ],
)
def test_an_arm_is_read_from_code_and_name(subject, arm, tmp_path):
    sites = write_study(tmp_path, {"dm": [{"USUBJID": "X-1", **subject}]})
    assert read(sites, tmp_path, "subjects", "arm") == [(arm,)]


def test_every_arm_is_named_with_what_it_is_read_as(tmp_path):
    dm = [
        {"USUBJID": f"X-{n}", "ARMCD": code, "ARM": name}
        for n, (code, name) in enumerate(
            [("PBO", "Placebo"), ("PBO", "Placebo"), ("MSC", "Cells")], start=1
        )
    ]
    ex = [
        {"USUBJID": "X-1", "EXTRT": "PLACEBO", "EXDOSE": None},
        {"USUBJID": "X-2", "EXTRT": "CELLS", "EXDOSE": 0},
        {"USUBJID": "X-3", "EXTRT": "CELLS", "EXDOSE": 1},
    ]
    printed = notes(write_study(tmp_path, {"dm": dm, "ex": ex}), tmp_path)
    assert "PBO = Placebo: 2 subjects, placebo: never treated" in printed
    assert "MSC = Cells: 1 subjects, treated where EX has a dose" in printed
    assert "ex.json: 2 rows of 2 subjects are a dose of 0 or a placebo" in printed


def test_a_study_of_one_treated_arm_says_nothing_of_arms(tmp_path):
    dm = [{"USUBJID": "X-1", "ARMCD": "TREATED", "ARM": "Treated"}]
    assert "arms" not in notes(write_study(tmp_path, {"dm": dm}), tmp_path)


def test_a_row_of_the_seed_counts_before_the_name_of_an_arm(tmp_path):
    dm = [{"USUBJID": "X-1", "ARMCD": "DD", "ARM": "Cells and placebo of riluzole"}]
    sites = write_study(tmp_path, {"dm": dm})
    assert read(sites, tmp_path, "subjects", "arm") == [("PLACEBO",)]
    rows = pd.DataFrame([{"site": "X", "armcd": "dd", "arm": "TREATED"}])
    assert read(sites, tmp_path, "subjects", "arm", sdtm_arms=rows) == [("TREATED",)]


def test_a_row_of_the_seed_without_a_site_is_refused(tmp_path):
    rows = pd.DataFrame([{"site": None, "armcd": "dd", "arm": "PLACEBO"}])
    sites = write_study(tmp_path, {"dm": [{"USUBJID": "X-1", "ARMCD": "DD"}]})
    with pytest.raises(DeliveryError, match=r"sdtm_arms\.csv line 2: .*empty"):
        describe(sites, tmp_path, sdtm_arms=rows)


def test_the_codelist_of_the_template_has_the_same_terms_for_no_arm():
    terms = pd.read_csv(ROOT / "seeds" / "codelists" / "raw_terms.csv")
    terms = terms[terms["codelist"] == "SITEARM"].set_index("raw_term")["term"]
    assert terms.reindex(list(NO_ARM)).to_dict() == NO_ARM


def test_the_macro_of_the_models_has_the_same_words_for_a_placebo():
    assert PLACEBO in (ROOT / "macros" / "is_placebo.sql").read_text()
