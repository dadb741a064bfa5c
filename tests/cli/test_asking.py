"""Commands that read the warehouse: query, describe, subject, export."""

import json
import shutil

import duckdb
import pandas as pd
import pyreadstat
import pytest

pytestmark = pytest.mark.build


def test_a_query_comes_as_a_table_as_csv_and_as_json(ask):
    sql = "select 1 as n, 'a,b' as word, null as nothing"
    assert ask("query", sql).output.splitlines()[2].split() == ["1", "a,b"]
    assert ask("query", sql, "--format", "csv").output == 'n,word,nothing\n1,"a,b",\n'
    assert json.loads(ask("query", sql, "--format", "json").output) == [
        {"n": 1, "word": "a,b", "nothing": None}
    ]


@pytest.mark.parametrize("ending", ["csv", "json", "parquet"])
def test_a_query_is_written_to_a_file_with_every_row(ask, tmp_path, demo_build, ending):
    file = tmp_path / f"pairs.{ending}"
    written = ask("query", "from matching.pairs order by pair_id", "--out", str(file))
    assert written.exit_code == 0, written.output
    pairs = demo_build.rows("from matching.pairs order by pair_id")
    assert len(pairs) > 0
    read = duckdb.sql(f"select pair_id, distance from '{file}' order by pair_id").df()
    assert read["pair_id"].tolist() == pairs["pair_id"].tolist()
    assert read["distance"].tolist() == pytest.approx(pairs["distance"].tolist())


def test_a_query_is_read_from_the_standard_input(ask):
    assert ask("query", "-", "--format", "csv", text="select 7 as n").output == "n\n7\n"


def test_a_query_that_fails_or_would_write_is_refused_in_a_sentence(ask, tmp_path):
    for sql in ("select nonsense", "create table mine as select 1"):
        refused = ask("query", sql)
        assert refused.exit_code == 1
        assert refused.output.startswith("Error: ")
    refused = ask("query", "select 1", "--out", str(tmp_path / "answer.xlsx"))
    assert refused.exit_code == 2
    assert "'xlsx'" in refused.output


def test_every_table_is_listed_and_described(ask, demo_build):
    tables = demo_build.rows(
        "select schema_name || '.' || table_name as name from duckdb_tables()"
    )["name"]
    listed = json.loads(ask("describe", "--json").output)
    assert {f"{row['schema']}.{row['table']}" for row in listed} == set(tables)
    layers = [row for row in listed if row["schema"] not in ("seeds", "quality")]
    assert all(row["description"] for row in layers)


def test_a_table_is_described_column_by_column(ask, demo_build):
    shown = ask("describe", "matching.pairs")
    assert "Treated subject." in shown.output
    described = json.loads(ask("describe", "pairs", "--json").output)
    assert described["table"] == "matching.pairs"
    (n,) = demo_build.rows("select count(*) as n from matching.pairs")["n"]
    assert described["n_rows"] == n
    columns = demo_build.rows("describe matching.pairs")["column_name"].tolist()
    assert [row["column"] for row in described["columns"]] == columns
    assert all(row["meaning"] for row in described["columns"])


def test_an_unknown_table_is_refused_with_what_comes_near(ask):
    refused = ask("describe", "matched_subject")
    assert refused.exit_code == 1
    assert "'matched_subject'" in refused.output
    assert "matching.matched_subjects" in refused.output


def one(build, condition: str) -> dict:
    """Return one candidate of nam_2023 for which a condition holds."""
    found = build.rows(
        "select subjects.*, pairs.control_usubjid from cohort.subjects "
        "left join matching.pairs on subjects.analysis_id = pairs.analysis_id "
        "and subjects.usubjid = pairs.treated_usubjid "
        f"where subjects.analysis_id = 'nam_2023' and {condition} "
        "order by subjects.usubjid limit 1"
    ).to_dict("records")
    assert found, f"the demo holds no candidate with {condition}"
    return found[0]


def path_of(ask, usubjid: str) -> dict:
    shown = ask("subject", usubjid, "--json")
    assert shown.exit_code == 0, shown.output
    path = json.loads(shown.output)
    path["in"] = {row["analysis_id"]: row for row in path["analyses"]}
    return path


def test_a_matched_subject_shows_its_control_and_its_endpoint(ask, demo_build):
    treated = one(demo_build, "pairs.pair_id is not null")
    path = path_of(ask, treated["usubjid"])["in"]["nam_2023"]
    assert path["verdict"] == f"matched with {treated['control_usubjid']}"
    assert [member["usubjid"] for member in path["partners"]] == [
        treated["control_usubjid"]
    ]
    assert {step["outcome"] for step in path["steps"]} == {"met"}
    (endpoint,) = [row for row in path["endpoints"] if row["endpoint"] == "OS"]
    assert endpoint["days"] == treated["follow_up_days"]
    back = path_of(ask, treated["control_usubjid"])["in"]["nam_2023"]
    assert treated["usubjid"] in {member["usubjid"] for member in back["partners"]}


def test_an_excluded_subject_shows_at_which_step_and_on_which_value(ask, demo_build):
    condition = "excluded_by = 'symptom_duration_below_24_months'"
    excluded = one(demo_build, f"{condition} and symptom_days is not null")
    path = path_of(ask, excluded["usubjid"])["in"]["nam_2023"]
    assert path["verdict"] == (
        "excluded at step 1, Symptom duration below 24 months: not met"
    )
    asked = path["steps"][0]["asked_and_found"]
    assert asked == f"symptom_days < 730 ({excluded['symptom_days']:.0f})"
    unknown = one(demo_build, f"{condition} and symptom_days is null")
    path = path_of(ask, unknown["usubjid"])["in"]["nam_2023"]
    assert path["verdict"].endswith(": cannot be evaluated")
    assert path["steps"][0]["asked_and_found"] == "symptom_days < 730 (not known)"


def test_an_eligible_subject_without_a_pair_is_told_why(ask, demo_build):
    lonely = one(
        demo_build,
        "subjects.is_eligible and subjects.arm = 'treated' and pairs.pair_id is null",
    )
    path = path_of(ask, lonely["usubjid"])["in"]["nam_2023"]
    assert path["verdict"].startswith("eligible, not matched: ")
    assert len(path["verdict"]) > len("eligible, not matched: ")


def test_a_subject_of_another_site_is_no_candidate(ask, demo_build):
    treated = one(demo_build, "pairs.pair_id is not null")
    path = path_of(ask, treated["usubjid"])["in"]["barczewska_2020"]
    assert path["verdict"].startswith("not a candidate: the analysis selects OLSZTYN")
    assert path["steps"] == []


def test_the_raw_rows_of_a_subject_are_those_of_the_files(
    ask, demo_build, demo_delivery
):
    treated = one(demo_build, "pairs.pair_id is not null")
    path = path_of(ask, treated["usubjid"])
    number = treated["usubjid"].removeprefix("HANYANG-")
    for delivered in path["raw_rows"]:
        file = demo_delivery / "sites" / "hanyang" / delivered["file_name"]
        lines = pd.read_csv(file, dtype=str)["subject_id"]
        # as an editor counts: the heading is line 1
        own = (lines.index[lines == number] + 2).tolist()
        assert delivered["n_rows"] == len(own)
        ends = delivered["rows"].replace(", ", "-").split("-")
        assert (int(ends[0]), int(ends[-1])) == (own[0], own[-1])


def test_the_text_shows_the_main_analyses_or_the_ones_that_are_named(ask, demo_build):
    usubjid = one(demo_build, "pairs.pair_id is not null")["usubjid"]
    number = usubjid.removeprefix("HANYANG-")
    shown = ask("subject", number)
    assert shown.exit_code == 0, shown.output
    assert "\nnam_2023: matched with " in shown.output
    assert "\nnam_2023_caliper: " not in shown.output
    named = ask("subject", number, "--analysis", "nam_2023_caliper").output
    assert "\nnam_2023_caliper: " in named
    assert "\nnam_2023: " not in named


def test_every_table_and_column_says_what_it_means(demo_build):
    silent = demo_build.rows(
        "select schema_name, table_name from duckdb_tables() where comment is null "
        "union all "
        "select schema_name, table_name || '.' || column_name from duckdb_columns() "
        "where comment is null and not internal order by all"
    )
    assert silent.to_numpy().tolist() == []


def test_an_unknown_subject_or_analysis_is_refused_with_what_there_is(ask):
    refused = ask("subject", "HYU-9999")
    assert refused.exit_code == 1
    assert "no subject 'HYU-9999'" in refused.output
    assert "near it: HANYANG-HYU-0001" in ask("subject", "HYU-000").output
    assert "near it: HANYANG-HYU-0012" in ask("subject", "HYU0012").output
    refused = ask("subject", "HYU-0001", "--analysis", "nam_2032")
    assert refused.exit_code == 1
    assert "'nam_2032'" in refused.output
    assert "nam_2023_caliper" in refused.output


@pytest.mark.parametrize("form", ["csv", "parquet", "json"])
def test_a_matched_cohort_is_written_with_what_its_columns_mean(
    ask, tmp_path, demo_build, form
):
    written = ask("export", str(tmp_path), "--analysis", "nam_2023", "--format", form)
    assert written.exit_code == 0, written.output
    folder = tmp_path / "nam_2023"
    file = folder / f"matched_subjects.{form}"
    read = duckdb.sql(f"select set_id, usubjid from '{file}' order by all").fetchall()
    rows = demo_build.rows(
        "select set_id, usubjid from matching.matched_subjects "
        "where analysis_id = 'nam_2023' order by all"
    )
    assert read == list(rows.itertuples(index=False, name=None))
    meanings = pd.read_csv(folder / "columns.csv")
    assert meanings["meaning"].notna().all()
    assert "matching.matched_subjects" in set(meanings["table"])


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_results_of_real_patients_are_written_without_counts_of_few(
    run, tmp_path, demo_build, form
):
    warehouse = tmp_path / "real.duckdb"
    shutil.copy(demo_build.warehouse, warehouse)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            "update results.provenance set value = 'true' "
            "where name = 'delivery_is_real'"
        )
    tables = {}
    for option in ([], ["--show-small-cells"]):
        folder = tmp_path / f"out{len(option)}"
        written = run(
            *("export", str(folder), "--schema", "results", "--format", form, *option),
            COUNTERARM_WAREHOUSE=str(warehouse),
        )
        assert written.exit_code == 0, written.output
        steps = duckdb.sql(f"from '{folder}/results/attrition_flow.{form}'").df()
        estimates = duckdb.sql(f"from '{folder}/results/estimates.{form}'").df()
        tables[bool(option)] = (steps, estimates)
    hidden, whole = tables[False], tables[True]
    assert whole[0]["n_failed"].between(1, 4).any()
    assert not pd.to_numeric(hidden[0]["n_failed"], "coerce").between(1, 4).any()
    assert len(hidden[1]) == len(whole[1])
    # the tables themselves are whole
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        kept = connection.sql("from results.attrition_flow").df()
    assert sorted(kept["n_failed"].fillna(-1)) == sorted(
        whole[0]["n_failed"].fillna(-1)
    )


def test_sdtm_is_written_as_sas_transport_files_with_its_labels(
    ask, tmp_path, demo_build
):
    written = ask("export", str(tmp_path), "--schema", "sdtm", "--format", "xpt")
    assert written.exit_code == 0, written.output
    frame, meta = pyreadstat.read_xport(str(tmp_path / "sdtm" / "dm.xpt"))
    rows = demo_build.rows("from sdtm.dm")
    assert [name.lower() for name in frame.columns] == rows.columns.tolist()
    assert frame["USUBJID"].tolist() == rows["usubjid"].tolist()
    assert meta.column_names_to_labels["USUBJID"] == "Unique Subject Identifier"
    assert not (tmp_path / "sdtm" / "int_subjects.xpt").exists()


def test_adam_is_written_as_sas_transport_files_with_sas_dates(
    ask, tmp_path, demo_build
):
    written = ask("export", str(tmp_path), "--schema", "adam", "--format", "xpt")
    assert written.exit_code == 0, written.output
    frame, meta = pyreadstat.read_xport(str(tmp_path / "adam" / "adsl.xpt"))
    assert meta.file_label == "Subject-Level Analysis Dataset"
    assert meta.column_names_to_labels["TRT01P"] == "Planned Treatment for Period 01"
    rows = demo_build.rows("select usubjid, trtsdt from adam.adsl")
    assert frame["USUBJID"].tolist() == rows["usubjid"].tolist()
    assert meta.original_variable_types["TRTSDT"] == "DATE9"
    assert rows["trtsdt"].notna().any()
    days = [
        [str(day)[:10] if pd.notna(day) else None for day in dates]
        for dates in (frame["TRTSDT"], rows["trtsdt"])
    ]
    assert days[0] == days[1]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--analysis", "nam_2032"], "nam_2023"),
        (["--schema", "smtd"], "'smtd'"),
        (["--schema", "cohort", "--format", "xpt"], "sdtm and adam"),
    ],
)
def test_what_cannot_be_exported_is_refused(ask, tmp_path, arguments, word):
    refused = ask("export", str(tmp_path / "out"), *arguments)
    assert refused.exit_code == 1
    assert word in refused.output


def test_an_export_of_nothing_is_wrong_usage(ask, tmp_path):
    assert ask("export", str(tmp_path)).exit_code == 2


def test_tables_and_analyses_are_completed(ask):
    from counterarm.cli.completion import complete_analysis, complete_table

    assert ask("completion", "bash").output.count("_COUNTERARM_COMPLETE")
    # without a warehouse there is nothing to complete, and no error
    assert complete_table(None, None, "matching.") == []
    assert complete_analysis(None, None, "nam") == []


def test_names_are_completed_from_the_warehouse(run, demo_build, monkeypatch):
    from counterarm.cli.completion import complete_analysis, complete_table

    monkeypatch.setenv("COUNTERARM_WAREHOUSE", str(demo_build.warehouse))
    assert "matching.pairs" in {item.value for item in complete_table(None, None, "pa")}
    names = {item.value for item in complete_analysis(None, None, "nam")}
    assert "nam_2023" in names
    assert not {name for name in names if not name.startswith("nam")}
