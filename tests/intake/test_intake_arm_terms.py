"""What SQL and Python know of arms is the same."""

import csv

from dbt_project import ROOT

from counterarm.intake.sdtm_arms import NO_ARM, PLACEBO


def test_a_placebo_is_called_so_in_sql_as_in_python():
    assert f"'{PLACEBO}'" in (ROOT / "macros" / "is_placebo.sql").read_text()


def test_the_codes_of_no_arm_are_those_of_the_codelist():
    with (ROOT / "seeds" / "codelists" / "raw_terms.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["codelist"] == "SITEARM"]
    terms = {row["raw_term"]: row["term"] for row in rows}
    assert {raw: terms.get(raw) for raw in NO_ARM} == NO_ARM
