"""The files in which SDTM comes: split, in another encoding, NDJSON, other versions."""

import json
import shutil

import duckdb
import pandas as pd
import pytest
from mapped_sites import describe, read_table
from sdtm_studies import ITEMS, dataset_json, notes, read, write_study, write_xpt

from counterarm.intake import DeliveryError
from counterarm.intake.sdtm_files import encoding_of

DM = [{"STUDYID": "X", "USUBJID": "X-1", "SUBJID": "1"}]


def encodings(*rows: tuple[str, str]) -> dict[str, pd.DataFrame]:
    """Return site_files.csv with rows for the site `x`, and no mapping of any site."""
    heads = ["site", "file_name", "delimiter", "encoding", "date_format"]
    heads += ["decimal_mark", "missing_values", "note"]
    named = [{"site": "x", "file_name": f, "encoding": e} for f, e in rows]
    none = pd.DataFrame(columns=["site"])
    return {
        "site_files": pd.DataFrame(named, columns=heads, dtype=object),
        "site_columns": none,
        "site_codes": none,
    }


def replace_dm(sites, name: str, old: bytes, new: bytes, subject: str) -> None:
    """Put an XPT of one subject in place of DM, some of its bytes changed."""
    (sites / "x" / "dm.json").unlink()
    write_xpt(sites / "x" / name, [{"USUBJID": "X-1", "SUBJID": subject}])
    path = sites / "x" / name
    path.write_bytes(path.read_bytes().replace(old, new))


@pytest.fixture
def windows(tmp_path):
    """A study whose DM holds an umlaut as SAS on Windows writes it."""
    sites = write_study(tmp_path, {"dm": DM})
    replace_dm(sites, "dm.xpt", b"M@LLER", b"M\xfcLLER", "M@LLER")
    return sites


def test_an_xpt_in_another_encoding_names_the_encoding_and_the_setting(
    windows, tmp_path
):
    with pytest.raises(DeliveryError) as caught:
        describe(windows, tmp_path)
    for word in ("dm.xpt", "wlatin1", "cp1252", "site_files.csv"):
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("file_name", "encoding"),
    [("dm.xpt", "wlatin1"), ("DM.XPT", "cp1252"), ("*", "latin-1")],
)
def test_the_setting_reads_it(file_name, encoding, windows, tmp_path):
    found = read(
        windows,
        tmp_path,
        "subjects",
        "subject_id",
        **encodings((file_name, encoding)),
    )
    assert found == [("MüLLER",)]


def test_codes_of_a_site_that_has_sdtm_are_refused(tmp_path):
    codes = {"site": "x", "table_name": "subjects", "column_name": "sex"}
    seeds = encodings() | {
        "site_codes": pd.DataFrame([codes | {"raw_value": "1", "value": "M"}])
    }
    with pytest.raises(DeliveryError, match=r"site_codes\.csv line 2: .*has SDTM"):
        describe(write_study(tmp_path, {"dm": DM}), tmp_path, **seeds)


def test_korean_in_euc_kr_is_read(tmp_path):
    sites = write_study(tmp_path, {"dm": DM})
    replace_dm(sites, "dm.xpt", b"@@@@", "김이".encode("euc-kr"), "@@@@")
    found = read(
        sites,
        tmp_path,
        "subjects",
        "subject_id",
        **encodings(("dm.xpt", "euc-kr")),
    )
    assert found == [("김이",)]


def test_an_encoding_that_nobody_knows_is_named(windows, tmp_path):
    with pytest.raises(DeliveryError, match="line 2: encoding 'klingon' is not one"):
        describe(windows, tmp_path, **encodings(("dm.xpt", "klingon")))


def test_version_8_of_xpt_is_read(tmp_path):
    sites = write_study(tmp_path, {"dm": DM})
    (sites / "x" / "dm.json").unlink()
    rows = [{"USUBJID": "X-1", "SUBJID": "1", "A_NAME_BEYOND_8": "x"}]
    write_xpt(sites / "x" / "dm.xpt", rows, version=8)
    assert read(sites, tmp_path, "subjects", "subject_id") == [("1",)]


def test_a_file_of_proc_cport_is_refused_with_what_to_do(tmp_path):
    sites = write_study(tmp_path, {"dm": DM})
    (sites / "x" / "dm.json").unlink()
    (sites / "x" / "dm.xpt").write_bytes(b"**COMPRESSED** **COMPRESSED** " * 9)
    with pytest.raises(DeliveryError, match=r"PROC CPORT.*XPORT engine"):
        describe(sites, tmp_path)


@pytest.fixture
def split(tmp_path):
    """A study whose QS came in two files, with one assessment across both."""
    qs = [
        {"DOMAIN": "QS", "USUBJID": "X-1", "QSTESTCD": code, "QSSTRESN": 2}
        | {"QSDTC": "2020-03-01"}
        for code in ITEMS
    ]
    other = qs[0] | {"QSTESTCD": "MM01", "QSCAT": "MMSE"}
    sites = write_study(tmp_path, {"dm": DM})
    (sites / "x" / "qs.json").unlink()
    for name, rows in (("qs1", qs[:7]), ("qsalsfrsr", [*qs[7:], other])):
        (sites / "x" / f"{name}.json").write_text(json.dumps(dataset_json(rows)))
    return sites


def test_a_split_dataset_is_read_as_one(split, tmp_path):
    columns = ("file_name", "q1_speech", "r3_respiratory_insufficiency")
    assert read(split, tmp_path, "visits", *columns) == [("qs1.json", "2", "2")]


def test_the_lines_of_each_file_of_a_split_dataset_are_counted(split, tmp_path):
    described = describe(split, tmp_path)
    of_qs = described[described["table_name"] == "visits"]
    lines = pd.concat(duckdb.sql(query).df() for query in of_qs["lines_reader"])
    counts = lines.groupby("file_name")["is_read"].agg(["size", "sum"])
    assert counts.to_numpy().tolist() == [[7, 7], [6, 5]]


def test_records_that_stand_in_two_files_are_refused(tmp_path):
    # whole and split: every dose would count twice
    ex = [{"DOMAIN": "EX", "USUBJID": "X-1", "EXSEQ": n} for n in (1, 2)]
    sites = write_study(tmp_path, {"dm": DM, "ex": ex})
    (sites / "x" / "ex1.json").write_text(json.dumps(dataset_json(ex[1:])))
    with pytest.raises(
        DeliveryError, match=r"1 records .*EXSEQ.* ex\.json and ex1\.json"
    ):
        describe(sites, tmp_path)


def test_a_file_that_only_begins_like_a_dataset_is_not_taken_for_one(tmp_path):
    sites = write_study(tmp_path, {"dm": DM})
    (sites / "x" / "export_info.json").write_text(json.dumps({"of": "2020"}))
    (sites / "x" / "dsmb.json").write_text(json.dumps(dataset_json(DM)))
    printed = notes(sites, tmp_path)
    assert "export_info.json: not used" in printed
    assert "dsmb.json: not used" in printed
    assert read(sites, tmp_path, "doses", "treatment") == [("CELLS",)]


def test_a_part_of_a_split_dataset_that_cannot_be_read_is_an_error(split, tmp_path):
    (split / "x" / "qs2.json").write_text('{"records": 1, "columns": [')
    with pytest.raises(DeliveryError, match=r"qs2\.json"):
        describe(split, tmp_path)


def test_rows_that_are_objects_are_an_error_that_names_the_file(tmp_path):
    sites = write_study(tmp_path, {"dm": DM})
    content = dataset_json(DM)
    content["rows"] = [dict(DM[0])]
    (sites / "x" / "dm.json").write_text(json.dumps(content))
    with pytest.raises(DeliveryError, match=r"dm\.json"):
        describe(sites, tmp_path)


def test_the_encoding_of_a_file_with_a_bracket_in_its_name_is_found(tmp_path):
    path = tmp_path / "dm[1].xpt"
    assert encoding_of(path, {"dm[1].xpt": "cp1252", "*": "utf-8"}) == "cp1252"


def test_a_dataset_in_two_forms_is_refused(tmp_path):
    sites = write_study(tmp_path, {"dm": DM})
    write_xpt(sites / "x" / "dm.xpt", DM)
    with pytest.raises(DeliveryError, match=r"DM: dm\.json and dm\.xpt; keep one"):
        describe(sites, tmp_path)


def ndjson(rows: list[dict]) -> str:
    content = dataset_json(rows)
    own = content.pop("rows")
    return "\n".join(json.dumps(line) for line in [content, *own]) + "\n"


@pytest.fixture
def lines(tmp_path):
    """A study whose QS came as NDJSON."""
    sites = write_study(tmp_path, {"dm": DM})
    (sites / "x" / "qs.json").unlink()
    qs = [
        {"USUBJID": "X-1", "QSTESTCD": code, "QSSTRESN": n % 5, "QSDTC": "2020-03-01"}
        for n, code in enumerate(ITEMS)
    ]
    (sites / "x" / "QS.ndjson").write_text(ndjson(qs))
    return sites


def test_ndjson_is_read(lines, tmp_path):
    found = read(lines, tmp_path, "visits", "q1_speech", "q5_cutting")
    assert found == [("0", "4")]


def test_ndjson_of_more_rows_than_a_block_is_read_whole(lines, tmp_path, monkeypatch):
    whole = read(lines, tmp_path, "visits", "q1_speech", "q5_cutting", "r1_dyspnea")
    for size in (1, 5, 12, 13):
        monkeypatch.setattr("counterarm.intake.sdtm_formats.ROWS_AT_ONCE", size)
        found = read(lines, tmp_path, "visits", "q1_speech", "q5_cutting", "r1_dyspnea")
        assert found == whole


@pytest.mark.parametrize(
    ("old", "new", "printed"),
    [
        ('"records": 12', '"records": 13', "12 rows of 13 records"),
        ('["X-1", "ALSR103", 2, "2020-03-01"]', '["X-1"]', "line 4 is not a row of 4"),
        ('["X-1", "ALSR103", 2, "2020-03-01"]', '["X-1"', "JSONDecodeError.*line 4"),
    ],
)
def test_ndjson_that_is_not_whole_is_refused(old, new, printed, lines, tmp_path):
    path = lines / "x" / "QS.ndjson"
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(DeliveryError, match=printed):
        describe(lines, tmp_path)


def test_dataset_json_of_version_1_0_is_refused_by_name(tmp_path):
    sites = write_study(tmp_path, {"dm": DM})
    (sites / "x" / "qs.json").write_text(json.dumps({"clinicalData": {}}))
    with pytest.raises(DeliveryError, match=r"is Dataset-JSON 1\.0"):
        describe(sites, tmp_path)


def test_several_studies_in_a_folder_are_named(tmp_path):
    dm = [
        {"STUDYID": study, "USUBJID": f"{study}-1", "SUBJID": "1"}
        for study in ("A", "B")
    ]
    sites = write_study(tmp_path, {"dm": dm})
    assert "2 values of STUDYID: A (1), B (1) subjects" in notes(sites, tmp_path)
    # one number of two subjects: each has the name that tells them apart
    found = read(sites, tmp_path, "subjects", "subject_id")
    assert found == [("A-1",), ("B-1",)]


def test_qualifiers_that_are_not_read_are_named(tmp_path):
    supp = [
        {"USUBJID": "X-1", "QNAM": "ELESCOR", "QVAL": "DEFINITE"},
        {"USUBJID": "X-1", "QNAM": "SMOKER", "QVAL": "Y"},
    ]
    sites = write_study(tmp_path, {"dm": DM, "suppdm": supp})
    assert read(sites, tmp_path, "subjects", "el_escorial") == [("DEFINITE",)]
    printed = notes(sites, tmp_path)
    assert "suppdm.json: qualifiers that fill nothing: SMOKER (1) rows" in printed


def test_a_folder_whose_name_is_a_pattern_is_read(tmp_path):
    sites = write_study(tmp_path / "a", {"dm": DM})
    odd = tmp_path / "b[1]" / "sites"
    shutil.copytree(sites, odd)
    described = describe(odd, tmp_path / "b[1]")
    assert len(read_table(described, "x", "doses")) == 1
