"""How printed numbers hang together: rules with names that stand for any text.

A rule is some rows of seeds/published/relations.csv, one for each number of a check.
Its location, group and quantity are text in which `{name}` stands for any text, the
same one in all rows of the rule; each choice of texts for which all rows find a number
is one check. A name that begins with an underscore may differ, so its row takes every
number that fits. A unit restricts a row to numbers of that unit.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import pandas as pd

from counterarm.printed_numbers.finding import Items
from counterarm.printed_numbers.printed import Printed, parse_printed

PLACE = ["location", "group", "quantity"]
NAME = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Term:
    """One row of a rule: the role of a number, and which numbers fit."""

    role: str
    templates: tuple[str, str, str]
    unit: str | None


@dataclass(frozen=True)
class Rule:
    """A rule of one paper, or of all where paper is None."""

    rule: str
    kind: str
    paper: str | None
    terms: tuple[Term, ...]
    options: dict[str, str]


def read_numbers(published: pd.DataFrame) -> dict[str, list[Printed]]:
    """Return the printed numbers of each paper.

    Columns: paper, location, group, quantity, value (as printed), unit.
    """
    numbers: dict[str, list[Printed]] = {}
    for row in published.to_dict("records"):
        place = tuple(str(row[name]) for name in PLACE)
        printed = parse_printed(str(row["value"]), place[2])
        printed = replace(
            printed,
            place=place,
            unit=None if pd.isna(row["unit"]) else str(row["unit"]),
        )
        numbers.setdefault(str(row["paper"]), []).append(printed)
    return numbers


def read_rules(relations: pd.DataFrame, kinds: set[str]) -> list[Rule]:
    """Return the rules of a table of relations.

    Columns: rule, kind, paper (empty: all), role, location, group, quantity, unit,
    options (as `name=value name=value`). Raises ValueError with the rule that names an
    unknown kind, or has two kinds or papers.
    """
    rules = []
    for name, rows in relations.groupby("rule", sort=False):
        blank = rows.astype(object).where(rows.notna(), None)
        kind, paper = (one_value(name, blank, column) for column in ("kind", "paper"))
        if kind not in kinds:
            raise ValueError(
                f"relations.csv, rule {name}: the kind {kind!r} is none of "
                f"{', '.join(sorted(kinds))}"
            )
        terms = tuple(
            Term(row["role"], tuple(row[part] for part in PLACE), row["unit"])
            for row in blank.to_dict("records")
        )
        options = dict(
            option.split("=", 1)
            for text in blank["options"]
            if text
            for option in str(text).split()
        )
        rules.append(Rule(str(name), str(kind), paper, terms, options))
    return rules


def one_value(rule: str, rows: pd.DataFrame, column: str) -> str | None:
    """Return the value that all rows of a rule share."""
    values = set(rows[column])
    if len(values) != 1:
        raise ValueError(
            f"relations.csv, rule {rule}: {column} must be the same in all its rows, "
            f"not {sorted(map(str, values))}"
        )
    return values.pop()


def instances(rule: Rule, numbers: list[Printed]) -> Iterator[tuple[dict, Items]]:
    """Yield the captured names and the numbers by role of every check of a rule."""
    yield from extend(list(rule.terms), numbers, {}, [])


def extend(
    terms: list[Term], numbers: list[Printed], names: dict, found: list
) -> Iterator[tuple[dict, Items]]:
    """Find the numbers of the next row, given what the rows before it captured."""
    if not terms:
        items: Items = {}
        for role, some in found:
            items.setdefault(role, []).extend(some)
        yield names, items
        return
    term, rest = terms[0], terms[1:]
    taken = {number.place for _, some in found for number in some}
    known = tuple(names.items())
    patterns = [compiled(template, known) for template in term.templates]
    fits = [
        (number, captured)
        for number in numbers
        if (captured := captures(term, patterns, number)) is not None
        and number.place not in taken
    ]
    by_name: dict[tuple, list[Printed]] = {}
    for number, captured in fits:
        bound = tuple(
            (name, text) for name, text in captured.items() if not name.startswith("_")
        )
        by_name.setdefault(bound, []).append(replace(number, captured=captured))
    for bound, some in by_name.items():
        yield from extend(
            rest, numbers, names | dict(bound), [*found, (term.role, some)]
        )


def captures(
    term: Term, patterns: list[re.Pattern], number: Printed
) -> dict[str, str] | None:
    """Return what a row's names stand for in a number, None if it does not fit."""
    if term.unit is not None and term.unit != number.unit:
        return None
    captured: dict[str, str] = {}
    for part, text in zip(patterns, number.place, strict=True):
        match = part.fullmatch(text)
        if match is None:
            return None
        for name, stated in match.groupdict().items():
            # A name that stands in two parts of a place stands for one text in both.
            if captured.setdefault(name, stated) != stated:
                return None
    return captured


@lru_cache(maxsize=4096)
def compiled(template: str, names: tuple[tuple[str, str], ...]) -> re.Pattern:
    """Return the regular expression of a template, its known names filled in."""
    known, parts, end, seen = dict(names), [], 0, set()
    for match in NAME.finditer(template):
        name = match[1]
        parts.append(re.escape(template[end : match.start()]))
        if name in known:
            parts.append(re.escape(known[name]))
        elif name in seen:
            parts.append(f"(?P={name})")
        else:
            parts.append(f"(?P<{name}>.+?)")
            seen.add(name)
        end = match.end()
    return re.compile("".join(parts) + re.escape(template[end:]))
