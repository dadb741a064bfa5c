"""Our numbers next to the printed ones, and checks of the printed ones."""

import pandas as pd

from counterarm.report.reading import Results
from counterarm.report.remarks.remark import Remark
from counterarm.report.sections.overview import is_real
from counterarm.report.sections.section import Section
from counterarm.report.tables import Table, further_table, table_of
from counterarm.report.words import plural

CONTRADICTS = "contradicts print"
_MEANINGS = {
    CONTRADICTS: "other numbers of the paper exclude this one",
    "recomputed from print": "follows from the paper's other numbers",
    "compared": "ours is compared with it, on a real delivery",
    "not comparable": "ours is of other patients",
}


def ledger(results: Results) -> Section:
    """Compare ours with every published number, and name contradictions in print."""
    rows = results.of("ledger").sort_values(
        ["paper", "location", "quantity", "group_name"]
    )
    verdicts = rows["verdict"].value_counts()
    said = "; ".join(
        f'{count} "{verdict}"'
        + (f" ({_MEANINGS[verdict]})" if verdict in _MEANINGS else "")
        for verdict, count in verdicts.items()
    )
    names = {
        "paper": "Paper",
        "location": "Where",
        "group_name": "Group",
        "quantity": "Quantity",
        "published": "Published",
        "ours": "Ours",
        "verdict": "Verdict",
        "definition": "Definition",
        "note": "Note",
    }
    checks = results.of("print_checks")
    tables = [_contradictions(checks)] if len(checks) else []
    tables.append(
        table_of(
            "ledger",
            f"{len(rows)} published numbers.",
            rows,
            names,
            marked=rows["verdict"].eq(CONTRADICTS).to_numpy().nonzero()[0],
        )
    )
    tables += [
        further_table(results, name, results.of(name), limit=60)
        for name in results.shared
        if not results.of(name).empty
    ]
    return Section(
        "ledger",
        "Reproduced vs published numbers",
        tables=tables,
        remarks=[Remark(f"{len(rows)} published numbers: {said}."), *_on(checks)],
        lead=(
            ""
            if is_real(results)
            else "On synthetic data numbers agree with a paper only by chance; the "
            "columns show where a number would be."
        ),
    )


def _contradictions(checks: pd.DataFrame) -> Table:
    shown = checks[checks["verdict"] == "contradiction"]
    return table_of(
        "print-checks",
        "Where printed numbers contradict each other. This needs the papers only, no "
        "patient data.",
        shown,
        {
            "paper": "Paper",
            "numbers": "Printed numbers",
            "explanation": "Contradiction",
            "expected": "Expected from the others",
            "corrections": "Possible corrections",
        },
        whole=checks,
        folded=True,
    )


def _on(checks: pd.DataFrame) -> list[Remark]:
    """Say how often printed numbers contradict each other, by paper."""
    if checks.empty:
        return []
    remarks = []
    for paper, of in checks.groupby("paper", sort=True):
        wrong = int((of["verdict"] == "contradiction").sum())
        remarks.append(
            Remark(
                f"{paper}: {plural(len(of), 'check')} of its printed numbers against "
                f"each other find {plural(wrong, 'contradiction')}.",
                caution=wrong > 0,
            )
        )
    return remarks
