"""A SAS transport file of Version 5 holds 200 bytes of text, whatever they spell."""

import duckdb
import pyreadstat
import pytest

from counterarm.warehouse.engines import of_duckdb
from counterarm.warehouse.export import ExportError, export_schema
from counterarm.warehouse.reader import Warehouse


@pytest.fixture
def write(tmp_path):
    """Export a schema with one term, of one of two subjects, as XPT."""

    def run(term: str, *more: str):
        connection = duckdb.connect()
        connection.execute("create schema sdtm; create schema seeds")
        connection.execute(
            "create table seeds.sdtm_variables "
            "(domain varchar, variable varchar, label varchar)"
        )
        connection.execute(
            "create table sdtm.ae as select * from (values ('S-1', 'Fever'), "
            "('S-2', ?)) as rows (usubjid, aeterm)",
            [term],
        )
        for statement in more:
            connection.execute(statement)
        list(export_schema(Warehouse(of_duckdb(connection)), "sdtm", tmp_path, "xpt"))
        return pyreadstat.read_xport(str(tmp_path / "ae.xpt"))[0]["AETERM"].tolist()

    return run


def test_a_text_of_200_bytes_is_written_whole(write):
    # 66 syllables of three bytes each, and two letters
    term = "가" * 66 + "ab"
    assert write(term) == ["Fever", term]


def test_a_transport_file_has_no_time_of_writing(write, tmp_path):
    write("x")
    # SAS TS-140: the library's and the member's times, created and modified
    assert (tmp_path / "ae.xpt").read_bytes()[:640].count(b"01JAN00:00:00:00") == 4


def test_a_text_of_201_bytes_is_refused_with_its_place(write):
    with pytest.raises(ExportError, match=r"row 2 \(usubjid S-2\): AETERM has 201"):
        write("가" * 67)


def test_a_dataset_and_its_variables_have_the_labels_of_the_seeds(write, tmp_path):
    write(
        "Fever",
        "create table seeds.submission_datasets as "
        "select 'ae' as dataset, 'Adverse Events' as label, 'usubjid' as keys",
        "insert into seeds.sdtm_variables values ('ae', 'aeterm', 'Reported Term')",
    )
    meta = pyreadstat.read_xport(str(tmp_path / "ae.xpt"))[1]
    assert meta.file_label == "Adverse Events"
    assert meta.column_names_to_labels["AETERM"] == "Reported Term"
