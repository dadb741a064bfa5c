"""Read the suites of a gate: one YAML per table, each expectation with its reason.

A suite has `table` (schema.table), `expectations` and, if it is not one of the usual
columns, `key`: the columns that find a row in a message. An expectation has
`expectation` (its name), `type`, `severity`, `because`, `do`, and the parameters of
its type beside them. `column` may stand with a query too: it says which column an
example row shows beside the key.
"""

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from counterarm.gates.engine import expectation_class
from counterarm.sql_words import sql_name

SEVERITIES = ("critical", "warning")
WORDS = ("because", "do")
SUITE_KEYS = {"table", "key", "expectations"}
OWN_KEYS = {"expectation", "type", "column", "severity", *WORDS}
ROWS_TYPE = "unexpected_rows_expectation"

# Fields that every Great Expectations class has and that a suite does not set:
# the gate sets them, or (conditions on rows) a query says it more plainly.
GATE_FIELDS = {
    "batch_id",
    "catch_exceptions",
    "condition_parser",
    "description",
    "id",
    "meta",
    "notes",
    "rendered_content",
    "result_format",
    "row_condition",
    "severity",
    "windows",
}

# Types that Great Expectations cannot evaluate on DuckDB, or evaluates wrongly.
UNFIT = re.compile(r"_regex|_like_pattern|quantile|_of_type|_type_list|_type_to_be")


class SuiteError(ValueError):
    """A suite that cannot be run as it is written; names file and expectation."""


@dataclass(frozen=True)
class Expectation:
    """One expectation of a suite; `kwargs` are the parameters of its type."""

    name: str
    type: str
    column: str | None
    severity: str
    because: str
    do: str
    kwargs: Mapping[str, Any] = field(default_factory=dict)

    @property
    def columns(self) -> list[str]:
        """The columns that the expectation is about, in the order it names them."""
        named = [self.column, self.kwargs.get("column_A"), self.kwargs.get("column_B")]
        if not self.type.startswith("expect_table_"):
            named += self.kwargs.get("column_list") or []
        return list(dict.fromkeys(name for name in named if name))


@dataclass(frozen=True)
class Suite:
    """The expectations about one table; `key` finds a row of it in a message."""

    name: str
    file: Path
    schema: str
    table: str
    key: tuple[str, ...]
    expectations: tuple[Expectation, ...]

    @property
    def full_name(self) -> str:
        """The table with its schema, as the suite writes it."""
        return f"{self.schema}.{self.table}"

    @property
    def quoted(self) -> str:
        """The table with its schema, quoted for a query."""
        return f"{sql_name(self.schema)}.{sql_name(self.table)}"


def read_suites(folder: Path) -> list[Suite]:
    """Read the suites of a gate, one per `*.yml` of `folder`, in order of file name.

    Raises `SuiteError`, naming file and expectation, on a folder without suites,
    an unknown key or type, a missing or empty `severity`, `because` or `do`, a
    parameter the type refuses, two expectations of one name and two suites of
    one table.
    """
    files = sorted([*folder.glob("*.yml"), *folder.glob("*.yaml")])
    if not files:
        raise SuiteError(
            f"{folder}: no suites (*.yml), so the gate would check nothing"
        )
    suites = [_read_suite(file) for file in files]
    seen: dict[str, Suite] = {}
    for suite in suites:
        first = seen.setdefault(suite.full_name.lower(), suite)
        if first is not suite:
            raise SuiteError(
                f"{suite.file}: table {suite.full_name} already has a suite in "
                f"{first.file.name}"
            )
    return suites


class _Loader(yaml.SafeLoader):
    """Refuses a key that is given twice, of which YAML would keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        keys = [key.value for key, _ in node.value]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if twice:
            raise yaml.constructor.ConstructorError(
                None, None, f"key given twice: {', '.join(twice)}", node.start_mark
            )
        return super().construct_mapping(node, deep)


def _read_suite(file: Path) -> Suite:
    try:
        content = yaml.load(file.read_text(encoding="utf-8"), _Loader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SuiteError(f"{file}: not valid YAML: {error}") from error
    if not isinstance(content, dict):
        raise SuiteError(f"{file}: expected the keys table and expectations")
    _refuse_unknown(content, SUITE_KEYS, str(file))
    table = content.get("table")
    if not isinstance(table, str) or not re.fullmatch(r"\w+\.\w+", table):
        raise SuiteError(
            f"{file}: table must be written as schema.table, not {table!r}"
        )
    key = content.get("key") or []
    if not isinstance(key, list) or not all(isinstance(name, str) for name in key):
        raise SuiteError(f"{file}: key must be a list of columns")
    items = content.get("expectations")
    if not isinstance(items, list) or not items:
        raise SuiteError(f"{file}: expectations must be a list of at least one")
    expectations = [_read_expectation(item, n, file) for n, item in enumerate(items, 1)]
    names = [expectation.name for expectation in expectations]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SuiteError(f"{file}: more than one expectation is called {twice[0]!r}")
    schema, name = table.split(".")
    return Suite(file.stem, file, schema, name, tuple(key), tuple(expectations))


def _refuse_unknown(content: dict, known: set[str], where: str) -> None:
    unknown = sorted(str(key) for key in content if key not in known)
    if unknown:
        raise SuiteError(
            f"{where}: unknown key {', '.join(unknown)}; known are "
            f"{', '.join(sorted(known))}"
        )


def _read_expectation(item: Any, number: int, file: Path) -> Expectation:
    where = f"{file}: expectation {number}"
    if not isinstance(item, dict):
        raise SuiteError(f"{where}: expected keys such as expectation, type, because")
    name = item.get("expectation")
    if not isinstance(name, str) or not name.strip():
        raise SuiteError(f"{where}: has no name (key expectation)")
    where = f"{file}: expectation {name!r}"
    if item.get("severity") not in SEVERITIES:
        raise SuiteError(f"{where}: severity must be one of {', '.join(SEVERITIES)}")
    for word in WORDS:
        if not isinstance(item.get(word), str) or not item[word].strip():
            raise SuiteError(f"{where}: {word} is missing; say it in words")
    column = item.get("column")
    if column is not None and not isinstance(column, str):
        raise SuiteError(f"{where}: column must be the name of one column")
    return Expectation(
        name=name.strip(),
        type=item.get("type"),
        column=column,
        severity=item["severity"],
        because=_one_line(item["because"]),
        do=_one_line(item["do"]),
        kwargs=_parameters(item, where),
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _parameters(item: dict, where: str) -> dict[str, Any]:
    """Return what the type takes, refused here rather than found out in the run."""
    kind = item.get("type")
    made = expectation_class(kind)
    if made is None:
        raise SuiteError(f"{where}: unknown type {kind!r}")
    if UNFIT.search(kind):
        raise SuiteError(
            f"{where}: type {kind} does not work on DuckDB; use {ROWS_TYPE} with a "
            "query, for patterns with regexp_matches"
        )
    fields = set(made.__fields__) - GATE_FIELDS
    _refuse_unknown(item, fields | OWN_KEYS, where)
    if kind == ROWS_TYPE:
        _check_query(item.get("unexpected_rows_query"), where)
    elif "column" in item and "column" not in fields:
        raise SuiteError(f"{where}: type {kind} takes no column")
    kwargs = {key: value for key, value in item.items() if key in fields}
    try:
        made(**kwargs)
    except ValueError as error:
        problem = " ".join(str(error).split())
        raise SuiteError(f"{where}: {kind} refuses it: {problem}") from error
    return kwargs


def _check_query(query: Any, where: str) -> None:
    if not isinstance(query, str):
        raise SuiteError(f"{where}: unexpected_rows_query is missing")
    try:
        places = {part[1] for part in string.Formatter().parse(query)} - {None}
    except ValueError as error:
        raise SuiteError(f"{where}: unexpected_rows_query: {error}") from error
    if places != {"batch"}:
        raise SuiteError(
            f"{where}: unexpected_rows_query must name the table as {{batch}} and have "
            "no other single braces (double those of a pattern: {{8}})"
        )
