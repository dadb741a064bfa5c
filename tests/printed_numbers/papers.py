"""The printed numbers of the two papers, and what the checks say of them."""

from collections.abc import Iterable
from functools import cache

import pandas as pd
from dbt_project import ROOT

from counterarm.printed_numbers import Check, run_checks

SEEDS = ROOT / "seeds" / "published"


def seed(name: str) -> pd.DataFrame:
    return pd.read_csv(SEEDS / f"{name}.csv", dtype=str)


def printed() -> pd.DataFrame:
    return pd.concat([seed("published"), seed("printed_elsewhere")], ignore_index=True)


@cache
def checks() -> tuple[Check, ...]:
    return tuple(run_checks(printed(), seed("relations")))


def found(rule: str, verdict: str = "contradiction") -> dict[str, Check]:
    """Return the checks of a rule with a verdict, by what they were about."""
    return {
        check.check_id.removeprefix(rule).removeprefix("/"): check
        for check in checks()
        if check.rule == rule and check.finding.verdict == verdict
    }


def rows(*numbers: Iterable[str]) -> pd.DataFrame:
    """Return synthetic printed numbers: group, quantity, value and unit of each."""
    return pd.DataFrame(
        [["synthetic", "Table 1", *number] for number in numbers],
        columns=["paper", "location", "group", "quantity", "value", "unit"],
    )


def rule(kind: str, *terms: Iterable[str], options: str | None = None) -> pd.DataFrame:
    """Return one rule: role, group and quantity of each of its numbers."""
    return pd.DataFrame(
        [
            [kind, kind, None, role, "Table 1", group, quantity, None, options]
            for role, group, quantity in terms
        ],
        columns=[
            *("rule", "kind", "paper", "role", "location", "group", "quantity"),
            *("unit", "options"),
        ],
    )
