"""The published warehouse in a few lines of text."""

from pathlib import Path

import duckdb

from counterarm.query import open_warehouse


def summary_text(warehouse: Path) -> str:
    """Return subjects read, eligible, pairs, hazard ratios, gates, and the file.

    Raises `NoWarehouseError` naming the file where nothing was published yet.
    """
    with open_warehouse(warehouse) as connection:
        lines = [
            *subject_lines(connection),
            "",
            *analysis_lines(connection),
            "",
            *gate_lines(connection),
            f"warehouse: {warehouse}",
        ]
    return "\n".join(lines)


def subject_lines(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Say how many subjects of which study were read, from how many rows."""
    studies = connection.execute(
        "select studyid, count(*) from sdtm.dm group by studyid order by studyid"
    ).fetchall()
    raw, kept, duplicate, rejected = connection.execute(
        "select sum(n_raw), sum(n_kept), sum(n_duplicate), sum(n_rejected) "
        "from quality.row_accounting"
    ).fetchone()
    named = ", ".join(f"{study} {n:,}" for study, n in studies)
    return [
        f"subjects read: {named}",
        f"rows read: {raw:,} = {kept:,} kept + {duplicate:,} duplicate "
        f"+ {rejected:,} rejected",
    ]


def analysis_lines(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Tabulate the analyses: eligible, pairs, events and hazard ratio with interval."""
    rows = connection.execute(
        "select analysis_id, n_treated_eligible, n_control_eligible, n_pairs, "
        "endpoint, n_events, hazard_ratio, ci_low, ci_high, note "
        "from results.analysis_summary order by analysis_id"
    ).fetchall()
    width = max(len("analysis"), *(len(row[0]) for row in rows))
    lines = [
        f"{'analysis':<{width}}  eligible treated/control  pairs  events  "
        "hazard ratio (95% CI)"
    ]
    for name, treated, control, pairs, endpoint, events, ratio, low, high, note in rows:
        estimate = (
            f"{ratio:.2f} ({low:.2f} to {high:.2f}) {endpoint}"
            if ratio is not None
            else note or "no model"
        )
        eligible = f"{treated or 0:,}/{control or 0:,}"
        lines.append(
            f"{name:<{width}}  {eligible:>24}  {'-' if pairs is None else pairs:>5}  "
            f"{'-' if events is None else events:>6}  {estimate}"
        )
    lines.append(
        "unadjusted Cox, model variance, robust where subjects are weighted or used "
        "again; others are in analysis.cox"
    )
    if any(row[3] is None for row in rows):
        lines.append("- weighted instead of paired: see matching.match_summary")
    return lines


def gate_lines(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Say how many expectations each gate met, and name the warnings."""
    gates = connection.execute(
        "select gate, count(*), count(*) filter (where success) "
        "from quality.gate_results group by gate order by gate"
    ).fetchall()
    warnings = connection.execute(
        "select gate, suite, expectation, unexpected_count "
        "from quality.gate_results where not success "
        "order by gate, suite, expectation"
    ).fetchall()
    passed = ", ".join(f"{gate} {met}/{n}" for gate, n, met in gates)
    lines = [f"gates passed: {passed} expectations met"]
    lines += [
        f"  warning, {gate}, {suite}: {expectation[:1].lower()}{expectation[1:]}: "
        f"not so in {count} row{'s' if count != 1 else ''}"
        for gate, suite, expectation, count in warnings
    ]
    if warnings:
        lines.append("  why it matters and what to do: gates/")
    return lines
