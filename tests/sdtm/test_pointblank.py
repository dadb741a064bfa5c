"""The SDTM tables before an outside judge: pointblank's 362 rules of SDTMIG 3.4.

The judge reads terms without regard to case and knows no rule for many columns, nor for
all tables (none misses MKTESTCD, or sees a long QNAM in SUPPMK): what a
coded column may hold, letter for letter, is tested in dbt against controlled_terms.csv,
and order, types and labels against sdtm_variables.csv.
"""

from collections.abc import Callable

import pandas as pd
import pointblank
import pytest

pytestmark = pytest.mark.build

STUDIES = ["PROACT", "HANYANG", "OLSZTYN"]
# Rule and table of every finding that stays, and why; a new one fails the test, and so
# does one that is gone.
EXPLAINED: dict[str, dict[tuple[str, str], str]] = {
    "PROACT": {},
    "HANYANG": {},
    "OLSZTYN": {},
}
# Rules that ask for a Define-XML, which is not made here.
NOT_JUDGED = {f"SDTM-{number:03}" for number in range(49, 61)}

Tables = dict[str, pd.DataFrame]


def package(sdtm: Tables, study: str) -> Tables:
    """Return the tables of one study, which is what is submitted together."""
    of_study = {name: rows[rows["STUDYID"] == study] for name, rows in sdtm.items()}
    return {
        name: rows.reset_index(drop=True)
        for name, rows in of_study.items()
        if len(rows)
    }


def findings(tables: Tables) -> set[tuple[str, str]]:
    """Return rule and table of whatever the judge did not pass."""
    report = pointblank.validate_sdtmig(tables, version="3.4")
    return {
        (rule.rule_id, rule.dataset)
        for rule in report.rules()
        if rule.status not in ("pass", "not_applicable")
    }


@pytest.mark.parametrize("study", STUDIES)
def test_every_finding_is_explained(sdtm, study):
    assert findings(package(sdtm, study)) == set(EXPLAINED[study])


def test_the_judge_is_shown_every_table(sdtm):
    """Only the sites have procedures; a table without rows would pass every rule."""
    assert set(package(sdtm, "PROACT")) == set(sdtm) - {"PR"}


def test_only_rules_about_define_xml_are_not_judged(sdtm):
    report = pointblank.validate_sdtmig(package(sdtm, "HANYANG"), version="3.4")
    not_judged = {r.rule_id for r in report.rules() if r.status == "not_applicable"}
    assert not_judged == NOT_JUDGED


def misspell_a_sex(tables: Tables) -> None:
    tables["DM"].loc[0, "SEX"] = "female"


def write_a_date_as_people_do(tables: Tables) -> None:
    tables["AE"].loc[0, "AESTDTC"] = "03/04/2020"


def number_two_events_alike(tables: Tables) -> None:
    rows = tables["AE"]["USUBJID"].duplicated(keep=False)
    first, second = tables["AE"].index[rows][:2]
    tables["AE"].loc[second, ["USUBJID", "AESEQ"]] = tables["AE"].loc[
        first, ["USUBJID", "AESEQ"]
    ]


def lose_the_reference_dates(tables: Tables) -> None:
    tables["DM"] = tables["DM"].drop(columns=["RFSTDTC", "RFENDTC"])


def number_two_results_alike(tables: Tables) -> None:
    tables["LB"].loc[1, ["USUBJID", "LBSEQ"]] = tables["LB"].loc[
        0, ["USUBJID", "LBSEQ"]
    ]


@pytest.mark.parametrize(
    ("study", "spoil", "expected"),
    [
        ("HANYANG", misspell_a_sex, ("SDTM-007", "DM")),
        ("HANYANG", write_a_date_as_people_do, ("SDTM-018", "AE")),
        ("HANYANG", number_two_events_alike, ("SDTM-147", "AE")),
        ("HANYANG", lose_the_reference_dates, ("SDTM-033", "DM")),
        ("PROACT", number_two_results_alike, ("SDTM-150", "LB")),
    ],
)
def test_the_judge_sees_a_planted_slip(
    sdtm, study: str, spoil: Callable[[Tables], None], expected: tuple[str, str]
):
    tables = {name: rows.copy() for name, rows in package(sdtm, study).items()}
    spoil(tables)
    assert expected in findings(tables)


def test_no_date_is_made_up_where_none_is_delivered(sdtm):
    for name, rows in package(sdtm, "PROACT").items():
        dates = [column for column in rows if column.endswith("DTC")]
        assert rows[dates].isna().all(axis=None), name


def test_every_date_is_iso_8601_text_and_agrees_with_its_day(sdtm):
    for study in ("HANYANG", "OLSZTYN"):
        tables = package(sdtm, study)
        reference = tables["DM"].set_index("USUBJID")["RFSTDTC"].pipe(pd.to_datetime)
        for name, rows in tables.items():
            for column in rows:
                day = column.removesuffix("DTC") + "DY"
                if not column.endswith("DTC") or day not in rows:
                    continue
                dated = rows[rows[column].notna()]
                assert dated[column].str.fullmatch(r"\d{4}-\d\d-\d\d").all(), column
                offset = (
                    pd.to_datetime(dated[column]) - dated["USUBJID"].map(reference)
                ).dt.days
                expected = offset + (offset >= 0)
                assert expected.dropna().eq(dated[day][expected.notna()]).all(), name
