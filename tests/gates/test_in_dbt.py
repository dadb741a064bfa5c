"""Gate and publish work from Python models of a dbt build that holds the file open."""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

pytestmark = pytest.mark.build

FILES = {
    "dbt_project.yml": """
        {name: mini, version: "1.0", profile: mini,
         flags: {send_anonymous_usage_stats: false, use_colors: false},
         models: {+materialized: table, +persist_docs: {relation: true, columns: true}}}
    """,
    "profiles.yml": """
        {mini: {target: dev, outputs: {dev: {
            type: duckdb, path: build.duckdb, threads: 2}}}}
    """,
    "models/visits.sql": """
        select 'P-' || i as usubjid, case i when 5 then {{ var("planted") }} else i end
            as total
        from range(10) as r (i)
    """,
    "models/_models.yml": """
        models:
          - name: visits
            description: One row per visit.
            columns: [{name: total, description: The total score.}]
    """,
    "models/gate_results.py": """
        from pathlib import Path
        from counterarm.gates import run_gate
        def model(dbt, session):
            dbt.ref("visits")
            return run_gate(session, "delivery", Path("suites"), Path("gates"))
    """,
    "models/second_gate.py": """
        from pathlib import Path
        from counterarm.gates import run_gate
        def model(dbt, session):
            dbt.ref("visits")
            return run_gate(session, "other", Path("suites"), Path("gates"))
    """,
    "models/after.sql": """
        -- depends_on: {{ ref("gate_results") }} {{ ref("second_gate") }}
        select sum(total) as total from {{ ref("visits") }}
    """,
    "models/published.py": """
        from pathlib import Path
        import pandas as pd
        from counterarm.warehouse import publish as module
        from counterarm.warehouse.publish import publish
        def model(dbt, session):
            dbt.ref("after")
            # dbt holds no transaction here that keeps the file from being copied
            module._copy_rows = None
            publish(session, Path("warehouse/published.duckdb"))
            return pd.DataFrame({"target": ["warehouse/published.duckdb"]})
    """,
    "suites/delivery/visits.yml": """
        table: main.visits
        expectations:
          - expectation: Totals are possible
            type: expect_column_values_to_be_between
            column: total
            min_value: 0
            max_value: 48
            severity: critical
            because: The scale ends at 48.
            do: Ask the site for the right total.
    """,
    "suites/other/visits.yml": """
        table: main.visits
        expectations:
          - expectation: There are visits
            type: expect_table_row_count_to_be_between
            min_value: 1
            severity: critical
            because: Nothing can be said of nobody.
            do: Deliver the file.
    """,
}


def build(folder: Path, planted: int) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "dbt.cli.main", "build", "--profiles-dir", "."]
    command += ["--vars", json.dumps({"planted": planted})]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_a_failed_gate_stops_the_build_and_the_last_good_file_stays(tmp_path):
    for name, text in FILES.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        lines = text.strip("\n").rstrip().splitlines()
        indent = len(lines[0]) - len(lines[0].lstrip())
        file.write_text("\n".join(line[indent:] for line in lines) + "\n")
    target = tmp_path / "warehouse" / "published.duckdb"

    passed = build(tmp_path, planted=5)
    assert passed.returncode == 0, passed.stdout
    with duckdb.connect(str(target), read_only=True) as published:
        assert published.execute("select total from after").fetchone() == (45,)
        assert published.execute(
            "select success, unexpected_count, message from gate_results"
        ).fetchall() == [(True, 0, "Passed.")]
        described = published.execute("describe second_gate").fetchall()
        kinds = {name: kind for name, kind, *_ in described}
        # Not the type that a column of nulls would be given.
        assert kinds["column_name"] == "VARCHAR"
        assert kinds["unexpected_count"] == "BIGINT"
        assert published.execute(
            "select comment from duckdb_tables() where table_name = 'visits'"
        ).fetchone() == ("One row per visit.",)
        assert published.execute(
            "select comment from duckdb_columns() "
            "where table_name = 'visits' and column_name = 'total'"
        ).fetchone() == ("The total score.",)

    before = target.read_bytes()
    failed = build(tmp_path, planted=99)
    assert failed.returncode == 1
    finding = "main.visits, column total: Totals are possible: failed in 1 of 10"
    assert finding in failed.stdout
    assert "Ask the site for the right total." in failed.stdout
    assert "SKIP relation main.after" in failed.stdout
    assert target.read_bytes() == before
    page = json.loads((tmp_path / "gates" / "delivery.json").read_text())
    assert not page["passed"]
    assert len(list(tmp_path.glob("gates/*/delivery.html"))) == 2
