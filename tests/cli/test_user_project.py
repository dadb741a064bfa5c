"""A project in a folder of the user's: made by init, assembled with the user's rows."""

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner

from counterarm.cli import main
from counterarm.project import (
    ProjectError,
    init_project,
    open_project,
    shipped,
)

ROOT = Path(__file__).parents[2]
ANALYSIS = "mine,,My site,Patients of another hospital\n"


@pytest.fixture
def project(tmp_path) -> Path:
    init_project(tmp_path / "trial")
    return tmp_path / "trial"


def rows(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))


def test_a_checkout_is_its_own_project():
    assert shipped() == ROOT
    found = open_project(ROOT)
    assert found.seeds == found.edited == ROOT / "seeds"
    assert found.expectations == ROOT / "expectations"


def test_init_writes_empty_seeds_and_assembles_the_shipped_project(project):
    found = open_project(project)
    for seed in ("protocol/arms.csv", "mappings/site_columns.csv"):
        assert rows(project / "seeds" / seed) == rows(ROOT / "seeds" / seed)[:1]
        assert rows(found.seeds / seed) == rows(ROOT / "seeds" / seed)
    assert not (project / "seeds" / "mappings" / "raw_columns.csv").exists()
    given = {p.relative_to(ROOT) for p in (ROOT / "models").rglob("*.sql")}
    made = {
        p.relative_to(project / ".counterarm") for p in project.rglob("models/**/*.sql")
    }
    assert made == given
    settings = (project / "dbt_project.yml").read_text()
    for part in ("models", "seeds", "macros", "tests/dbt"):
        assert f"-paths: [.counterarm/{part}]\n" in settings


def test_the_users_rows_stand_first_at_the_lines_of_the_users_file(project):
    seed = project / "seeds" / "protocol" / "analyses.csv"
    # as an editor on Windows saves it
    seed.write_bytes(b"\xef\xbb\xbf" + (seed.read_text() + ANALYSIS).encode())
    merged = rows(open_project(project).seeds / "protocol" / "analyses.csv")
    assert merged[1] == next(csv.reader([ANALYSIS]))
    assert merged[2:] == rows(ROOT / "seeds" / "protocol" / "analyses.csv")[1:]


def test_a_seed_with_other_columns_is_refused_with_file_and_line(project):
    seed = project / "seeds" / "protocol" / "analyses.csv"
    seed.write_text("analysis_id,label\n")
    with pytest.raises(ProjectError, match=r"analyses\.csv: line 1: the columns must"):
        open_project(project)


def test_what_did_not_change_is_not_written_again(project):
    seeds = open_project(project).seeds
    before = {file: file.stat().st_mtime_ns for file in seeds.rglob("*.csv")}
    (project / "seeds" / "protocol" / "analyses.csv").write_text(
        (project / "seeds" / "protocol" / "analyses.csv").read_text() + ANALYSIS
    )
    open_project(project)
    changed = {f.name for f, time in before.items() if f.stat().st_mtime_ns != time}
    assert changed == {"analyses.csv"}


def test_parts_of_another_version_are_replaced(project):
    left = project / ".counterarm" / "models" / "of_an_older_version.sql"
    left.write_text("select 1")
    open_project(project)
    assert left.exists()
    (project / ".counterarm" / "version").write_text("0.0.1\n")
    open_project(project)
    assert not left.exists()


def test_a_seed_of_the_users_own_is_there_until_it_is_deleted(project):
    own = project / "seeds" / "protocol" / "notes.csv"
    own.write_text("a\n1\n")
    merged = open_project(project).seeds / "protocol" / "notes.csv"
    assert merged.read_text() == "a\n1\n"
    own.unlink()
    open_project(project)
    assert not merged.exists()


def test_nothing_is_overwritten(project):
    before = {file: file.read_bytes() for file in project.rglob("*.csv")}
    with pytest.raises(ProjectError, match="nothing was written"):
        init_project(project)
    assert {file: file.read_bytes() for file in project.rglob("*.csv")} == before


def test_commands_outside_a_project_say_how_to_make_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for command in (["analyses", "list"], ["check"], ["build"]):
        result = CliRunner().invoke(main, command)
        assert result.exit_code == 1, command
        assert "counterarm init DIR" in result.output


def test_an_analysis_is_added_to_the_users_rows(project, monkeypatch):
    monkeypatch.chdir(project)
    words = ["--label", "My site", "--why", "Other patients"]
    result = CliRunner().invoke(
        main,
        [
            *("analyses", "add", "mine", "--from", "nam_2023"),
            *("--main", "--site", "ulm", *words),
        ],
    )
    assert result.exit_code == 0, result.output
    own = rows(project / "seeds" / "protocol" / "arms.csv")
    assert {row[0] for row in own[1:]} == {"mine"}
    listed = CliRunner().invoke(main, ["analyses", "list"]).output
    assert "mine" in listed and "nam_2023" in listed
