"""Analyses in the protocol's files: listed, added, compared."""

import csv
import json

import duckdb
import pandas as pd
import pytest

from counterarm.protocol import check_protocol, check_protocol_files
from counterarm.protocol.choices import NOT_INHERITED
from counterarm.protocol.files import differences, read_protocol_files


def rows(folder, seed: str, analysis_id: str) -> list[dict]:
    with (folder / f"{seed}.csv").open(newline="") as lines:
        return [
            row for row in csv.DictReader(lines) if row["analysis_id"] == analysis_id
        ]


ADD = ("analyses", "add", "nam_2023_young", "--from", "nam_2023")
WORDS = ("--label", "Nam 2023, up to 60 years", "--why", "Age may change the effect")


def test_the_analyses_are_listed(run, protocol):
    listed = json.loads(run("analyses", "list", "--json").output)
    with (protocol / "analyses.csv").open(newline="") as lines:
        assert listed == list(csv.DictReader(lines))
    lines = [line.split() for line in run("analyses", "list").output.splitlines()]
    assert ["nam_2023_caliper", "nam_2023", "Nam"] in [line[:3] for line in lines]


def test_outside_of_a_project_the_folder_is_named(run):
    refused = run("analyses", "list")
    assert refused.exit_code == 1
    assert "seeds/protocol" in refused.output


def test_an_analysis_is_added_and_every_other_line_left_as_it_was(run, protocol):
    before = {file.name: file.read_text() for file in protocol.glob("*.csv")}
    added = run(*ADD, *WORDS, "--edit", "eligibility")
    assert added.exit_code == 0, added.output
    (own,) = rows(protocol, "analyses", "nam_2023_young")
    assert own["based_on"] == "nam_2023"
    assert own["label"] == "Nam 2023, up to 60 years"
    copied = rows(protocol, "eligibility", "nam_2023_young")
    source = rows(protocol, "eligibility", "nam_2023")
    assert [row | {"analysis_id": ""} for row in copied] == [
        row | {"analysis_id": ""} for row in source
    ]
    for name, text in before.items():
        lines = (protocol / name).read_text().splitlines()
        assert [line for line in lines if "nam_2023_young" not in line] == (
            text.splitlines()
        )
    # the lines that are named are those that were written
    place = next(
        line for line in added.output.splitlines() if "eligibility.csv" in line
    )
    first, last = map(int, place.split("lines ")[1].split("-"))
    written = (protocol / "eligibility.csv").read_text().splitlines()[first - 1 : last]
    assert len(written) == len(copied)
    assert all(line.startswith("nam_2023_young,") for line in written)


def test_a_new_analysis_is_at_first_the_same_as_its_source(run, protocol):
    assert run(*ADD, *WORDS, "--edit", "eligibility", "--edit", "arms").exit_code == 0
    files = read_protocol_files(protocol)
    assert differences(files, "nam_2023", "nam_2023_young") == []


def test_a_copy_of_an_analysis_that_is_based_on_another_keeps_its_own_rows(
    run, protocol
):
    added = run("analyses", "add", "nam_tight", "--from", "nam_2023_caliper", *WORDS)
    assert added.exit_code == 0, added.output
    (own,) = rows(protocol, "analyses", "nam_tight")
    assert own["based_on"] == "nam_2023"
    files = read_protocol_files(protocol)
    assert differences(files, "nam_2023_caliper", "nam_tight") == []
    assert rows(protocol, "matching_terms", "nam_tight")


SCAFFOLD = ("analyses", "add", "ulm_2024", "--main", "--site", "ulm")
NEEDED = {"arms", "windows", "eligibility", "endpoints", "matching", "groups"}


def test_a_main_analysis_starts_from_the_rows_that_every_analysis_needs(run, protocol):
    before = {file.name: file.read_text() for file in protocol.glob("*.csv")}
    added = run(*SCAFFOLD, *WORDS)
    assert added.exit_code == 0, added.output
    files = read_protocol_files(protocol)
    assert files.analysis("ulm_2024")["based_on"] == ""
    written = {seed for seed in files.seeds if files.rows_of(seed, "ulm_2024")}
    terms = {"matching_terms", "models", "model_terms"}
    checks = {"placebo_nulls", "tipping_sweeps"}
    assert written == NEEDED | {"analyses"} | terms | checks
    arms = {row["arm"]: row["studyid"] for row in rows(protocol, "arms", "ulm_2024")}
    assert arms == {"control": "PROACT", "treated": "ULM"}
    (model,) = rows(protocol, "models", "ulm_2024")
    assert (model["model_id"], model["endpoint"]) == ("unadjusted", "OS")
    # a score is fitted to subjects of whom all its variables are known
    score = {row["variable"] for row in rows(protocol, "matching_terms", "ulm_2024")}
    known = {
        row["variable"]
        for row in rows(protocol, "eligibility", "ulm_2024")
        if row["operator"] == "known"
    }
    assert score == known
    for name, text in before.items():
        lines = (protocol / name).read_text().splitlines()
        assert [line for line in lines if not line.startswith("ulm_2024")] == (
            text.splitlines()
        )


@pytest.mark.parametrize("source", [(), ("--from", "nam_2023")])
def test_a_main_analysis_comes_with_its_follow_up_rules(run, protocol, source):
    assert run(*SCAFFOLD, *source, *WORDS).exit_code == 0
    files = read_protocol_files(protocol)
    rules = ["alive_to_last_death", "alive_to_last_visit", "horizon_270"]
    rules += ["horizon_365", "window_182", "window_91"]
    for rule in rules:
        name = f"ulm_2024_{rule}"
        assert files.analysis(name)["based_on"] == "ulm_2024"
        (row,) = rows(protocol, "follow_up", name)
        kind, days = row["rule"], row["days"]
        assert "_".join(filter(None, (kind, days))) == rule
        # the shipped analyses have the same rules, in the same words
        (shipped,) = rows(protocol, "follow_up", f"nam_2023_{rule}")
        same = {"rule", "days", "pool", "arms", "why"}
        assert {key: row[key] for key in same} == {key: shipped[key] for key in same}
        assert rows(protocol, "scopes", name)[0]["scope"] == "survival"
    (null,) = [
        row
        for row in rows(protocol, "placebo_nulls", "ulm_2024")
        if row["kind"] == "ascertainment"
    ]
    assert null["reference_analysis"] == "ulm_2024_alive_to_last_death"


def test_the_scaffold_passes_the_check_of_the_protocol(run, protocol):
    assert run(*SCAFFOLD, *WORDS).exit_code == 0
    sites = protocol.parents[1] / "sites"
    for name in ("hanyang", "olsztyn", "ulm"):
        (sites / name).mkdir(parents=True)
    assert check_protocol_files(protocol, sites) == []


def test_the_scaffold_does_not_rest_on_the_rows_or_columns_of_a_file(run, protocol):
    sweeps, terms = protocol / "tipping_sweeps.csv", protocol / "matching_terms.csv"
    sweeps.write_text(sweeps.read_text().splitlines(keepends=True)[0])
    table = pd.read_csv(terms, dtype=object)
    table[["analysis_id", *reversed(list(table)[1:])]].to_csv(terms, index=False)
    added = run(*SCAFFOLD, *WORDS)
    assert added.exit_code == 0, added.output
    assert len(rows(protocol, "tipping_sweeps", "ulm_2024")) == 2
    written = rows(protocol, "matching_terms", "ulm_2024")
    assert {row["role"] for row in written} == {"score"}


def test_a_sensitivity_analysis_of_a_scaffold_is_based_on_it(run, protocol):
    assert run(*SCAFFOLD, *WORDS).exit_code == 0
    added = run(
        *("analyses", "add", "ulm_women", "--from", "ulm_2024", *WORDS),
        *("--edit", "eligibility"),
    )
    assert added.exit_code == 0, added.output
    (first,) = rows(protocol, "analyses", "ulm_women")
    assert first["based_on"] == "ulm_2024"


def test_an_analysis_needs_a_source_or_a_site(run, protocol):
    refused = run("analyses", "add", "mine", *WORDS)
    assert refused.exit_code == 2
    assert "--from" in refused.output


MAIN = ("analyses", "add", "ulm_2024", "--from", "nam_2023", "--main")


def test_a_main_analysis_of_another_site_takes_nothing_from_its_source(run, protocol):
    before = {file.name: file.read_text() for file in protocol.glob("*.csv")}
    added = run(*MAIN, "--site", "ulm", *WORDS)
    assert added.exit_code == 0, added.output
    (own,) = rows(protocol, "analyses", "ulm_2024")
    assert own["based_on"] == ""
    arms = {row["arm"]: row["studyid"] for row in rows(protocol, "arms", "ulm_2024")}
    assert arms == {"control": "PROACT", "treated": "ULM"}
    files = read_protocol_files(protocol)
    assert {
        (row["seed"], row["only in"], row["row"].split(", ")[1])
        for row in differences(files, "nam_2023", "ulm_2024")
        if row["seed"] not in ("specification_axes", "placebo_nulls")
    } == {("arms", "nam_2023", "studyid=HANYANG"), ("arms", "ulm_2024", "studyid=ULM")}
    for name, text in before.items():
        lines = (protocol / name).read_text().splitlines()
        assert [line for line in lines if not line.startswith("ulm_2024")] == (
            text.splitlines()
        )
    assert "groups.csv: lines " in added.output
    assert "apply only to nam_2023" in added.output


@pytest.mark.parametrize("source", ["nam_2023", "nam_2023_full", "barczewska_2020"])
def test_a_main_analysis_passes_the_check_of_the_protocol(run, protocol, source):
    added = run(
        *("analyses", "add", "ulm_2024", "--from", source, "--main", "--site", "ULM"),
        *WORDS,
    )
    assert added.exit_code == 0, added.output
    seeds = {
        file.stem: pd.read_csv(file, dtype=object) for file in protocol.glob("*.csv")
    }
    variables = seeds.pop("variables")
    check_protocol(seeds, variables)
    files = read_protocol_files(protocol)
    # rows that name their analysis alone are of no sensitivity analysis, to be copied
    others = {"analyses", "arms", "specification_axes"} | NOT_INHERITED
    for seed in set(files.seeds) - others:
        assert [
            row | {"analysis_id": ""} for row in files.rows_of(seed, "ulm_2024")
        ] == [row | {"analysis_id": ""} for row in files.resolved(seed, source)]


def test_a_copy_varies_its_follow_up_and_names_references_of_its_own(run, protocol):
    for file in protocol.glob("*.csv"):
        file.write_text(file.read_text().replace("nam_2023", "a"))
    added = run(
        "analyses", "add", "b", "--from", "a", "--main", "--site", "ulm", *WORDS
    )
    assert added.exit_code == 0, added.output
    references = {
        row["reference_analysis"] for row in rows(protocol, "placebo_nulls", "b")
    }
    assert references == {"", "b_alive_to_last_death"}
    of_copy, of_source = (
        [
            row["level"]
            for row in rows(protocol, "specification_axes", name)
            if row["axis"] == "follow_up_rule"
        ]
        for name in ("b", "a")
    )
    assert of_copy == of_source


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--main",), "--main needs --site"),
        (("--site", "ULM"), "--site needs --main"),
        (("--main", "--site", " "), "--main needs --site"),
        (("--main", "--site", "ULM", "--edit", "arms"), "--edit cannot be used"),
    ],
)
def test_a_main_analysis_and_its_site_go_together(run, protocol, options, word):
    before = {file.name: file.read_bytes() for file in protocol.glob("*.csv")}
    refused = run("analyses", "add", "ulm_2024", "--from", "nam_2023", *options, *WORDS)
    assert refused.exit_code == 2
    assert word in " ".join(refused.output.split())
    assert before == {file.name: file.read_bytes() for file in protocol.glob("*.csv")}


def test_a_source_without_treated_gives_no_main_analysis(run, protocol):
    arms = (protocol / "arms.csv").read_text().splitlines(keepends=True)
    (protocol / "arms.csv").write_text(
        "".join(line for line in arms if not line.startswith("nam_2023,treated"))
    )
    before = {file.name: file.read_bytes() for file in protocol.glob("*.csv")}
    refused = run(*MAIN, "--site", "ULM", *WORDS)
    assert refused.exit_code == 1
    assert "arms.csv holds no treated arm of nam_2023" in refused.output
    assert before == {file.name: file.read_bytes() for file in protocol.glob("*.csv")}


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("analyses", "add", "nam_2023", "--from", "nam_2023"), "already"),
        (("analyses", "add", "Nam 2023", "--from", "nam_2023"), "not a valid name"),
        (("analyses", "add", "new", "--from", "nam_2032"), "'nam_2032'"),
        ((*ADD, "--edit", "eligible"), "'eligible'"),
        (
            ("analyses", "add", "n", "--from", "nam_2023", "--edit", "subgroups"),
            "no row",
        ),
    ],
)
def test_what_cannot_be_added_is_refused_and_nothing_is_written(
    run, protocol, arguments, word
):
    if "no row" in word:
        (protocol / "subgroups.csv").write_text(
            (protocol / "subgroups.csv").read_text().splitlines()[0]
            + "\nbarczewska_2020,all,1,all,,,\n"
        )
    before = {file.name: file.read_bytes() for file in protocol.glob("*.csv")}
    refused = run(*arguments, *WORDS)
    assert refused.exit_code == 1
    assert word in refused.output
    assert before == {file.name: file.read_bytes() for file in protocol.glob("*.csv")}


def test_two_analyses_are_compared_by_the_rows_that_hold_for_them(run, protocol):
    compared = run("analyses", "diff", "nam_2023", "nam_2023_caliper", "--json")
    assert compared.exit_code == 1
    (row,) = json.loads(compared.output)["protocol"]
    assert (row["seed"], row["only in"]) == ("matching_terms", "nam_2023_caliper")
    assert "caliper=0.2" in row["row"]
    same = run("analyses", "diff", "nam_2023", "nam_2023")
    assert same.exit_code == 0
    assert "same" in same.output


@pytest.fixture
def one_result(tmp_path):
    """A warehouse with the result of nam_2023 alone."""
    file = tmp_path / "one.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute(
            "create schema results; create table results.analysis_summary as "
            "select 'nam_2023' as analysis_id, 9 as n_treated_eligible, "
            "9 as n_control_eligible, 7 as n_pairs, 3 as n_events, "
            "1.0 as hazard_ratio, 0.5 as ci_low, 2.0 as ci_high"
        )
    return {"COUNTERARM_WAREHOUSE": str(file)}


NOT_BUILT = "{}: not in the warehouse yet; run counterarm build"


def test_an_analysis_that_is_not_built_is_said_to_have_no_result(
    run, protocol, one_result
):
    two = ("analyses", "diff", "nam_2023", "nam_2023_caliper")
    message = run(*two, **one_result).output.splitlines()
    assert NOT_BUILT.format("nam_2023_caliper") in message
    assert NOT_BUILT.format("nam_2023") not in message
    found = json.loads(run(*two, "--json", **one_result).output)
    assert found["not_built"] == ["nam_2023_caliper"]
    assert [row["n_pairs"] for row in found["results"]] == [7]


def test_without_a_warehouse_no_analysis_is_built(run, protocol):
    two = ("analyses", "diff", "nam_2023", "nam_2023_caliper")
    message = run(*two).output.splitlines()
    assert NOT_BUILT.format("nam_2023") in message
    assert NOT_BUILT.format("nam_2023_caliper") in message
    same = json.loads(run("analyses", "diff", "nam_2023", "nam_2023", "--json").output)
    assert same["not_built"] == ["nam_2023"]


def test_a_warehouse_that_cannot_be_read_says_nothing_of_what_is_built(
    run, protocol, tmp_path
):
    (tmp_path / "other.duckdb").write_text("no database")
    two = ("analyses", "diff", "nam_2023", "nam_2023_caliper")
    where = {"COUNTERARM_WAREHOUSE": str(tmp_path / "other.duckdb")}
    message = run(*two, **where).output
    assert "the results cannot be read: " in message
    assert "not in the warehouse" not in message
    found = json.loads(run(*two, "--json", **where).output)
    assert (found["results"], found["not_built"]) == ([], None)


@pytest.mark.build
def test_two_analyses_are_compared_by_their_results(run, protocol, demo_build):
    warehouse = str(demo_build.warehouse)
    compared = run(
        *("analyses", "diff", "nam_2023", "nam_2023_caliper", "--json"),
        COUNTERARM_WAREHOUSE=warehouse,
    )
    results = json.loads(compared.output)["results"]
    expected = demo_build.rows(
        "select analysis_id, n_pairs from results.analysis_summary "
        "where analysis_id in ('nam_2023', 'nam_2023_caliper') order by analysis_id"
    )
    assert [row["n_pairs"] for row in results] == expected["n_pairs"].tolist()
