"""A sender's manifest is read to the line, refused where it makes no sense, written."""

import gzip
import hashlib

import pytest

from counterarm.intake.manifest import (
    ManifestError,
    listed_files,
    read_manifest,
    write_manifest,
)
from counterarm.intake.record_counts import count_records

DIGEST = hashlib.sha256(b"a\n1\n").hexdigest()


@pytest.fixture
def manifest(tmp_path):
    """Write a manifest and return its path."""

    def write(text: str):
        path = tmp_path / "manifest.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_manifest_gives_name_rows_and_digest(manifest):
    read = read_manifest(
        manifest(
            f"\ufeffFile, SHA256 ,rows\nvisits.csv,{DIGEST.upper()},12\n\n"
            '"a, b.csv",,0\n'
        )
    )
    assert [(one.file_name, one.line_number, one.rows, one.sha256) for one in read] == [
        ("visits.csv", 2, 12, DIGEST),
        ("a, b.csv", 4, 0, None),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: the headings must be file, rows, sha256"),
        ("file\na.csv\n", "line 1: the headings must be"),
        ("name,rows\na.csv,1\n", "line 1: the headings must be"),
        ("file,rows,md5\na.csv,1,x\n", "line 1: the headings must be"),
        ("file,rows\na.csv,1\nb.csv\n", "line 3: 1 fields, but 2 headings"),
        ("file,rows\na.csv,1.0\n", "line 2: rows is '1.0'"),
        ("file,rows\na.csv,-1\n", "line 2: rows is '-1'"),
        ("file,sha256\na.csv,abc\n", "line 2: sha256 is 'abc'"),
        ("file,rows\n../a.csv,1\n", "line 2: '../a.csv' is not the name"),
        ("file,rows\n,1\n", "line 2: '' is not the name"),
        ("file,rows\na.csv,1\na.csv,2\n", "line 3: a.csv is listed in line 2 too"),
    ],
)
def test_a_malformed_manifest_is_refused_with_its_line(manifest, text, message):
    with pytest.raises(ManifestError) as refused:
        read_manifest(manifest(text))
    assert message in str(refused.value)
    assert "manifest.csv" in str(refused.value)


@pytest.mark.parametrize(
    ("data", "n"),
    [
        (b"a,b\n1,2\n3,4\n", 2),
        (b"a,b\r\n1,2\r\n3,4", 2),
        (b'a;b\n1;"two\nlines"\n3;4\n', 2),
        (b'a,b\n1,"x;y\nz"\n', 1),
        (b"a,b\n", 0),
        (b"a,b\n\n1,2\n\n", 1),
        (b"sep=;\na;b\n1;2\n", 1),
        (b"\xef\xbb\xbfsep=;\r\na;b\r\n1;2\r\n", 1),
        ("a\tb\nü\té\n".encode("cp1252"), 1),
        (b"", None),
        ("a,b\n1,2\n".encode("utf-16"), None),
    ],
)
def test_records_are_counted_whatever_the_delimiter(tmp_path, data, n):
    (tmp_path / "f.csv").write_bytes(data)
    (tmp_path / "f.csv.gz").write_bytes(gzip.compress(data))
    assert count_records(tmp_path / "f.csv") == n
    assert count_records(tmp_path / "f.csv.gz") == n


def test_what_is_written_is_read_again_and_nothing_is_overwritten(tmp_path):
    proact, sites = tmp_path / "proact", tmp_path / "sites"
    proact.mkdir()
    ulm = sites / "ULM"
    ulm.mkdir(parents=True)
    (ulm / "a.csv").write_bytes(b"a\n1\n")
    (ulm / "b.xlsx").write_bytes(b"PK")
    (ulm / ".hidden").write_bytes(b"x")
    path = write_manifest(ulm)
    assert path.read_text() == (
        f"file,rows,sha256\na.csv,1,{DIGEST}\n"
        f"b.xlsx,,{hashlib.sha256(b'PK').hexdigest()}\n"
    )
    with pytest.raises(FileExistsError):
        write_manifest(ulm)
    with pytest.raises(FileNotFoundError):
        write_manifest(proact)

    found = listed_files(proact, sites)
    assert found["source"].tolist() == ["ulm", "ulm"]
    assert (found["listed_sha256"] == found["found_sha256"]).all()

    (ulm / "a.csv").write_bytes(b"a\n")
    (ulm / "b.xlsx").unlink()
    (ulm / "c.csv").write_bytes(b"c\n")
    found = listed_files(proact, sites).set_index("file_name")
    assert found["is_there"].to_dict() == {
        "a.csv": True,
        "b.xlsx": False,
        "c.csv": True,
    }
    assert found.loc["a.csv", "found_sha256"] != found.loc["a.csv", "listed_sha256"]
    assert found["line_number"].isna().to_dict() == {
        "a.csv": False,
        "b.xlsx": False,
        "c.csv": True,
    }


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_spreadsheet_may_write_another_delimiter(manifest, delimiter):
    text = f"file,rows,sha256\na.csv,3,{DIGEST}\n".replace(",", delimiter)
    (one,) = read_manifest(manifest(text))
    assert (one.file_name, one.rows, one.sha256) == ("a.csv", 3, DIGEST)


def test_an_accent_of_its_own_makes_no_other_file(tmp_path):
    composed, decomposed = "datos_a\u00f1o.csv", "datos_an\u0303o.csv"
    (tmp_path / "proact").mkdir()
    vigo = tmp_path / "sites" / "vigo"
    vigo.mkdir(parents=True)
    (vigo / decomposed).write_bytes(b"a\n1\n")
    (vigo / "manifest.csv").write_text(f"file,rows\n{composed},1\n", "utf-8")
    found = listed_files(tmp_path / "proact", tmp_path / "sites")
    assert found[["file_name", "line_number", "is_there"]].values.tolist() == [
        [decomposed, 2, True]
    ]


def test_without_a_manifest_there_is_nothing_to_compare(tmp_path):
    (tmp_path / "proact").mkdir()
    (tmp_path / "sites" / "ulm").mkdir(parents=True)
    found = listed_files(tmp_path / "proact", tmp_path / "sites")
    assert found.empty
    assert found["listed_rows"].dtype == "Int64"
