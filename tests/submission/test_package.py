"""A package holds one study, and of it what the standard wants."""

import json

import duckdb
import jsonschema
import pyreadstat
import pytest

from counterarm.submission.metadata import SubmissionError
from counterarm.submission.package import make_package, write_packages
from counterarm.warehouse import reader
from counterarm.warehouse.engines import of_duckdb


@pytest.fixture
def write(warehouse, tmp_path):
    """Write packages to a folder of their own, and return it."""

    def run(name: str = "out", **options):
        list(write_packages(warehouse.opened, tmp_path / name, **options))
        return tmp_path / name

    return run


def columns(warehouse, dataset, study="PROACT", dates="none"):
    package = make_package(warehouse.opened, study, "dataset-json", dates)
    (found,) = [one for one in package.datasets if one.name == dataset]
    return {name: found.rows[name].to_pylist() for name in found.rows.column_names}


def test_each_study_has_a_folder_and_no_row_of_another(write):
    out = write()
    assert sorted(path.name for path in out.iterdir()) == ["PROACT", "SITE"]
    for study, subjects in (("PROACT", ["PROACT-1", "PROACT-2"]), ("SITE", ["SITE-1"])):
        for file in ("sdtm/dm.xpt", "sdtm/ae.xpt", "adam/adsl.xpt", "adam/adtte.xpt"):
            frame, _ = pyreadstat.read_xport(str(out / study / file))
            assert frame["USUBJID"].tolist() == subjects
            assert set(frame["STUDYID"]) == {study}


def test_one_study_is_written_where_one_is_asked_for(write):
    assert [path.name for path in write(wanted=["SITE"]).iterdir()] == ["SITE"]


def test_the_rows_of_a_subject_are_in_the_order_of_their_numbers(warehouse):
    for number, term in ((3, "A"), (2, "B")):
        row = {"studyid": "SITE", "usubjid": "SITE-1", "aeseq": number}
        warehouse.add("sdtm", "ae", row | {"aeterm": term, "aedecod": term})
    assert columns(warehouse, "AE", "SITE")["AESEQ"] == [1, 2, 3]


def test_a_study_that_is_not_there_is_refused(write):
    with pytest.raises(SubmissionError, match=r"'ULM'.*it has PROACT, SITE"):
        write(wanted=["ULM"])


def test_a_folder_that_holds_something_is_refused(write, tmp_path):
    (tmp_path / "out" / "SITE").mkdir(parents=True)
    (tmp_path / "out" / "SITE" / "notes.txt").write_text("mine")
    with pytest.raises(SubmissionError, match="SITE is not empty"):
        write(wanted=["SITE"])
    assert [p.name for p in (tmp_path / "out" / "SITE").iterdir()] == ["notes.txt"]


def test_a_warehouse_without_the_seeds_is_refused_with_what_to_do(tmp_path):
    warehouse = reader.Warehouse(of_duckdb(duckdb.connect()))
    with pytest.raises(SubmissionError, match=r"adam_variables.*counterarm build"):
        list(write_packages(warehouse, tmp_path))


def test_a_permissible_variable_without_a_value_is_left_out(warehouse):
    found = columns(warehouse, "AE", "SITE")
    # AESEV is permissible and null throughout, AEREL expected
    assert "AESEV" not in found
    assert found["AEREL"] == [None]
    package = make_package(warehouse.opened, "SITE", "xpt", "none")
    assert {"AE.AESEV", "DM.ETHNIC"} <= set(package.left_out)


def test_the_variables_are_in_the_order_of_the_standard(write):
    frame, _ = pyreadstat.read_xport(str(write() / "SITE" / "sdtm" / "dm.xpt"))
    assert frame.columns[:5].tolist() == [
        *("STUDYID", "DOMAIN", "USUBJID", "SUBJID", "RFSTDTC")
    ]
    assert frame.columns[-1] == "COUNTRY"


def test_a_transport_file_has_labels_and_dates_of_sas(write):
    out = write()
    frame, meta = pyreadstat.read_xport(str(out / "SITE" / "adam" / "adsl.xpt"))
    assert meta.file_label == "Subject-Level Analysis Dataset"
    assert meta.table_name == "ADSL"
    labels = meta.column_names_to_labels
    assert labels["USUBJID"] == "Unique Subject Identifier"
    assert labels["TRTSDT"] == "Date of First Exposure to Treatment"
    assert str(frame["TRTSDT"][0]) == "2020-03-01"
    # 1 March 2020 as SAS counts: 21975 days after 1 January 1960
    raw, _ = pyreadstat.read_xport(
        str(out / "SITE" / "adam" / "adsl.xpt"), disable_datetime_conversion=True
    )
    assert raw["TRTSDT"][0] == 21975


@pytest.mark.parametrize("form", ["xpt", "dataset-json", "dataset-ndjson"])
def test_equal_data_give_equal_bytes(write, form):
    once, twice = write("once", form=form), write("twice", form=form)
    files = sorted(path.relative_to(once) for path in once.rglob("*.*"))
    assert len(files) >= 20
    assert [
        f for f in files if (once / f).read_bytes() != (twice / f).read_bytes()
    ] == []


def test_a_transport_file_has_no_time_of_writing(write):
    content = (write() / "SITE" / "sdtm" / "dm.xpt").read_bytes()
    assert content[:640].count(b"01JAN00:00:00:00") == 4


def term(warehouse, text):
    warehouse.connection.execute(
        "update sdtm.ae set aeterm = ? where studyid = 'SITE'", [text]
    )


def test_a_transport_file_is_in_plain_letters(warehouse, write):
    term(warehouse, "ból głowy 38 °C")
    frame, _ = pyreadstat.read_xport(str(write() / "SITE" / "sdtm" / "ae.xpt"))
    assert frame["AETERM"].tolist() == ["bol glowy 38 degC"]
    package = make_package(warehouse.opened, "SITE", "xpt", "none")
    changed = [(one.dataset, one.variable, one.n_rows) for one in package.rewritten]
    assert changed == [("AE", "AETERM", 1)]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("두통", "letters without an equivalent in ASCII"),
        ("x" * 201, "has 201 bytes"),
        ("ß" * 101, "has 202 bytes"),
    ],
)
def test_a_text_that_no_transport_file_holds_is_refused(warehouse, write, text, why):
    term(warehouse, text)
    with pytest.raises(SubmissionError, match=rf"AE: row 1 .*SITE-1.*AETERM.*{why}"):
        write()


def test_dataset_json_holds_a_text_as_it_is(warehouse, write):
    term(warehouse, "두통" * 150)
    out = write(form="dataset-json")
    content = json.loads((out / "SITE" / "sdtm" / "ae.json").read_text("utf-8"))
    names = [column["name"] for column in content["columns"]]
    assert content["rows"][0][names.index("AETERM")] == "두통" * 150
    (column,) = [one for one in content["columns"] if one["name"] == "AETERM"]
    assert column["length"] == 900


def test_dataset_json_is_valid_by_the_schema_of_cdisc(write, pytestconfig):
    file = pytestconfig.rootpath / "tests/submission/dataset_json_1_1.schema.json"
    judge = jsonschema.Draft201909Validator(json.loads(file.read_text()))
    files = sorted(write(form="dataset-json").rglob("*.json"))
    assert len(files) == 14
    for path in files:
        content = json.loads(path.read_text("utf-8"))
        assert [error.message for error in judge.iter_errors(content)] == []
        assert content["records"] == len(content["rows"])
        assert path.stem.upper() == content["name"]
        kinds = {"string": str, "date": str, "integer": int, "float": (int, float)}
        for number, column in enumerate(content["columns"]):
            values = [row[number] for row in content["rows"]]
            wanted = kinds[column["dataType"]]
            assert [
                v for v in values if v is not None and not isinstance(v, wanted)
            ] == []
    broken = content | {"records": "three"}
    assert list(judge.iter_errors(broken))


def test_ndjson_has_the_metadata_in_its_first_line_and_then_the_rows(write):
    json_file = write("a", form="dataset-json") / "PROACT" / "sdtm" / "ae.json"
    lines = (write("b", form="dataset-ndjson") / "PROACT/sdtm/ae.ndjson").read_text()
    head, *rows = map(json.loads, lines.splitlines())
    whole = json.loads(json_file.read_text())
    assert rows == whole.pop("rows")
    assert head == whole
