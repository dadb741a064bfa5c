"""The page and the files beside it say what the warehouse says, and name nobody."""

import re
import shutil

import duckdb
import pandas as pd
import pytest
from click.testing import CliRunner

from counterarm.cli import main
from counterarm.report.disclosure.cells import OF_NO_PERSONS
from counterarm.report.reading import NotReportableError
from counterarm.report.write import write_report

pytestmark = pytest.mark.build


def test_every_analysis_has_a_section_figures_and_tables(demo_build, report):
    names = demo_build.rows("from results.analysis_summary")["analysis_id"]
    assert report.written.analyses == len(names)
    for name in names:
        assert f'<section class="analysis" id="{name}"' in report.html
        assert (report.folder / "figures" / name / "flow.svg").is_file()
        assert (report.folder / "figures" / name / "survival-os.png").is_file()
        assert (report.folder / "tables" / name / "baseline.csv").is_file()


def test_every_link_of_the_page_leads_somewhere(report):
    ids = set(re.findall(r' id="([^"]+)"', report.html))
    for link in re.findall(r' href="([^"]+)"', report.html):
        if link.startswith("#"):
            assert link[1:] in ids
        elif not link.startswith("data:"):
            assert (report.folder / link).is_file(), link


def test_every_figure_and_table_names_a_table_of_the_warehouse(demo_build, report):
    tables = demo_build.rows(
        "select schema_name || '.' || table_name from duckdb_tables()"
    )
    blocks = re.findall(r'<div class="files">.*?</div>', report.html, re.DOTALL)
    assert len(blocks) > 50
    for block in blocks:
        query = re.search(r"from ([\w.]+)", re.search(r"<code>(.*?)</code>", block)[1])
        assert query[1] in set(tables.iloc[:, 0]), block


def test_no_id_is_given_twice(report):
    ids = re.findall(r'(?<![\w-])id="([^"]+)"', report.html)
    assert len(ids) == len(set(ids))


def test_every_figure_has_a_text_for_those_who_do_not_see_it(report):
    figures = re.findall(r"<svg [^>]*>", report.html)
    assert figures
    for svg in figures:
        assert 'role="img"' in svg
        assert len(re.search(r'aria-label="([^"]*)"', svg)[1]) > 20


def test_the_hazard_ratio_on_the_page_is_that_of_the_warehouse(demo_build, report):
    row = demo_build.rows(
        "from analysis.cox where analysis_id = 'nam_2023' and model_id = 'unadjusted' "
        "and variance = 'naive' and term = 'treated'"
    ).iloc[0]
    text = f"{row.hazard_ratio:.2f} ({row.ci_low:.2f} to {row.ci_high:.2f})"
    figure = (report.folder / "figures" / "nam_2023" / "hazard-ratios.svg").read_text()
    assert text in figure
    brief = report.html.split('id="brief-nam_2023"')[1].split("</article>")[0]
    assert f"{row.hazard_ratio:.2f}</span>" in brief
    assert f"{row.ci_low:.2f} to {row.ci_high:.2f}" in brief


def test_a_csv_has_every_row_of_its_table(demo_build, report):
    written = pd.read_csv(report.folder / "tables" / "nam_2023" / "cox.csv")
    rows = demo_build.rows("from analysis.cox where analysis_id = 'nam_2023'")
    keys = ["model_id", "variance", "term"]
    both = written.merge(rows, on=keys, suffixes=("", "_cox"))
    assert len(both) == len(rows) == len(written)
    assert both["coef"].notna().all()
    known = both["hazard_ratio"].notna()
    pd.testing.assert_series_equal(
        both["hazard_ratio"][known],
        both["hazard_ratio_cox"][known],
        check_names=False,
        rtol=1e-12,
    )


def test_the_flow_ends_with_the_pairs_of_the_warehouse(demo_build, report):
    pairs = len(demo_build.rows("from matching.pairs where analysis_id = 'nam_2023'"))
    flow = pd.read_csv(report.folder / "tables" / "nam_2023" / "attrition.csv")
    last = flow[flow["criterion"] == "matched"].set_index("arm")["n_after"]
    assert last.to_dict() == {"treated": pairs, "control": pairs}


def test_nobody_is_named(demo_build, report):
    subjects = demo_build.rows("select usubjid, subjid from sdtm.dm")
    texts = [report.html]
    for pattern in ("*.csv", "*.svg"):
        texts += [path.read_text() for path in report.folder.rglob(pattern)]
    words = {word for text in texts for word in re.findall(r"[A-Z]+-[\w-]+", text)}
    assert words & set(subjects["usubjid"]) == set()
    sites = set(subjects[subjects["usubjid"].str.contains("-.*-")]["subjid"])
    assert words & sites == set()


@pytest.fixture(scope="module")
def real(demo_build, tmp_path_factory):
    """The warehouse of the small demo, as if real, and as if of one site."""
    copy = tmp_path_factory.mktemp("real") / "real.duckdb"
    shutil.copy(demo_build.warehouse, copy)
    with duckdb.connect(str(copy)) as connection:
        connection.execute(
            "update results.provenance set value = 'true' "
            "where kind = 'setting' and name = 'delivery_is_real'"
        )
        connection.execute(
            "update results.analysis_summary set is_delivered = false, "
            "not_delivered = 'OLSZTYN' where analysis_id like 'barczewska%'"
        )
    return copy


@pytest.fixture(scope="module")
def real_report(real, tmp_path_factory):
    folder = tmp_path_factory.mktemp("real_report")
    write_report(real, folder)
    return folder


def words_of(page: str) -> str:
    """Return what a reader sees of a page."""
    text = re.sub(r"<(style|script)>.*?</\1>", "", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text))


def test_an_analysis_of_a_site_that_did_not_come_is_nowhere_but_in_one_line(
    demo_build, real_report
):
    page = (real_report / "index.html").read_text()
    analyses = demo_build.rows("from results.analysis_summary")["analysis_id"]
    count = analyses.str.startswith("barczewska").sum()
    said = (
        "because no subjects of their sites were delivered: "
        f"{count} analyses of OLSZTYN"
    )
    assert words_of(page).count(said) == 1
    assert "barczewska" not in page.lower()
    folders = {path.name for path in (real_report / "figures").iterdir()}
    assert "nam_2023" in folders
    assert not {name for name in folders if name.startswith("barczewska")}
    for table in (real_report / "tables").rglob("*.csv"):
        if table.stem != "provenance":
            assert "barczewska" not in table.read_text().lower(), table


def test_no_word_of_a_program_stands_on_the_page(report, real_report):
    for page in (report.html, (real_report / "index.html").read_text()):
        words = words_of(page)
        assert re.findall(r"\b(?:None|nan|NaN|NaT)\b|<NA>|\b1 analyses", words) == []


def test_few_people_are_hidden_where_they_are_real_unless_it_is_asked_for(
    real, real_report, tmp_path
):
    hidden = pd.read_csv(real_report / "tables" / "all" / "safety-table.csv")
    assert "<5" in set(hidden["n_subjects"])
    assert (
        "Counts of 1 to 4 people are hidden" in (real_report / "index.html").read_text()
    )
    write_report(real, tmp_path, analyses=["nam_2023"], show_small_cells=True)
    shown = pd.read_csv(tmp_path / "tables" / "all" / "safety-table.csv")
    assert shown["n_subjects"].between(1, 4).any()
    page = (tmp_path / "index.html").read_text()
    assert "Counts of few people are shown" in page
    assert "people are hidden" not in page


def test_counts_of_a_synthetic_delivery_are_shown(report):
    assert "people are hidden" not in report.html
    assert "Counts of few people are shown" not in report.html


def test_an_analysis_that_nobody_came_for_cannot_be_asked_for(real, tmp_path):
    with pytest.raises(NotReportableError, match=r"no analysis barczewska_2020, or no"):
        write_report(real, tmp_path, analyses=["barczewska_2020"])


def test_a_page_without_any_analysis_says_what_to_do(real, tmp_path):
    copy = tmp_path / "none.duckdb"
    shutil.copy(real, copy)
    with duckdb.connect(str(copy)) as connection:
        connection.execute(
            "update results.analysis_summary "
            "set is_delivered = false, not_delivered = 'ULM'"
        )
    assert write_report(copy, tmp_path / "out").analyses == 0
    page = (tmp_path / "out" / "index.html").read_text()
    assert "counterarm analyses add --main --site" in page
    assert "All analyses side by side" not in page


def test_a_warehouse_of_an_older_version_is_named(demo_build, tmp_path):
    copy = tmp_path / "old.duckdb"
    shutil.copy(demo_build.warehouse, copy)
    with duckdb.connect(str(copy)) as connection:
        connection.execute("alter table results.analysis_summary drop is_delivered")
    with pytest.raises(NotReportableError, match="built by an older version"):
        write_report(copy, tmp_path / "out")


def test_synthetic_data_are_marked_and_real_ones_are_not(report, real_report):
    assert "Synthetic data" in report.html
    real = (real_report / "index.html").read_text()
    seen = words_of(real).lower()
    assert "synthetic" not in seen
    assert "@top-center" not in real


def test_the_same_warehouse_gives_the_same_page(demo_build, tmp_path):
    pages = []
    for name in ("one", "two"):
        write_report(demo_build.warehouse, tmp_path / name, analyses=["nam_2023"])
        pages.append((tmp_path / name / "index.html").read_bytes())
    assert pages[0] == pages[1]


def test_an_analysis_that_is_not_there_is_named_with_those_that_are(
    demo_build, tmp_path
):
    with pytest.raises(NotReportableError, match=r"no analysis nam_2032.*nam_2023"):
        write_report(demo_build.warehouse, tmp_path, analyses=["nam_2032"])


def test_figures_of_someone_else_are_left_alone(demo_build, tmp_path):
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "mine.png").write_bytes(b"mine")
    (tmp_path / "index.html").write_text("<p>not ours</p>")
    write_report(demo_build.warehouse, tmp_path, analyses=["nam_2023"])
    assert (tmp_path / "figures" / "mine.png").read_bytes() == b"mine"


def test_a_table_that_no_figure_is_made_for_is_shown_as_it_is(demo_build, tmp_path):
    copy = tmp_path / "more.duckdb"
    shutil.copy(demo_build.warehouse, copy)
    with duckdb.connect(str(copy)) as connection:
        connection.execute(
            "create table analysis.frailty as select 'nam_2023' as analysis_id, "
            "'theta' as quantity, 0.4321 as value"
        )
        connection.execute(
            "comment on table analysis.frailty is 'How alike pairs are.'"
        )
        connection.execute(
            "create table results.word_checks as select 'P value of 1.2' as finding"
        )
        connection.execute(
            "update analysis.safety_table set pt = 'stroke of luck', is_listed = true "
            "where table_id = 'table_2'"
        )
        connection.execute(
            "create table analysis.frailty_subjects as "
            "select 'nam_2023' as analysis_id, 'X-1' as usubjid"
        )
    write_report(copy, tmp_path / "out", analyses=["nam_2023"])
    text = (tmp_path / "out" / "index.html").read_text()
    assert "Frailty. How alike pairs are." in text
    assert "0.43" in text
    assert "X-1" not in text
    assert "P value of 1.2" in text.split('id="ledger"')[1]
    events = text.split('<section id="safety"')[1].split("</section>")[0]
    assert "stroke of luck" in events


def test_hidden_counts_stand_nowhere_in_the_files(suppressed):
    for path in suppressed.folder.rglob("*.csv"):
        if path.parent.name == "all" and path.stem in ("provenance", "gates"):
            continue
        frame = pd.read_csv(path)
        for column in frame:
            is_count = column == "n" or column.startswith("n_")
            if is_count and column not in OF_NO_PERSONS:
                counts = pd.to_numeric(frame[column], errors="coerce")
                assert not ((counts > 0) & (counts < 5)).any(), (path, column)


def test_values_of_single_subjects_are_left_out_where_counts_are_hidden(
    report, suppressed
):
    for part in ("lines_treated", "fig-response-waterfall"):
        assert part in report.html
    assert re.search(r"censored_\w*marks", report.html)
    assert "Counts of 1 to 4 people are hidden" in suppressed.html
    assert "fig-response-waterfall" not in suppressed.html
    assert "lines_treated" not in suppressed.html
    assert not re.search(r"censored_\w*marks", suppressed.html)


def test_the_command_says_what_it_wrote(demo_build, tmp_path):
    said = CliRunner().invoke(
        main,
        [
            *("report", "--warehouse", str(demo_build.warehouse)),
            *("--output", str(tmp_path / "out"), "--analysis", "nam_2023"),
        ],
    )
    assert said.exit_code == 0, said.output
    assert "(1 analysis, " in said.output
    assert (tmp_path / "out" / "index.html").is_file()


def test_hiding_and_showing_small_counts_at_once_is_wrong_usage(demo_build):
    where = ["--warehouse", str(demo_build.warehouse)]
    both = ["--show-small-cells", "--suppress-below", "5"]
    said = CliRunner().invoke(main, ["report", *where, *both])
    assert said.exit_code == 2
    assert "--suppress-below" in said.output


def test_the_command_says_that_there_is_no_warehouse(tmp_path):
    said = CliRunner().invoke(main, ["report", "--warehouse", str(tmp_path / "none")])
    assert said.exit_code == 1
    assert "no warehouse" in said.output


def test_a_whole_build_ends_with_the_report_unless_told_not_to(
    demo_build, tmp_path, monkeypatch
):
    warehouse = tmp_path / "w.duckdb"

    def build_by_dbt(command: list[str]) -> int:
        if "--select" not in command:
            shutil.copy(demo_build.warehouse, tmp_path / "new")
            (tmp_path / "new").replace(warehouse)
        return 0

    for way in ("run_plainly", "run_under_a_bar"):
        monkeypatch.setattr(f"counterarm.cli.building.{way}", build_by_dbt)
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "made" / "index.html"
    environment = {
        "COUNTERARM_PROACT_DIR": "given",
        "COUNTERARM_WAREHOUSE": str(warehouse),
        "COUNTERARM_REPORT_DIR": str(page.parent),
    }
    for arguments in (["--no-report"], ["--select", "dm"], []):
        assert not page.exists()
        built = CliRunner().invoke(main, ["build", *arguments], env=environment)
        assert built.exit_code == 0, built.output
    assert page.is_file()
    assert "report: made/index.html" in built.output


def test_the_baseline_shows_nothing_that_is_known_only_later(report, demo_build):
    labels = demo_build.rows(
        "select label from seeds.variables where known_at = 'later'"
    )
    pages = re.findall(
        r'<table id="[^"]*--table-baseline".*?</table>', report.html, re.DOTALL
    )
    assert pages
    for label in labels["label"]:
        assert not [page for page in pages if label in page]
