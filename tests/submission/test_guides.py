"""The guides count in the warehouse what a reviewer must know, and explain findings."""

import pytest

from counterarm.submission.guides import adam_guide, sdtm_guide
from counterarm.submission.package import make_package, write_packages


def guide(warehouse, study="PROACT", dates="none", of=sdtm_guide, form="xpt"):
    """Return the sections of a guide by heading."""
    package = make_package(warehouse.opened, study, form, dates)
    written = of(warehouse.opened, package)
    return {section.heading: section for section in written.sections}


def test_the_rows_of_each_source_are_those_of_the_study(warehouse):
    warehouse.connection.execute(
        "create schema quality; create table quality.row_accounting as select * from "
        "(values ('proact', 'alsfrs', 'ALSFRS.csv', 20, 15, 3, 2), "
        "('site', 'visits', 'visits.csv', 4, 4, 0, 0)) as rows (source, table_name, "
        "file_name, n_raw, n_kept, n_duplicate, n_rejected)"
    )
    (table,) = guide(warehouse)["Sources"].tables
    assert table.rows == (("alsfrs", "ALSFRS.csv", 20, 15, 3, 2),)


def test_what_was_not_built_is_not_in_the_guide(warehouse):
    assert guide(warehouse)["Sources"].tables == ()


@pytest.fixture
def findings(warehouse):
    """Five findings, of which some are of another study, policy or dataset."""
    warehouse.connection.execute(
        """
        create table seeds.allowed_findings as select * from (values
            ('sdtm', '*', '*', 'R1', 'AE', 'source', 'any'),
            ('sdtm', 'PROACT', 'none', 'R2', 'AE', 'limit', 'without dates'),
            ('sdtm', 'SITE', '*', 'R3', 'AE', 'source', 'of sites'),
            ('sdtm', '*', '*', 'R4', 'LB', 'source', 'no such dataset'),
            ('adam', '*', '*', 'R5', 'ADSL', 'source', 'of ADaM'))
            as rows (standard, study, date_policy, rule_id, dataset, verdict, reason)
        """
    )
    return warehouse


@pytest.mark.parametrize(
    ("study", "dates", "of", "rules"),
    [
        ("PROACT", "none", sdtm_guide, ["R1", "R2"]),
        ("PROACT", "anchor", sdtm_guide, ["R1"]),
        ("SITE", "none", sdtm_guide, ["R1", "R3"]),
        ("SITE", "none", adam_guide, ["R5"]),
    ],
)
def test_known_findings_are_those_of_study_policy_and_datasets(
    findings, study, dates, of, rules
):
    (table,) = guide(findings, study, dates, of)["Known findings"].tables
    assert [row[0] for row in table.rows] == rules


def test_without_an_allow_list_no_finding_is_listed(warehouse):
    assert guide(warehouse)["Known findings"].tables == ()


def test_synthetic_dates_are_named_in_both_guides(warehouse):
    for of, heading in ((sdtm_guide, "Dates"), (adam_guide, "Analysis considerations")):
        said = guide(warehouse, dates="anchor", of=of)[heading].paragraphs
        assert [text for text in said if text.startswith("SYNTHETIC")]
        said = guide(warehouse, dates="none", of=of)[heading].paragraphs
        assert [text for text in said if text.startswith("No dates were delivered")]


def test_a_day_too_far_and_a_rewritten_text_are_counted(warehouse):
    warehouse.connection.execute(
        "update sdtm.ae set aestdy = 629834, aeterm = 'ból' where usubjid = 'PROACT-1'"
    )
    sections = guide(warehouse, dates="anchor")
    assert sections["Dates"].paragraphs[-1].startswith("1 study days more than 36500")
    assert "AE.AETERM (1 rows)" in sections["Datasets"].paragraphs[1]


def test_what_is_left_out_is_named(warehouse):
    assert "AE.AESEV" in guide(warehouse)["Datasets"].paragraphs[0]
    assert "ADSL" not in guide(warehouse)["Datasets"].paragraphs[0]


def test_the_parameters_are_counted_from_the_datasets(warehouse):
    (table,) = guide(warehouse, of=adam_guide)["Parameters"].tables
    assert table.rows == (("OS", "Overall Survival (days)", 2),)


def test_the_guides_lie_beside_define_which_refers_to_them(warehouse, tmp_path):
    list(write_packages(warehouse.opened, tmp_path, wanted=["SITE"]))
    for schema, name in (("sdtm", "sdrg.html"), ("adam", "adrg.html")):
        folder = tmp_path / "SITE" / schema
        assert "Reviewer&#39;s Guide: SITE" in (folder / name).read_text()
        assert f'xlink:href="{name}"' in (folder / "define.xml").read_text()
