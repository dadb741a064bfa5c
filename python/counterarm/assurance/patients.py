"""Read a file of invented patients: facts, and what the models should make of them.

    about: who is eligible
    patients:
      placebo, eligible:
        source: PROACT
        facts: {arm: PLACEBO, sex: M, age: 60, onset_day: -400, visits: {0: 40}}
        expect:
          main: {arm: control, index_day: 0, eligible: true, age: 60}
      onset 730 days before entry:
        like: placebo, eligible
        facts: {onset_day: -730}
        expect:
          main: {excluded_by: symptom_duration_below_24_months}

`like` takes the source, facts and rows of an earlier patient; an empty fact takes one
back. Several analyses that expect the same are separated by commas. Days count from
trial entry (PRO-ACT) or the first dose (a site), day 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from counterarm.assurance.entries import Entry, PatientsFileError, read_entries
from counterarm.assurance.facts import FACTS, SOURCE_OF_TRIALS

__all__ = ["Expectation", "Patient", "PatientsFileError", "read_patients"]

OF_A_FILE = {"about", "patients"}
OF_A_PATIENT = {"source", "like", "facts", "rows", "copies", "expect"}
NO_CANDIDATE = "no candidate"
YES = {"true": "true", "false": "false", "yes": "true", "no": "false"}


@dataclass(frozen=True)
class Expectation:
    """What one analysis should make of a patient.

    `is_candidate` is false where the analysis should not consider the patient at all.
    `values` are columns of `cohort.subjects`, `endpoints` columns of `cohort.endpoints`
    by endpoint, each as written, None for null.
    """

    analysis: str
    line: int
    is_candidate: bool = True
    values: Mapping[str, Entry] = field(default_factory=dict)
    endpoints: Mapping[str, Mapping[str, Entry]] = field(default_factory=dict)


@dataclass(frozen=True)
class Patient:
    """An invented patient: facts by name, raw rows by table, expectations.

    `copies` more patients have the same facts and rows, and no expectation: an analysis
    of pseudo-trials needs trials of some size.
    """

    file: Path
    line: int
    name: str
    source: str
    facts: Mapping[str, Entry]
    rows: Mapping[str, list[dict[str, Entry]]]
    copies: int
    expectations: tuple[Expectation, ...]


def read_patients(file: Path) -> list[Patient]:
    """Read the patients of a file.

    Raises `PatientsFileError`, with file, line and what to do, for a name that is not
    known, a value of the wrong kind and a `like` that names no earlier patient. Which
    analyses, columns and endpoints there are is only known of a build: `compare`.
    """
    top = read_entries(file)
    given = top.mapping("the file")
    for name, entry in given.items():
        entry.known(name, OF_A_FILE, "part of a file of patients")
    if "patients" not in given:
        raise top.error("the file has no patients; add `patients:`")
    patients: dict[str, Patient] = {}
    for name, entry in given["patients"].mapping("patients").items():
        patients[name] = _patient(name, entry, patients)
    if not patients:
        raise given["patients"].error("there is no patient")
    return list(patients.values())


def _patient(name: str, entry: Entry, earlier: Mapping[str, Patient]) -> Patient:
    parts = entry.mapping(f"patient {name!r}")
    for part, value in parts.items():
        value.known(part, OF_A_PATIENT, "part of a patient")
    model = _model(parts, earlier)
    source = parts["source"].text("source").upper() if "source" in parts else ""
    if model:
        source = source or model.source
    if not source:
        raise entry.error(
            f"patient {name!r} has no source: PROACT, or the name of a site"
        )
    is_trial = source == SOURCE_OF_TRIALS
    facts = dict(model.facts) if model else {}
    for fact, value in _mapping(parts, "facts").items():
        value.known(fact, set(FACTS), "fact")
        FACTS[fact].check(value, is_trial=is_trial)
        facts[fact] = value
    facts = {fact: value for fact, value in facts.items() if value.value is not None}
    rows = dict(model.rows) if model else {}
    for table, value in _mapping(parts, "rows").items():
        rows[table] = [each.mapping("a row") for each in value.items("rows of a table")]
    copies = parts["copies"].whole("copies") if "copies" in parts else 0
    if copies < 0:
        raise parts["copies"].error("copies must be 0 or more")
    expected = _mapping(parts, "expect")
    return Patient(
        entry.file,
        entry.line,
        name,
        source,
        facts,
        rows,
        copies,
        tuple(
            _expectation(name.strip(), value)
            for names, value in expected.items()
            for name in names.split(",")
        ),
    )


def _mapping(parts: Mapping[str, Entry], name: str) -> dict[str, Entry]:
    return parts[name].mapping(name) if name in parts else {}


def _model(
    parts: Mapping[str, Entry], earlier: Mapping[str, Patient]
) -> Patient | None:
    if "like" not in parts:
        return None
    name = parts["like"].text("like")
    parts["like"].known(name, set(earlier), "earlier patient")
    return earlier[name]


def _expectation(analysis: str, entry: Entry) -> Expectation:
    if isinstance(entry.value, str):
        entry.known(entry.value, {NO_CANDIDATE}, "outcome")
        return Expectation(analysis, entry.line, is_candidate=False)
    values = dict(entry.mapping(f"what {analysis} should make of a patient"))
    endpoints = {
        name: _endpoint(name, value)
        for name, value in _mapping(values, "endpoints").items()
    }
    values.pop("endpoints", None)
    if "eligible" in values:
        values["is_eligible"] = values.pop("eligible")
    if "excluded_by" in values and "is_eligible" not in values:
        line = values["excluded_by"]
        is_eligible = "true" if line.value is None else "false"
        values["is_eligible"] = Entry(line.file, line.line, is_eligible)
    elif values.get("is_eligible") and _truth(values["is_eligible"]) == "true":
        line = values["is_eligible"]
        values.setdefault("excluded_by", Entry(line.file, line.line, None))
    if not values and not endpoints:
        raise entry.error(
            f"nothing is expected of {analysis}: give eligible, excluded_by, "
            f"index_day, a covariate or endpoints, or write '{NO_CANDIDATE}'"
        )
    return Expectation(analysis, entry.line, True, values, endpoints)


def _endpoint(name: str, entry: Entry) -> dict[str, Entry]:
    values = entry.mapping(f"endpoint {name}")
    if not values:
        raise entry.error(f"nothing is expected of {name}: give days and is_event")
    return values


def _truth(entry: Entry) -> str:
    text = entry.text("eligible").lower()
    if text not in YES:
        raise entry.error(f"eligible must be true or false, not {text!r}")
    return YES[text]
