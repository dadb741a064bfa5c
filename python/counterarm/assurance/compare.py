"""Compare what the models made of invented patients with what is expected of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import duckdb

from counterarm.assurance.entries import Entry
from counterarm.assurance.patients import YES, Expectation, Patient

SUBJECTS = "cohort.subjects"
ENDPOINTS = "cohort.endpoints"


@dataclass(frozen=True)
class Difference:
    """One expectation that the models did not meet."""

    patient: Patient
    analysis: str
    line: int
    what: str
    expected: str
    found: str

    def __str__(self) -> str:
        """Return file, line, patient, and both values."""
        return (
            f"{self.patient.file} line {self.line}: {self.patient.name}, "
            f"{self.analysis}: {self.what} expected {self.expected}, "
            f"found {self.found}"
        )


@dataclass(frozen=True)
class Comparison:
    """How many expectations there were, and which of them were not met."""

    n_expected: int
    differences: tuple[Difference, ...]


def compare(
    connection: duckdb.DuckDBPyConnection, subjects: Mapping[str, Patient]
) -> Comparison:
    """Compare the tables of a build with the expectations of its patients.

    `subjects` is the patient of each USUBJID, as `write_patients` returns it. A number
    agrees if it rounds to the one written, at as many decimals. Raises
    `PatientsFileError` for an analysis, column or endpoint that the build does not
    have.
    """
    found_subjects = _by_key(connection, SUBJECTS, ("analysis_id", "usubjid"))
    keys = ("analysis_id", "usubjid", "endpoint")
    found_endpoints = _by_key(connection, ENDPOINTS, keys)
    columns = set(_columns(connection, SUBJECTS))
    of_endpoints = set(_columns(connection, ENDPOINTS))
    analyses = {
        name
        for (name,) in connection.sql(
            "select analysis_id from seeds.analyses"
        ).fetchall()
    }
    names = _names(connection)
    n_expected, differences = 0, []
    for usubjid, patient in subjects.items():
        for expectation in patient.expectations:
            analysis = expectation.analysis
            Entry(patient.file, expectation.line, None).known(
                analysis, analyses, "analysis"
            )
            subject = found_subjects.get((analysis, usubjid))
            checks = list(
                _checks(expectation, subject, columns)
                if expectation.is_candidate
                else [(expectation.line, "candidate", "false", subject is not None)]
            )
            if subject is not None and expectation.is_candidate:
                for endpoint, wanted in expectation.endpoints.items():
                    place = next(iter(wanted.values()))
                    place.known(endpoint, names.get(analysis, set()), "endpoint")
                    for name, each in wanted.items():
                        each.known(name, of_endpoints, f"column of {ENDPOINTS}")
                    row = found_endpoints.get((analysis, usubjid, endpoint), {})
                    checks += [
                        (each.line, f"{endpoint} {name}", each.value, row.get(name))
                        for name, each in wanted.items()
                    ]
            n_expected += len(checks)
            differences += [
                Difference(patient, analysis, line, what, shown(wanted), shown(value))
                for line, what, wanted, value in checks
                if not agrees(wanted, value)
            ]
    return Comparison(n_expected, tuple(differences))


def _checks(
    expectation: Expectation, subject: Mapping[str, object] | None, columns: set[str]
) -> Iterable[tuple[int, str, object, object]]:
    if subject is None:
        yield expectation.line, "candidate", "true", False
        return
    for column, entry in expectation.values.items():
        entry.known(column, columns, f"column of {SUBJECTS}")
        yield entry.line, column, entry.value, subject[column]


def agrees(wanted: object, value: object) -> bool:
    """Tell whether a value is the one written; a number, at the decimals written.

    A boolean agrees with true or yes, false or no; a missing value with null.
    """
    if wanted is None or value is None:
        return wanted is None and value is None
    text = str(wanted)
    if isinstance(value, bool):
        return YES.get(text.lower()) == str(value).lower()
    if isinstance(value, int | float | Decimal):
        try:
            written = Decimal(text)
        except InvalidOperation:
            return False
        exponent = written.as_tuple().exponent
        half = Decimal(1).scaleb(int(exponent)) / 2
        return abs(Decimal(str(value)) - written) <= half
    return text == str(value)


def shown(value: object) -> str:
    """Return a value as a file of patients would write it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def unread_facts(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return what the readers could not use of the facts, a sentence each."""
    queries = (
        "select file_name, line_number, column_name, raw_value, reason"
        " from staging.rejected_values",
        "select file_name, line_number, null, null, reason from staging.rejected_rows",
    )
    return [
        f"{file} line {line}: {f'{column} {value!r} ' if column else ''}{reason}"
        for query in queries
        for file, line, column, value, reason in connection.sql(query).fetchall()
    ]


# Rules of an analysis that the one it is based on does not have alike.
OWN_RULES = """
    select distinct rules.analysis_id, rules.criterion
    from protocol.analysis_eligibility as rules
    inner join seeds.analyses as analyses using (analysis_id)
    left join protocol.analysis_eligibility as inherited
        on analyses.based_on = inherited.analysis_id
        and (rules.criterion, rules.arm, rules.variable, rules.operator)
        = (inherited.criterion, inherited.arm, inherited.variable, inherited.operator)
        and rules.value is not distinct from inherited.value
    where inherited.analysis_id is null
    order by all
"""


def unshown_rules(
    connection: duckdb.DuckDBPyConnection, subjects: Mapping[str, Patient]
) -> list[tuple[str, str]]:
    """Return the rules of eligibility that no patient shows: analysis and criterion.

    A criterion is shown by a patient who is expected to be excluded by it. Only
    analyses of which some patient is expected to be a candidate are looked at, and only
    rules that are not those of the analysis that they are based on.
    """
    expectations = [each for one in subjects.values() for each in one.expectations]
    analyses = {each.analysis for each in expectations if each.is_candidate}
    are_shown = {
        (each.analysis, each.values["excluded_by"].value)
        for each in expectations
        if "excluded_by" in each.values
    }
    return [
        rule
        for rule in connection.sql(OWN_RULES).fetchall()
        if rule[0] in analyses and rule not in are_shown
    ]


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    return [name for name, *_ in connection.sql(f"describe {table}").fetchall()]


def _by_key(
    connection: duckdb.DuckDBPyConnection, table: str, keys: tuple[str, ...]
) -> dict[tuple, dict[str, object]]:
    columns = _columns(connection, table)
    places = [columns.index(key) for key in keys]
    return {
        tuple(row[place] for place in places): dict(zip(columns, row, strict=True))
        for row in connection.sql(f"from {table}").fetchall()
    }


def _names(connection: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    names: dict[str, set[str]] = {}
    for analysis, endpoint in connection.sql(
        "select distinct analysis_id, endpoint from protocol.analysis_endpoints"
    ).fetchall():
        names.setdefault(analysis, set()).add(endpoint)
    return names
