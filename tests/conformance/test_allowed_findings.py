"""The page lists every row of the allow-list, and the allow-list holds no stray row."""

import csv
from itertools import groupby
from pathlib import Path

from counterarm.conformance.rules import Allowed, read_rules

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "seeds" / "conformance"
with (SEEDS / "allowed_findings.csv").open(newline="") as lines:
    ROWS = list(csv.DictReader(lines))
PAGE = (ROOT / "docs" / "conformance.md").read_text()


def findings_table(rows: list[dict[str, str]]) -> str:
    """Return the rows as the page shows them: rules and datasets of one reason."""
    text = [
        "| study | dates | rules | datasets | verdict | reason |",
        "| --- | --- | --- | --- | --- | --- |",
    ]

    def reason(row: dict[str, str]) -> tuple[str, ...]:
        names = ("standard", "study", "date_policy", "verdict", "reason")
        return tuple(row[name] for name in names)

    shown = []
    for (standard, study, dates, verdict, why), group in groupby(
        sorted(rows, key=reason), key=reason
    ):
        found = list(group)
        rules = ", ".join(sorted({row["rule_id"] for row in found}))
        datasets = ", ".join(sorted({row["dataset"] for row in found}))
        of_any = ["any" if name == "*" else name for name in (study, dates)]
        shown.append((standard, *of_any, rules, datasets, verdict, why))
    text += [f"| {' | '.join(row[1:])} |" for row in sorted(shown)]
    return "\n".join(text)


def test_the_page_shows_every_row():
    assert findings_table(ROWS) in PAGE


def test_a_row_about_adam_names_a_rule_and_no_row_explains_everything():
    known = {rule.rule_id for rule in read_rules(SEEDS)}
    of_adam = [row for row in ROWS if row["standard"] == "adam"]
    assert {row["rule_id"] for row in of_adam} <= known
    assert all("*" not in (row["rule_id"], row["dataset"]) for row in ROWS)


def test_a_row_explains_what_it_names_and_nothing_else():
    site = Allowed("adam", "SITE", "*", "CA133", "ADAE", "*", "source", "why")
    assert site.explains("HANYANG", "CA133", "ADAE", "AENDY")
    assert not site.explains("PROACT", "CA133", "ADAE", "AENDY")
    assert not site.explains("HANYANG", "CA132", "ADAE", "AENDY")
    assert not site.explains("HANYANG", "CA133", "ADLB", "AENDY")
