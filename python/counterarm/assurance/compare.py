"""Compare what the models made of invented patients with what is expected of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from counterarm.assurance.entries import Entry
from counterarm.assurance.patients import YES, Expectation, Patient
from counterarm.warehouse.reader import Warehouse, ordered

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


def compare(warehouse: Warehouse, subjects: Mapping[str, Patient]) -> Comparison:
    """Compare the tables of a build with the expectations of its patients.

    `subjects` is the patient of each USUBJID, as `write_patients` returns it. A number
    agrees if it rounds to the one written, at as many decimals. Raises
    `PatientsFileError` for an analysis, column or endpoint that the build does not
    have.
    """
    found_subjects = _by_key(warehouse, SUBJECTS, ("analysis_id", "usubjid"))
    keys = ("analysis_id", "usubjid", "endpoint")
    found_endpoints = _by_key(warehouse, ENDPOINTS, keys)
    columns = set(warehouse.table(SUBJECTS).columns)
    of_endpoints = set(warehouse.table(ENDPOINTS).columns)
    named = warehouse.table("seeds.analyses", "analysis_id")
    analyses = {name for (name,) in warehouse.rows(named)}
    names = _names(warehouse)
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


def unread_facts(warehouse: Warehouse) -> list[str]:
    """Return what the readers could not use of the facts, a sentence each."""
    place = ("file_name", "line_number")
    values = warehouse.table(
        "staging.rejected_values", *place, "column_name", "raw_value", "reason"
    )
    lines = warehouse.table("staging.rejected_rows", *place, "reason")
    return [
        f"{file} line {line}: {column} {value!r} {reason}"
        for file, line, column, value, reason in warehouse.rows(values)
    ] + [
        f"{file} line {line}: {reason}" for file, line, reason in warehouse.rows(lines)
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
"""


def unshown_rules(
    warehouse: Warehouse, subjects: Mapping[str, Patient]
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
        for rule in warehouse.rows(ordered(warehouse.sql(OWN_RULES)))
        if rule[0] in analyses and rule not in are_shown
    ]


def _by_key(
    warehouse: Warehouse, table: str, keys: tuple[str, ...]
) -> dict[tuple, dict[str, object]]:
    return {
        tuple(row[key] for key in keys): row
        for row in warehouse.records(warehouse.table(table))
    }


def _names(warehouse: Warehouse) -> dict[str, set[str]]:
    names: dict[str, set[str]] = {}
    of_analyses = warehouse.table(
        "protocol.analysis_endpoints", "analysis_id", "endpoint"
    )
    for analysis, endpoint in warehouse.rows(of_analyses):
        names.setdefault(analysis, set()).add(endpoint)
    return names
