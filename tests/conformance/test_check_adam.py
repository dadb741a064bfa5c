"""`counterarm check --adam` on folders: what is read, printed and returned."""

import csv
import json
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from counterarm.cli import main
from counterarm.conformance import AdamError, check_adam

HERE = Path(__file__).parent
SEEDS = HERE.parents[1] / "seeds"
with (SEEDS / "adam" / "adam_variables.csv").open(newline="") as lines:
    LABELS = {row["variable"].upper(): row["label"] for row in csv.DictReader(lines)}


def write(folder: Path, *changes: str) -> Path:
    """Write the sound ADaM as labelled Parquet, after changes to it."""
    connection = duckdb.connect()
    connection.execute((HERE / "sound.sql").read_text())
    for change in changes:
        connection.execute(change)
    for schema, table in connection.execute(
        "select schema_name, table_name from duckdb_tables()"
    ).fetchall():
        (folder / schema).mkdir(parents=True, exist_ok=True)
        rows = connection.sql(f"from {schema}.{table}").to_arrow_table()
        fields = [
            field.with_metadata({"label": LABELS.get(field.name, field.name)})
            for field in rows.schema
        ]
        described = rows.schema.empty_table().schema
        for place, field in enumerate(fields):
            described = described.set(place, field)
        described = described.with_metadata({"label": table})
        pq.write_table(
            rows.cast(described), folder / schema / f"{table.lower()}.parquet"
        )
    return folder


def test_a_sound_folder_passes(tmp_path):
    checked = check_adam(write(tmp_path), SEEDS)
    assert checked.violations == []
    assert checked.code(strict=True) == 0
    assert checked.n_applied == checked.n_rules >= 100


def test_the_command_prints_what_is_wrong_and_ends_with_its_severity(tmp_path):
    folder = write(tmp_path, "update adam.ADLB set CHG = 10 where ASEQ = 2")
    printed = CliRunner().invoke(main, ["check", "--adam", str(folder), "--json"])
    assert printed.exit_code == 2, printed.output
    (found,) = json.loads(printed.output)["violations"]
    assert (found["dataset"], found["count"]) == ("ADLB", 1)
    assert found["message"] == "CHG = AVAL - BASE"
    assert "USUBJID S-A" in found["example"]


def test_a_warning_counts_with_strict_only(tmp_path):
    folder = write(tmp_path, "update adam.ADSL set BMIBL = 24 where SUBJID = 'A'")
    run = CliRunner().invoke
    assert run(main, ["check", "--adam", str(folder)]).exit_code == 0
    assert run(main, ["check", "--adam", str(folder), "--strict"]).exit_code == 1


def test_a_finding_that_the_allow_list_explains_is_shown_and_does_not_count(tmp_path):
    folder = write(tmp_path, "update adam.ADAE set AESER = 'N', AEOUT = 'FATAL'")
    (fatal,) = [
        found
        for found in check_adam(folder, SEEDS).violations
        if found.message == "A fatal event is serious"
    ]
    assert "as delivered" in str(fatal.reason)


def test_a_number_of_sas_is_the_day_that_it_stands_for(tmp_path):
    """Days since 1960, as SAS writes a date without a format."""
    folder = write(
        tmp_path,
        "alter table adam.ADTTE alter ADT type integer "
        "using cast(ADT - date '1960-01-01' as integer)",
    )
    assert check_adam(folder, SEEDS).violations == []


@pytest.mark.parametrize("name", ["nothing", "empty", "text.duckdb"])
def test_a_place_without_adam_is_refused_with_its_name(tmp_path, name):
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.duckdb").write_text("no database")
    with pytest.raises(AdamError, match=name):
        check_adam(tmp_path / name, SEEDS)
