"""The published warehouse in a few lines of text."""

from pathlib import Path
from textwrap import wrap

import duckdb

from counterarm.report.disclosure.threshold import least_shown, shown
from counterarm.warehouse.query import OlderWarehouseError, open_warehouse
from counterarm.warehouse.undelivered import left_out_line


def summary_text(warehouse: Path, *, show_small_cells: bool = False) -> str:
    """Return subjects read, verdicts, analyses, gates, and the file, as text.

    Analyses of whose sites nobody was delivered are left out, in a line. Counts of few
    people are hidden where the delivery is real, unless `show_small_cells`.

    Raises `NoWarehouseError` naming the file where nothing was published yet, and
    `OlderWarehouseError` where it lacks a table or column of these.
    """
    with open_warehouse(warehouse) as connection:
        try:
            below = least_shown(connection, show_small_cells=show_small_cells)
            lines = [
                *subject_lines(connection, below),
                "",
                *verdict_lines(connection, below),
                *analysis_lines(connection, below),
                "",
                *gate_lines(connection, below),
            ]
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            lacking = str(error).splitlines()[0]
            raise OlderWarehouseError(
                f"{warehouse} was built by an older version; run `counterarm build` "
                f"({lacking})"
            ) from error
    if below:
        lines.append(f"counts of 1 to {below - 1} are hidden (<{below})")
    return "\n".join([*lines, f"warehouse: {warehouse}"])


def subject_lines(
    connection: duckdb.DuckDBPyConnection, below: int | None = None
) -> list[str]:
    """Say how many subjects of which study were read, from how many rows."""
    studies = connection.execute(
        "select studyid, count(*) from sdtm.dm group by studyid order by studyid"
    ).fetchall()
    raw, kept, duplicate, rejected = connection.execute(
        "select sum(n_raw), sum(n_kept), sum(n_duplicate), sum(n_rejected) "
        "from quality.row_accounting"
    ).fetchone()
    named = ", ".join(f"{study} {shown(n, below)}" for study, n in studies)
    return [
        f"subjects read: {named}",
        f"rows read: {raw:,} = {kept:,} kept + {duplicate:,} duplicate "
        f"+ {rejected:,} rejected",
    ]


def verdict_lines(
    connection: duckdb.DuckDBPyConnection, below: int | None = None
) -> list[str]:
    """Give the verdict on every main analysis, with a blank line after each."""
    rows = connection.execute(
        "select analysis_id, headline from results.verdict_summary order by analysis_id"
    ).fetchall()
    if below and rows:
        rows = headlines_without_small_cells(connection, rows, below)
    lines = []
    for analysis_id, headline in rows:
        lines += [f"verdict on {analysis_id}:"]
        lines += wrap(headline, width=88, initial_indent="  ", subsequent_indent="  ")
        lines.append("")
    return lines


def headlines_without_small_cells(
    connection: duckdb.DuckDBPyConnection, rows: list[tuple], below: int
) -> list[tuple]:
    """Return the headlines without sentences that give a count of few people."""
    # slow to import, and of use for real patients only
    import pyarrow as pa

    from counterarm.report.disclosure.export import without_small_cells

    names = ("analysis_id", "headline")
    table = pa.table(dict(zip(names, zip(*rows, strict=True), strict=True)))
    hidden = without_small_cells(connection, "verdict_summary", table, below)
    return [tuple(row[name] for name in names) for row in hidden.to_pylist()]


def analysis_lines(
    connection: duckdb.DuckDBPyConnection, below: int | None = None
) -> list[str]:
    """Tabulate the analyses: follow-up rule, eligible, pairs, events, hazard ratio."""
    rows = connection.execute(
        "select analysis_id, follow_up_rule, n_treated_eligible, n_control_eligible, "
        "n_pairs, endpoint, n_events, hazard_ratio, ci_low, ci_high, note "
        "from results.analysis_summary where is_delivered order by analysis_id"
    ).fetchall()
    left_out = left_out_line(
        studies
        for (studies,) in connection.execute(
            "select not_delivered from results.analysis_summary where not is_delivered"
        ).fetchall()
    )
    if not rows:
        return [left_out or "no analysis in the protocol"]
    width = max(len("analysis"), *(len(row[0]) for row in rows))
    rule_width = max(len("follow-up"), *(len(row[1]) for row in rows))
    lines = [
        f"{'analysis':<{width}}  {'follow-up':<{rule_width}}  "
        "eligible treated/control  pairs  events  hazard ratio (95% CI)"
    ]
    for name, rule, treated, control, pairs, endpoint, events, *estimated in rows:
        ratio, low, high, note = estimated
        estimate = (
            f"{ratio:.2f} ({low:.2f} to {high:.2f}) {endpoint}"
            if ratio is not None
            else note or "no model"
        )
        eligible = f"{shown(treated or 0, below)}/{shown(control or 0, below)}"
        n_pairs, n_events = (
            "-" if n is None else shown(n, below) for n in (pairs, events)
        )
        lines.append(
            f"{name:<{width}}  {rule:<{rule_width}}  {eligible:>24}  {n_pairs:>5}  "
            f"{n_events:>6}  {estimate}"
        )
    lines.append(
        "unadjusted Cox models; model-based variance, robust where subjects are "
        "weighted or used more than once; others are in analysis.cox"
    )
    if any(row[4] is None for row in rows):
        lines.append("-: weighted, without pairs; see matching.match_summary")
    if left_out:
        lines.append(left_out)
    return lines


def gate_lines(
    connection: duckdb.DuckDBPyConnection, below: int | None = None
) -> list[str]:
    """Say with how many warnings the gates passed, by gate, and name them."""
    gates = connection.execute(
        "select gate, count(*), count(*) filter (where success) "
        "from quality.gate_results group by gate order by gate"
    ).fetchall()
    warnings = connection.execute(
        "select gate, suite, expectation, unexpected_count "
        "from quality.gate_results where not success "
        "order by gate, suite, expectation"
    ).fetchall()
    each = ", ".join(f"{gate} {n - met} of {n} expectations" for gate, n, met in gates)
    lines = [f"gates: passed {warned(len(warnings))}{f' ({each})' if warnings else ''}"]
    for gate, suite, expectation, count in warnings:
        line = f"  warning, {gate}, {suite}: {expectation[:1].lower()}{expectation[1:]}"
        if count is not None:
            n = shown(count, below)
            line += f": failed in {n} row{'' if n == '1' else 's'}"
        lines.append(line)
    if warnings:
        lines.append("  why it matters and what to do: gates/")
    return lines


def warned(n: int) -> str:
    """Write a number of warnings."""
    if not n:
        return "without warnings"
    return f"with {n} warning{'' if n == 1 else 's'}"
