"""The published warehouse in a few lines of text."""

from textwrap import wrap

from counterarm.report.disclosure.threshold import least_shown, shown
from counterarm.warehouse.query import OlderWarehouseError
from counterarm.warehouse.reader import LackingError, Source, Warehouse, open_warehouse
from counterarm.warehouse.undelivered import left_out_line

# What is shown of an analysis, and of an expectation that failed.
ANALYSIS = (
    *("analysis_id", "follow_up_rule", "n_treated_eligible", "n_control_eligible"),
    *("n_pairs", "endpoint", "n_events", "hazard_ratio", "ci_low", "ci_high", "note"),
)
EXPECTATION = ("gate", "suite", "expectation", "unexpected_count")


def summary_text(source: Source, *, show_small_cells: bool = False) -> str:
    """Return subjects read, verdicts, analyses, gates, and the file, as text.

    Analyses of whose sites nobody was delivered are left out, in a line. Counts of few
    people are hidden where the delivery is real, unless `show_small_cells`.

    Raises `NoWarehouseError` naming the file where nothing was published yet, and
    `OlderWarehouseError` where it lacks a table or column of these.
    """
    with open_warehouse(source) as warehouse:
        try:
            below = least_shown(warehouse, show_small_cells=show_small_cells)
            lines = [
                *subject_lines(warehouse, below),
                "",
                *verdict_lines(warehouse, below),
                *analysis_lines(warehouse, below),
                "",
                *gate_lines(warehouse, below),
            ]
        except LackingError as error:
            raise OlderWarehouseError(
                f"{source} was built by an older version; run `counterarm build` "
                f"({error})"
            ) from error
    if below:
        lines.append(f"counts of 1 to {below - 1} are hidden (<{below})")
    return "\n".join([*lines, f"warehouse: {source}"])


def subject_lines(warehouse: Warehouse, below: int | None = None) -> list[str]:
    """Say how many subjects of which study were read, from how many rows."""
    subjects = warehouse.table("sdtm.dm", "studyid").group_by("studyid")
    counted = subjects.aggregate(lambda rows: rows.count().name("n"))
    studies = warehouse.rows(counted.order_by("studyid"))
    kinds = ("n_raw", "n_kept", "n_duplicate", "n_rejected")
    accounts = warehouse.table("quality.row_accounting", *kinds)
    sums = accounts.aggregate([accounts[kind].sum().name(kind) for kind in kinds])
    ((raw, kept, duplicate, rejected),) = warehouse.rows(sums)
    named = ", ".join(f"{study} {shown(n, below)}" for study, n in studies)
    return [
        f"subjects read: {named}",
        f"rows read: {raw:,} = {kept:,} kept + {duplicate:,} duplicate "
        f"+ {rejected:,} rejected",
    ]


def verdict_lines(warehouse: Warehouse, below: int | None = None) -> list[str]:
    """Give the verdict on every main analysis, with a blank line after each."""
    verdicts = warehouse.table("results.verdict_summary", "analysis_id", "headline")
    rows = warehouse.rows(verdicts.order_by("analysis_id"))
    if below and rows:
        rows = headlines_without_small_cells(warehouse, rows, below)
    lines = []
    for analysis_id, headline in rows:
        lines += [f"verdict on {analysis_id}:"]
        lines += wrap(headline, width=88, initial_indent="  ", subsequent_indent="  ")
        lines.append("")
    return lines


def headlines_without_small_cells(
    warehouse: Warehouse, rows: list[tuple], below: int
) -> list[tuple]:
    """Return the headlines without sentences that give a count of few people."""
    # slow to import, and of use for real patients only
    import pyarrow as pa

    from counterarm.report.disclosure.export import without_small_cells

    names = ("analysis_id", "headline")
    table = pa.table(dict(zip(names, zip(*rows, strict=True), strict=True)))
    hidden = without_small_cells(warehouse, "verdict_summary", table, below)
    return [tuple(row[name] for name in names) for row in hidden.to_pylist()]


def analysis_lines(warehouse: Warehouse, below: int | None = None) -> list[str]:
    """Tabulate the analyses: follow-up rule, eligible, pairs, events, hazard ratio."""
    every = warehouse.table(
        "results.analysis_summary", *ANALYSIS, "is_delivered", "not_delivered"
    )
    delivered = every.filter(every.is_delivered).select(*ANALYSIS)
    rows = warehouse.rows(delivered.order_by("analysis_id"))
    undelivered = every.filter(~every.is_delivered).select("not_delivered")
    left_out = left_out_line(studies for (studies,) in warehouse.rows(undelivered))
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


def gate_lines(warehouse: Warehouse, below: int | None = None) -> list[str]:
    """Say with how many warnings the gates passed, by gate, and name them."""
    results = warehouse.table("quality.gate_results", *EXPECTATION, "success")
    counted = results.group_by("gate").aggregate(
        n=results.count(), met=results.count(where=results.success)
    )
    gates = warehouse.rows(counted.order_by("gate"))
    failed = results.filter(~results.success).select(*EXPECTATION)
    warnings = warehouse.rows(failed.order_by("gate", "suite", "expectation"))
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
