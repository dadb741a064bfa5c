"""What is told of a file before its values are read, and what stands in the way."""

import gzip
import unicodedata

import pytest

from counterarm.intake import raw_bytes
from counterarm.intake.csv_file import read_csv_file
from counterarm.intake.raw_bytes import UnreadableFileError


@pytest.fixture
def written(tmp_path):
    def write(data: bytes, name: str = "alsfrs.csv"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


def read_heading(path):
    return read_csv_file(path, path.parent / "copies")


@pytest.mark.parametrize(
    "data",
    [
        b"subject_id,Q1_Speech\n1,4\n",
        b"Subject_ID , q1_speech\r\n1,4\r\n",
        b'\xef\xbb\xbf"SUBJECT_ID","Q1_SPEECH"\n1,4\n',
        b"subject_id,q1_speech",
    ],
    ids=["plain", "spaces and CRLF", "byte order mark and quotes", "heading only"],
)
def test_headings_are_read_trimmed_and_in_lower_case(written, data):
    assert read_heading(written(data)).headings == ["subject_id", "q1_speech"]


def test_a_heading_longer_than_a_block_is_read_whole(written, monkeypatch):
    monkeypatch.setattr(raw_bytes, "BLOCK", 3)
    path = written("\ufeffsubject_id,größe\n1,ä\n".encode())
    assert read_heading(path).headings == ["subject_id", "größe"]


@pytest.mark.parametrize("data", [b"", b"\n1,4\n", b" , \n1,4\n"])
def test_a_file_without_headings_is_refused(written, data):
    with pytest.raises(
        UnreadableFileError, match=r"alsfrs\.csv: line 1 holds no headings"
    ):
        read_heading(written(data))


def test_headings_that_stand_twice_are_numbered_whatever_their_case(written):
    file = read_heading(written(b"Complete?,Age,AGE,complete?,Age ,sex\n"))
    assert file.headings == [
        "complete? (1)",
        "age (1)",
        "age (2)",
        "complete? (2)",
        "age (3)",
        "sex",
    ]
    assert file.repeated == {"complete?": (1, 4), "age": (2, 3, 5)}


def test_a_heading_that_is_called_like_a_number_of_another_is_refused(written):
    with pytest.raises(
        UnreadableFileError, match=r"line 1 holds the heading 'age \(2\)' more"
    ):
        read_heading(written(b"age,age,age (2)\n"))


def test_an_accent_may_be_a_character_of_its_own(written):
    decomposed = unicodedata.normalize("NFD", "Größe,나이\n")
    assert read_heading(written(decomposed.encode())).headings == ["größe", "나이"]


def test_several_empty_headings_are_no_repetition(written):
    assert read_heading(written(b"subject_id,,\n")).headings == ["subject_id", "", ""]


@pytest.mark.parametrize(
    ("encoding", "name"), [("utf-16", "UTF-16"), ("utf-32", "UTF-32")]
)
def test_another_encoding_is_named(written, encoding, name):
    with pytest.raises(UnreadableFileError, match=f"is {name}, looked for UTF-8; save"):
        read_heading(written("subject_id,age\n1,60\n".encode(encoding)))


@pytest.mark.parametrize("block", [1 << 20, 7])
def test_a_byte_that_is_not_utf_8_is_named_with_its_line(written, monkeypatch, block):
    monkeypatch.setattr(raw_bytes, "BLOCK", block)
    data = "subject_id,race\n1,Asian\n2,Créole\n3,Asian\n".encode("latin-1")
    with pytest.raises(UnreadableFileError, match="line 3 holds the byte 0xE9"):
        read_heading(written(data))


def test_a_file_that_ends_within_a_character_is_refused(written):
    with pytest.raises(UnreadableFileError, match="line 2 holds the byte 0xC3"):
        read_heading(written(b"subject_id,race\n1,Cr\xc3"))


def test_a_compressed_file_is_read_as_the_plain_one(written):
    path = written(gzip.compress(b"subject_id,age\n1,60\n"), "PROACT_X.CSV.GZ")
    assert read_heading(path).headings == ["subject_id", "age"]


def broken_gzip(kind: str) -> bytes:
    rows = b"subject_id,age\n" + b"".join(b"%d,%d\n" % (i, i * i) for i in range(5000))
    whole = bytearray(gzip.compress(rows))
    if kind == "cut short":
        return bytes(whole[:300])
    for i in range(200, 260):
        whole[i] ^= 0x5A
    return bytes(whole)


@pytest.mark.parametrize("kind", ["cut short", "damaged"])
def test_a_broken_gzip_is_refused(written, kind):
    path = written(broken_gzip(kind), "alsfrs.csv.gz")
    with pytest.raises(
        UnreadableFileError, match=r"alsfrs\.csv\.gz: is not a complete gzip file"
    ):
        read_heading(path)


def test_a_plain_file_that_is_called_gz_is_refused(written):
    with pytest.raises(UnreadableFileError, match="is not a complete gzip file"):
        read_heading(written(b"subject_id,age\n", "alsfrs.csv.gz"))
