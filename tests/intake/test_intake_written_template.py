"""A site in the form of the template whose dates, numbers or codes are its own."""

from pathlib import Path

import duckdb
import pandas as pd
import pytest
from mapped_sites import template

from counterarm.intake import DeliveryError, describe_delivery
from counterarm.intake.locate import DeliveredFile
from counterarm.intake.mapped_site import goes_by

SEEDS = Path(__file__).parents[2] / "seeds"
HEADS = {
    "site_files": "site file_name delimiter encoding date_format decimal_mark "
    "missing_values note",
    "site_columns": "site file_name table_name record row_filter site_column "
    "column_name constant checkbox_level date_format decimal_mark note",
    "site_codes": "site table_name column_name raw_value value note",
}
DOSES = "subject_id;dose_number;dose_date;dose\nA;1;03/02/2019;1,5\nB;;31/12/2019;NA\n"
DOSES_FORM = {
    "file_name": "doses.csv",
    "delimiter": "semicolon",
    "date_format": "DD/MM/YYYY",
    "decimal_mark": ",",
    "missing_values": "NA",
}


def describe(folder: Path, files: dict[str, str], **seeds: list[dict]) -> pd.DataFrame:
    """Describe one site, of whose tables none is required."""
    site = folder / "sites" / "ulm"
    site.mkdir(parents=True)
    (folder / "proact").mkdir()
    for name, text in files.items():
        (site / name).write_text(text, encoding="utf-8")
    mappings = {
        name: pd.DataFrame(
            [{"site": "ulm", **row} for row in seeds.get(name, [])],
            columns=heads.split(),
            dtype=object,
        )
        for name, heads in HEADS.items()
    }
    # as a build has them, for sites that have SDTM
    mappings["sdtm_events"] = pd.read_csv(SEEDS / "mappings" / "sdtm_events.csv")
    mappings["alsfrs_items"] = pd.read_csv(SEEDS / "codelists" / "alsfrs_items.csv")
    tables, columns = template()
    return describe_delivery(
        folder / "proact",
        folder / "sites",
        tables[tables["source_kind"] == "site"].assign(is_required=False),
        columns,
        mappings,
        folder / "copies",
    )


def read(described: pd.DataFrame, table: str) -> pd.DataFrame:
    (row,) = described[described["table_name"] == table].to_dict("records")
    assert row["layout"] == "template"
    return duckdb.sql(row["reader"] + " order by row_number").df()


def test_a_row_of_site_files_is_enough_for_other_dates_and_numbers(tmp_path):
    found = read(
        describe(tmp_path, {"doses.csv": DOSES}, site_files=[DOSES_FORM]), "doses"
    )
    assert found["dose_date"].tolist() == ["2019-02-03", "2019-12-31"]
    assert found["dose"].fillna("").tolist() == ["1.5", ""]
    assert found["dose_number"].fillna("").tolist() == ["1", ""]


def test_codes_of_the_site_may_be_given_a_meaning(tmp_path):
    found = read(
        describe(
            tmp_path,
            {"events.csv": "subject_id,event,event_date\nA,Éxitus,2020-01-02\n"},
            site_codes=[
                {
                    "table_name": "events",
                    "column_name": "event",
                    "raw_value": "e\u0301xitus",
                    "value": "DEATH",
                }
            ],
        ),
        "events",
    )
    assert found["event"].tolist() == ["DEATH"]


@pytest.mark.parametrize("order", [1, -1])
def test_the_row_that_names_the_file_counts_before_a_pattern(order, tmp_path):
    rows = [
        {"file_name": "*", "date_format": "MM/DD/YYYY"},
        {"file_name": "events.csv", "date_format": "DD/MM/YYYY"},
    ]
    text = "subject_id,event,event_date\nA,DEATH,03/02/2019\n"
    described = describe(tmp_path, {"events.csv": text}, site_files=rows[::order])
    assert read(described, "events")["event_date"].tolist() == ["2019-02-03"]


def test_a_bracket_in_the_name_of_a_file_is_no_pattern():
    file = DeliveredFile(Path("visits [final].csv"))
    assert goes_by(file, "visits [final].csv")
    assert not goes_by(file, "visits f.csv")


def test_every_line_is_read_even_one_without_a_value(tmp_path):
    described = describe(
        tmp_path,
        {"events.csv": "subject_id,event,event_date\nA,,\n"},
        site_files=[{"file_name": "events.csv", "date_format": "DD.MM.YYYY"}],
    )
    assert read(described, "events")["subject_id"].tolist() == ["A"]


def test_a_row_for_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(DeliveryError, match=r"file dosis\.csv of site_files\.csv"):
        describe(
            tmp_path,
            {"doses.csv": DOSES.replace(";", ",")},
            site_files=[{"file_name": "dosis.csv"}],
        )


def test_a_required_heading_is_still_required(tmp_path):
    with pytest.raises(DeliveryError, match="required column dose_date of the table"):
        describe(
            tmp_path,
            {"doses.csv": "subject_id;dose_number\nA;1\n"},
            site_files=[{"file_name": "doses.csv", "delimiter": "semicolon"}],
        )


def test_an_accent_of_its_own_makes_no_other_subject(tmp_path):
    described = describe(
        tmp_path,
        {
            "events.csv": "subject_id,event,event_date\nZu\u0308-1,DEATH,2020-01-02\n",
            "doses.csv": "subject_id,dose_number,dose_date\nZ\u00fc-1,1,2019-01-02\n",
        },
    )
    ids = {read(described, table)["subject_id"][0] for table in ("events", "doses")}
    assert ids == {"Z\u00fc-1"}


def test_one_row_may_say_it_of_all_files_of_a_site(tmp_path):
    """A `*` is also how the encoding of a site's SDTM is given."""
    every = {**DOSES_FORM, "file_name": "*"}
    found = read(describe(tmp_path, {"doses.csv": DOSES}, site_files=[every]), "doses")
    assert found["dose_date"].tolist() == ["2019-02-03", "2019-12-31"]
