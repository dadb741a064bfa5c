"""The rules of `seeds/conformance/adam_rules.csv`, and the findings explained there."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

RULES = "adam_rules.csv"
ALLOWED = "allowed_findings.csv"
METADATA = "METADATA"
# The scopes of rules, with the classes of datasets that each contains.
SCOPES = {
    "ADSL": {"ADSL"},
    "BDS": {"BDS", "TTE"},
    "TTE": {"TTE"},
    "OCCDS": {"OCCDS"},
    "NOT_ADSL": {"BDS", "TTE", "OCCDS", "OTHER"},
    "ANY": {"ADSL", "BDS", "TTE", "OCCDS", "OTHER"},
}
PLACE = re.compile(r"{(\w+)}")


@dataclass(frozen=True)
class Rule:
    """One rule: `sql` selects the rows that violate it.

    `scope` is one of `SCOPES`, or METADATA for a query of the tables variables,
    datasets and guide. `needs` are variables without which it does not apply, as
    `AVAL` of the dataset or `ADSL.TRTSDT` of another. `each` is a pattern: the rule
    runs for every variable of the dataset that it matches in full. In `needs` and `sql`
    {data} is the dataset, {adsl}, {dm}, ... another, {variable} the variable matched
    and {1} the first group of the match.
    """

    rule_id: str
    scope: str
    needs: str
    each: str
    severity: str
    message: str
    sql: str
    source: str

    def covers(self, kind: str) -> bool:
        """Return whether the rule applies to datasets of a class."""
        return kind in SCOPES.get(self.scope, ())

    def matches(self, variables: Sequence[str]) -> list[dict[str, str]]:
        """Return the values of {variable} and {1} for each variable that matches."""
        if not self.each:
            return [{}]
        found = [(name, re.fullmatch(self.each, name)) for name in variables]
        return [
            {"variable": name}
            | ({"1": match[1]} if match.re.groups and match[1] is not None else {})
            for name, match in found
            if match
        ]


@dataclass(frozen=True)
class Allowed:
    """A finding that remains, with its verdict and reason; * matches any."""

    standard: str
    study: str
    date_policy: str
    rule_id: str
    dataset: str
    variable: str
    verdict: str
    reason: str

    def explains(self, study: str, rule_id: str, dataset: str, variable: str) -> bool:
        """Return whether the row explains a finding; SITE is any study but PRO-ACT."""
        studies = {"*", study} | ({"SITE"} if study != "PROACT" else set())
        return self.study in studies and all(
            allowed in ("*", given)
            for allowed, given in (
                (self.rule_id, rule_id),
                (self.dataset, dataset),
                (self.variable, variable),
            )
        )


def filled(text: str, values: dict[str, str]) -> str:
    """Replace the placeholders of a text; one without a value is kept."""
    return PLACE.sub(lambda place: values.get(place[1], place[0]), text)


def read_rules(folder: Path) -> list[Rule]:
    """Return the rules of a project's `seeds/conformance`, in the order of the file."""
    return [Rule(**row) for row in rows(folder / RULES, Rule)]


def read_allowed(folder: Path) -> list[Allowed]:
    """Return the explained findings of ADaM."""
    found = [Allowed(**row) for row in rows(folder / ALLOWED, Allowed)]
    return [one for one in found if one.standard == "adam"]


def rows(file: Path, kind: type) -> list[dict[str, str]]:
    """Return the rows of a seed, by the fields of a class."""
    names = [field.name for field in fields(kind)]
    with file.open(newline="", encoding="utf-8") as lines:
        return [{name: row[name] for name in names} for row in csv.DictReader(lines)]
