"""Write what a gate found as a page and as JSON, outside the warehouse."""

import html
import json
import os
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from counterarm import __version__
from counterarm.gates.folder import KEPT, prune

_STYLE = """
:root { color-scheme: light dark; --line: #8886; --bad: #b3261e; --warn: #8a5a00;
  --good: #1b6e3c; }
@media (prefers-color-scheme: dark) { :root { --bad: #ff8a80; --warn: #ffc76b;
  --good: #7fd6a0; } }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 75rem; margin: 2rem auto;
  padding: 0 1rem; }
h1 { font-size: 1.6rem; line-height: 1.2; }
.verdict { font-size: 1.15rem; font-weight: 600; }
.failed { color: var(--bad); } .warning { color: var(--warn); }
.passed { color: var(--good); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0 2rem; }
caption { text-align: left; font-weight: 600; padding: .5rem 0; }
th, td { border-bottom: 1px solid var(--line); padding: .45rem .6rem; text-align: left;
  vertical-align: top; overflow-wrap: break-word; }
thead th { border-bottom: 2px solid currentColor; }
tbody th { min-width: 10rem; } td.text { min-width: 12rem; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
tbody th { font-weight: 600; } td.state { font-weight: 600; white-space: nowrap; }
.rule { font-weight: 400; font-size: .875rem; }
@media print { :root { color-scheme: light; --bad: #000; --warn: #000; --good: #000; }
  body { max-width: none; margin: 0; font-size: 9pt; } tr { break-inside: avoid; }
  thead { display: table-header-group; } .wide { overflow: visible; } }
"""
_STATES = ("failed", "warning", "passed")


def write_pages(
    gate: str,
    rows: Sequence[Mapping[str, Any]],
    details: Sequence[Mapping[str, str]],
    gates_dir: Path,
    kept: int = KEPT,
    now: datetime | None = None,
) -> Path:
    """Write the page of a gate and its JSON; return the latest page's path.

    `rows` are the rows of the gate and `details` what stands beside each (table,
    rule, finding, because, do). Both files go to `gates_dir/<UTC time>/`, which is
    there until `kept` later runs have their pages, and take the place of the latest
    ones in `gates_dir`. Raises `OSError`, naming the path, if that fails.
    """
    now = now or datetime.now(UTC)
    records = [
        {**row, **detail, "state": _state(row)}
        for row, detail in zip(rows, details, strict=True)
    ]
    folder = gates_dir.resolve()
    own = folder / now.strftime("%Y%m%dT%H%M%S.%fZ")
    own.mkdir(parents=True, exist_ok=True)
    texts = {
        f"{gate}.json": _json(gate, records, now),
        f"{gate}.html": _html(gate, records, now),
    }
    for name, text in texts.items():
        (own / name).write_text(text, encoding="utf-8")
        fresh = folder / f".{name}.{os.getpid()}"
        fresh.write_text(text, encoding="utf-8")
        os.replace(fresh, folder / name)
    prune(folder, gate, kept)
    return folder / f"{gate}.html"


def _state(row: Mapping[str, Any]) -> str:
    if row["success"]:
        return "passed"
    return "failed" if row["severity"] == "critical" else "warning"


def _counts(records: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    return {
        state: sum(record["state"] == state for record in records) for state in _STATES
    }


def _json(gate: str, records: Sequence[Mapping[str, Any]], now: datetime) -> str:
    counts = _counts(records)
    content = {
        "gate": gate,
        "run_at": now.isoformat(timespec="seconds"),
        "counterarm": __version__,
        "passed": counts["failed"] == 0,
        "counts": counts,
        "results": records,
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _html(gate: str, records: Sequence[Mapping[str, Any]], now: datetime) -> str:
    counts = _counts(records)
    if counts["failed"]:
        verdict = '<span class="failed">The gate stopped the build.</span>'
    elif counts["warning"]:
        verdict = '<span class="warning">The gate passed with warnings.</span>'
    else:
        verdict = '<span class="passed">The gate passed.</span>'
    tables = [
        _table("Failed: the build stops until these are resolved", "failed", records),
        _table("Warnings: the build continues", "warning", records),
        _table("Passed", "passed", records),
    ]
    title = f"Gate {html.escape(gate)}"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p class="verdict">{verdict}</p>
<p>{counts["failed"]} failed, {counts["warning"]} warnings, {counts["passed"]} passed,
{len(records)} expectations in all. Run at {now:%Y-%m-%d %H:%M:%S} UTC by counterarm
{html.escape(__version__)}. A message holds at most one example row.</p>
{"".join(tables)}</main>
</body>
</html>
"""


def _table(caption: str, state: str, records: Sequence[Mapping[str, Any]]) -> str:
    chosen = [record for record in records if record["state"] == state]
    if not chosen:
        return ""
    heads = ["Result", "Expectation", "Where", "Failed in", "What was found"]
    heads += ["Why", "What to do"]
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    body = "\n".join(_line(record) for record in chosen)
    return f"""<div class="wide" role="region" aria-label="{caption}" tabindex="0">
<table>
<caption>{caption} ({len(chosen)})</caption>
<thead><tr>{head}</tr></thead>
<tbody>
{body}
</tbody>
</table>
</div>
"""


def _line(record: Mapping[str, Any]) -> str:
    count = record["unexpected_count"]
    cells = {name: html.escape(str(value or "")) for name, value in record.items()}
    where = cells["table"] + (
        f" {cells['column_name']}" if cells["column_name"] else ""
    )
    return (
        f'<tr><td class="state {record["state"]}">{record["state"]}</td>'
        f'<th scope="row">{cells["expectation"]}'
        f'<br><span class="rule">{cells["rule"]}</span></th>'
        f"<td>{_breakable(where)}</td>"
        f'<td class="number">{"" if count is None else f"{count:,}"}</td>'
        f'<td class="text">{_breakable(cells["finding"])}</td>'
        f'<td class="text">{cells["because"]}</td>'
        f'<td class="text">{cells["do"]}</td></tr>'
    )


def _breakable(text: str) -> str:
    """Let a browser break a long name after a point or an underscore, not elsewhere."""
    return re.sub(r"(?<=\w)([._])(?=[a-z_])", r"\1<wbr>", text)
