"""The protocol's files as a person writes them: what is accepted, what is named."""

import shutil
from pathlib import Path

import pytest
import yaml

from counterarm.protocol import ProtocolError, check_protocol_files
from counterarm.protocol.columns import COLUMNS
from counterarm.protocol.levels import COVARIATES

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "seeds"


@pytest.fixture
def folder(tmp_path) -> Path:
    for name in ("protocol", "published", "codelists", "mappings"):
        shutil.copytree(SEEDS / name, tmp_path / "seeds" / name)
    return tmp_path / "seeds" / "protocol"


def problems(folder: Path, sites: Path | None = None) -> list[str]:
    with pytest.raises(ProtocolError) as error:
        check_protocol_files(folder, sites)
    for problem in error.value.problems:
        assert problem.finding().remedy
    return [str(one).removeprefix("seeds/protocol/") for one in error.value.problems]


def rewrite(file: Path, old: str, new: str) -> int:
    """Replace the first line that holds `old`; return its number."""
    lines = file.read_text().splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if old in line)
    lines[at] = lines[at].replace(old, new, 1)
    file.write_text("".join(lines))
    return at + 1


def test_the_columns_are_those_that_the_project_describes():
    described = {
        seed["name"]: [column["name"] for column in seed["columns"]]
        for file in (SEEDS / "protocol").glob("_*.yml")
        for seed in yaml.safe_load(file.read_text())["seeds"]
    }
    assert described == COLUMNS


def test_the_variables_are_columns_of_the_covariates():
    described = yaml.safe_load(
        (ROOT / "models" / "05_cohorts" / "covariates.yml").read_text()
    )
    columns = {column["name"] for column in described["models"][0]["columns"]}
    assert set(COVARIATES) <= columns


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: data.replace(b"\n", b"\n\n") + b"\n\n",
        lambda data: data.rstrip(b"\n"),
    ],
    ids=["a byte order mark", "CRLF", "empty lines", "no last line end"],
)
def test_what_an_editor_leaves_in_a_file_is_accepted(folder, change):
    for file in folder.glob("*.csv"):
        file.write_bytes(change(file.read_bytes()))
    check_protocol_files(folder)


def test_lines_are_those_of_an_editor(folder):
    file = folder / "arms.csv"
    line = rewrite(file, ",first_dose", ",first_day")
    heading, rest = file.read_text().split("\n", 1)
    file.write_text(f"{heading}\n\n\n{rest}")
    (found,) = problems(folder)
    assert found.startswith(f"arms.csv line {line + 2}: index_rule 'first_day' is none")


@pytest.mark.parametrize(
    ("name", "old", "new", "reason"),
    [
        ("arms", "PROACT,ANY,assessment", "PROACT,ANY", "has 4 fields"),
        ("arms", "PROACT,ANY,assessment", "PROACT,ANY,assessment,x", "has 6 fields"),
        ("analyses", "exactly matched pairs", "ex\0act", "holds a NUL byte"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(folder, name, old, new, reason):
    line = rewrite(folder / f"{name}.csv", old, new)
    found = problems(folder)
    assert any(
        text.startswith(f"{name}.csv line {line}: ") and reason in text
        for text in found
    ), found


def test_a_quotation_mark_that_is_not_closed_is_named_where_it_opens(folder):
    line = rewrite(folder / "analyses.csv", ",Nam 2023 without", ',"Nam 2023 without')
    found = problems(folder)
    assert any(
        one.startswith(f"analyses.csv line {line}: cannot be read as CSV")
        for one in found
    ), found


def test_lines_that_hold_nothing_where_dbt_reads_a_row_are_named(folder):
    file = folder / "arms.csv"
    heading, rest = file.read_text().split("\n", 1)
    file.write_text(f"\n{heading}\n,,,,\n{rest}")
    assert problems(folder) == [
        "arms.csv line 1: is an empty line above the headings; delete it",
        "arms.csv line 3: holds commas only, a row without values; delete it",
    ]


def test_a_byte_of_another_encoding_is_named(folder):
    file = folder / "analyses.csv"
    data = file.read_bytes().replace(b"exactly", b"ex\xe4ctly", 1)
    file.write_bytes(data)
    found = problems(folder)
    assert any("line 2: holds a byte that is not UTF-8 (0xe4)" in one for one in found)


def test_headings_that_are_missing_or_not_known_are_named_once(folder):
    rewrite(folder / "arms.csv", "index_rule", "index_rul")
    assert problems(folder) == [
        "arms.csv line 1: index_rule is a missing column; "
        "add it; its cells may be empty",
        "arms.csv line 1: index_rul is not a column of this file; "
        "did you mean 'index_rule'?",
    ]


def test_a_file_that_is_missing_or_misspelt_is_named(folder):
    (folder / "groups.csv").rename(folder / "group.csv")
    found = problems(folder)
    assert "groups.csv: is not there" in found[0]
    assert "group.csv: is not a protocol file" in found[1]
    assert "did you mean 'groups'?" in found[1]
    assert len(found) == 2


def sites(tmp_path: Path, *names: str) -> Path:
    for name in names:
        (tmp_path / "sites" / name).mkdir(parents=True)
    return tmp_path / "sites"


def add_ulm(folder: Path, site: str) -> int:
    """Copy nam_2023's rows as ulm_2024 of a site; return the line of its treated."""
    from counterarm.protocol.files import add_analysis, read_protocol_files

    add_analysis(
        read_protocol_files(folder),
        "ulm_2024",
        "nam_2023",
        label="Ulm",
        why="Others",
        site=site,
    )
    lines = (folder / "arms.csv").read_text().splitlines()
    return 1 + next(n for n, one in enumerate(lines) if f"treated,{site}" in one)


def test_the_sites_of_the_papers_need_not_be_delivered(folder, tmp_path):
    add_ulm(folder, "ULM")
    notes = check_protocol_files(folder, sites(tmp_path, "ulm"))
    assert {note.value for note in notes} == {"HANYANG", "OLSZTYN"}
    assert all(note.severity == "note" for note in notes)
    assert "nam_2023" in next(n.reason for n in notes if n.value == "HANYANG")


@pytest.mark.parametrize(
    ("site", "remedy"),
    [("ULMM", "did you mean 'ULM'?"), ("GRAZ", "deliver its folder")],
)
def test_a_site_of_an_added_analysis_must_be_delivered(folder, tmp_path, site, remedy):
    line = add_ulm(folder, site)
    (found,) = problems(folder, sites(tmp_path, "ulm", "hanyang", "olsztyn"))
    assert found.startswith(
        f"arms.csv line {line}: studyid {site!r} is not a delivered site, so that "
        "ulm_2024 would have no treated subjects; delivered: HANYANG, OLSZTYN, ULM"
    )
    assert remedy in found


def test_a_slip_in_the_name_of_a_papers_site_is_an_error_too(folder, tmp_path):
    text = (folder / "arms.csv").read_text()
    (folder / "arms.csv").write_text(text.replace("OLSZTYN", "OLSZTIN"))
    found = problems(folder, sites(tmp_path, "olsztyn", "hanyang"))
    assert len(found) == text.count("OLSZTYN")
    assert all("did you mean 'OLSZTYN'?" in one for one in found)
