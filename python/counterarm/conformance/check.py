"""Run the rules of ADaM on the datasets of a warehouse or a folder, study by study."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import duckdb

from counterarm.conformance.datasets import (
    Described,
    class_of,
    open_adam,
    variables_of,
)
from counterarm.conformance.rules import (
    METADATA,
    Allowed,
    Rule,
    filled,
    read_allowed,
    read_rules,
)
from counterarm.warehouse.query import records, table_text

ERROR, WARNING = "error", "warning"
# Columns that an example shows, where the row has them.
SHOWN = (
    *("dataset", "variable", "USUBJID", "PARAMCD", "side", "value", "label", "labels"),
    *("AVISIT", "ASEQ", "AESEQ", "AEDECOD", "value_of_adsl", "value_of_dm"),
)
GUIDE = "ADaMIG 1.3"


@dataclass(frozen=True)
class Violation:
    """A rule that rows of one dataset violate; `reason` explains why it remains."""

    rule_id: str
    severity: str
    study: str
    dataset: str
    variable: str
    count: int
    message: str
    example: str
    source: str
    reason: str | None = None

    @property
    def is_explained(self) -> bool:
        """Return whether allowed_findings explains it."""
        return self.reason is not None


@dataclass(frozen=True)
class AdamCheck:
    """The result: number of rules, number of rules that applied, and violations."""

    n_rules: int
    n_applied: int
    violations: list[Violation]

    @property
    def open(self) -> list[Violation]:
        """The violations without an explanation."""
        return [one for one in self.violations if not one.is_explained]

    def code(self, *, strict: bool = False) -> int:
        """Return 2 with errors, with `strict` 1 with warnings, else 0."""
        if any(one.severity == ERROR for one in self.open):
            return 2
        return 1 if strict and self.open else 0

    def to_dict(self) -> dict:
        """Return plain values, for JSON."""
        return {
            "n_rules": self.n_rules,
            "n_applied": self.n_applied,
            "violations": [asdict(one) for one in self.violations],
        }

    @property
    def text(self) -> str:
        """The violations as text, those without an explanation first."""
        n_open = len(self.open)
        head = (
            f"{self.n_applied} of {self.n_rules} rules of ADaM apply; "
            f"{n_open} findings, {len(self.violations) - n_open} more explained"
        )
        blocks = [head]
        for title, found in (
            ("not explained", self.open),
            ("explained", [one for one in self.violations if one.is_explained]),
        ):
            if found:
                blocks += ["", f"{title}:", violations_text(found)]
        return "\n".join(blocks)


def violations_text(found: Sequence[Violation]) -> str:
    """Lay violations out as a table, each followed by an example or its reason."""
    return table_text(
        [
            "rule",
            "severity",
            "study",
            "dataset",
            "variable",
            "rows",
            "rule in words",
            "",
        ],
        [
            [
                *(one.rule_id, one.severity, one.study, one.dataset, one.variable),
                *(one.count, one.message, one.reason or one.example),
            ]
            for one in found
        ],
    )


def check_adam(place: Path, seeds: Path, *, study: str | None = None) -> AdamCheck:
    """Run the rules of a project's `seeds` on a warehouse or a folder of ADaM.

    Each study is checked separately, as it is submitted; `study` restricts the check to
    one. Raises `AdamError` where there is no ADaM.
    """
    rules = read_rules(seeds / "conformance")
    allowed = read_allowed(seeds / "conformance")
    connection, described = open_adam(place)
    try:
        guide = guide_of(seeds / "adam" / "adam_variables.csv")
        applied: set[str] = set()
        violations: list[Violation] = []
        for one in [study] if study else studies_of(connection, described):
            adam = Adam.of_study(connection, described, one, guide)
            for found in adam.violations(rules, applied):
                violations.append(explained(found, allowed))
    finally:
        connection.close()
    return AdamCheck(len(rules), len(applied), violations)


def guide_of(file: Path) -> dict[str, tuple[str, str]]:
    """Return label and type of the variables of the guide, by name in capitals."""
    with file.open(newline="", encoding="utf-8") as lines:
        return {
            row["variable"].upper(): (row["label"], row["type"])
            for row in csv.DictReader(lines)
            if row["source"] == GUIDE
        }


def studies_of(
    connection: duckdb.DuckDBPyConnection, described: dict[str, Described]
) -> list[str]:
    """Return the studies of ADSL; one empty name where it has no STUDYID."""
    try:
        found = connection.execute(
            "select distinct STUDYID from adam.ADSL where STUDYID is not null "
            "order by 1"
        ).fetchall()
    except duckdb.Error:
        return [""]
    return [study for (study,) in found] or [""]


def explained(found: Violation, allowed: Sequence[Allowed]) -> Violation:
    """Add to a violation the reason of the first matching row of `allowed`."""
    for one in allowed:
        if one.explains(found.study, found.rule_id, found.dataset, found.variable):
            return replace(found, reason=one.reason)
    return found


class Adam:
    """The datasets of one study as views, with their metadata as tables.

    `connection` has a view for each dataset (`view_of`) and the tables `variables`,
    `datasets` and `guide`, which the rules of scope METADATA query.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, study: str = "") -> None:
        self.connection = connection
        self.study = study

    @classmethod
    def of_study(
        cls,
        connection: duckdb.DuckDBPyConnection,
        described: dict[str, Described],
        study: str,
        guide: dict[str, tuple[str, str]],
    ) -> "Adam":
        """Make the views and tables of one study; its empty datasets are left out."""
        adam = cls(connection, study)
        columns = adam.make_views()
        connection.execute(
            "create or replace temp table variables (dataset varchar, "
            "variable varchar, label varchar, type varchar, length bigint, "
            "position bigint)"
        )
        connection.execute(
            "create or replace temp table datasets (dataset varchar, label varchar, "
            "class varchar, n_rows bigint)"
        )
        connection.execute(
            "create or replace temp table guide (variable varchar, label varchar, "
            "type varchar)"
        )
        connection.executemany(
            "insert into guide values (?, ?, ?)",
            [(name, *entry) for name, entry in guide.items()] or [(None, None, None)],
        )
        for dataset, about in described.items():
            adam.describe(dataset, columns.get(("adam", dataset), {}), about, study)
        return adam

    def make_views(self) -> dict[tuple[str, str], dict[str, str]]:
        """Make a view of each dataset of the study, and return their types."""
        columns: dict[tuple[str, str], dict[str, str]] = {}
        for schema in ("adam", "sdtm"):
            for dataset, variable, kind in variables_of(self.connection, schema):
                columns.setdefault((schema, dataset), {})[variable] = kind
        for (schema, dataset), kinds in columns.items():
            of_study = ""
            if self.study and "STUDYID" in kinds:
                of_study = (
                    f" where STUDYID = '{self.study.replace(chr(39), chr(39) * 2)}'"
                )
            self.connection.execute(
                f"create or replace temp view {view_of(schema, dataset)} as "
                f'select * from {schema}."{dataset}"{of_study}'
            )
        self.sdtm = {
            dataset: set(kinds)
            for (schema, dataset), kinds in columns.items()
            if schema == "sdtm"
        }
        return columns

    def describe(
        self, dataset: str, kinds: dict[str, str], about: Described, study: str
    ) -> None:
        """Insert a dataset and its variables into the tables of metadata."""
        texts = [name for name, kind in kinds.items() if kind == "VARCHAR"]
        lengths = "".join(f', max(strlen("{name}"))' for name in texts)
        n_rows, *found = self.connection.execute(
            f"select count(*){lengths} from {view_of('adam', dataset)}"
        ).fetchone()
        if study and not n_rows:
            return
        length = dict(zip(texts, found, strict=True))
        self.connection.execute(
            "insert into datasets values (?, ?, ?, ?)",
            [dataset, about.label, class_of(dataset, set(kinds)), n_rows],
        )
        self.connection.executemany(
            "insert into variables values (?, ?, ?, ?, ?, ?)",
            [
                (
                    *(dataset, name, about.variables.get(name)),
                    "Char" if kind == "VARCHAR" else "Num",
                    length.get(name),
                    position,
                )
                for position, (name, kind) in enumerate(kinds.items(), start=1)
            ],
        )

    def violations(
        self, rules: Sequence[Rule], applied: set[str]
    ) -> Iterator[Violation]:
        """Yield the violations; the ids of rules that apply are added to `applied`."""
        variables = self.variables()
        kinds = dict(
            self.connection.execute("select dataset, class from datasets").fetchall()
        )
        for rule in rules:
            if rule.scope == METADATA:
                applied.add(rule.rule_id)
                yield from self.run(rule, rule.sql, None, "")
                continue
            for dataset in sorted(kinds):
                if not rule.covers(kinds[dataset]):
                    continue
                for match in rule.matches(variables[dataset]):
                    needs = filled(rule.needs, match).split()
                    if not all(self.has(variables, dataset, one) for one in needs):
                        continue
                    applied.add(rule.rule_id)
                    places = match | self.places(variables, dataset)
                    sql = filled(rule.sql, places)
                    yield from self.run(rule, sql, dataset, match.get("variable", ""))

    def variables(self) -> dict[str, list[str]]:
        """Return the variables of each dataset in their order."""
        found: dict[str, list[str]] = {}
        for dataset, variable in self.connection.execute(
            "select dataset, variable from variables order by dataset, position"
        ).fetchall():
            found.setdefault(dataset, []).append(variable)
        return found

    def has(self, variables: dict[str, list[str]], dataset: str, need: str) -> bool:
        """Return whether a variable that a rule needs exists."""
        other, _, variable = need.rpartition(".")
        if other in ("", "ADSL"):
            return variable in variables.get(other or dataset, ())
        return variable in self.sdtm.get(other, ())

    def places(self, variables: dict[str, list[str]], dataset: str) -> dict[str, str]:
        """Return the values of the placeholders in a rule's SQL for a dataset."""
        adsl = variables.get("ADSL", [])
        return {
            "data": view_of("adam", dataset),
            "adsl": view_of("adam", "ADSL"),
            **{name.lower(): view_of("sdtm", name) for name in self.sdtm},
            "basetype": ", BASETYPE" if "BASETYPE" in variables[dataset] else "",
            # an imputed row has the day of the row that it repeats
            "as_observed": " and DTYPE is null"
            if "DTYPE" in variables[dataset]
            else "",
            "adsl_planned": treatments(adsl, "P"),
            "adsl_actual": treatments(adsl, "A"),
        }

    def run(
        self, rule: Rule, sql: str, dataset: str | None, variable: str
    ) -> Iterator[Violation]:
        """Yield a violation for each dataset, or variable, in the rows of a query."""
        # rows of a dataset give one finding, with an example; metadata one per row
        first = "" if dataset is None else " limit 1"
        try:
            n = self.connection.execute(f"select count(*) from ({sql})").fetchone()[0]
            found = (
                records(self.connection, f"select * from ({sql}){first}") if n else []
            )
        except duckdb.Error as error:
            reason = str(error).splitlines()[0]
            yield self.violation(
                rule, dataset or "", variable, 1, f"the rule cannot be run: {reason}"
            )
            return
        if dataset is not None and found:
            yield self.violation(rule, dataset, variable, n, example_of(found[0]))
        elif dataset is None:
            for row in found:
                yield self.violation(
                    *(rule, row.get("dataset") or "", row.get("variable") or "", 1),
                    example_of(row),
                )

    def violation(
        self, rule: Rule, dataset: str, variable: str, count: int, example: str
    ) -> Violation:
        """Return a violation of the study."""
        return Violation(
            *(rule.rule_id, rule.severity, self.study, dataset, variable, count),
            *(rule.message, example, rule.source),
        )


def view_of(schema: str, dataset: str) -> str:
    """Return the quoted name of the view of a dataset."""
    return f'"checked_{schema}_{dataset.lower()}"'


def treatments(adsl: Sequence[str], kind: str) -> str:
    """Return the columns TRTxxP or TRTxxA of ADSL, as of the table s."""
    names = [
        name
        for name in adsl
        if len(name) == 6 and name.startswith("TRT") and name.endswith(kind)
    ]
    return ", ".join(f"s.{name}" for name in names if name[3:5].isdigit()) or "null"


def example_of(row: dict) -> str:
    """Return what identifies a row, as text."""
    given = {name.upper(): value for name, value in row.items()}
    named = {name.upper() for name in SHOWN}
    shown = [
        f"{name} {value}"
        for name, value in given.items()
        if name in named and value is not None
    ]
    return ", ".join(shown[:5])
