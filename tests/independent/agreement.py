"""Build random people under random protocols, and compare with the reference."""

import math
import shutil
from dataclasses import dataclass
from pathlib import Path
from random import Random

import duckdb
from generated import people, protocol, write_people, write_protocol
from reference import Result, Rule, cohort

from counterarm.assurance import read_patients, write_patients
from counterarm.cli.assuring import FOLDER, run_models

ROOT = Path(__file__).parents[2]
SUBJECTS = "from cohort.subjects where analysis_id = ?"
ENDPOINTS = """
    select usubjid, endpoint, days, is_event from cohort.endpoints
    where analysis_id = ?
"""


@dataclass(frozen=True)
class Agreement:
    """How many values were compared, and which of them differ."""

    n_subjects: int
    n_values: int
    differences: list[str]


def write_project(folder: Path) -> None:
    """Write a project with seeds of its own into an empty folder."""
    for part in ("models", "macros", "expectations", "tests"):
        (folder / part).symlink_to(ROOT / part)
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(ROOT / name, folder)


def agreement(seed: int, n_people: int, n_analyses: int) -> Agreement:
    """Draw, build in the current folder, which holds a project, and compare."""
    random = Random(seed)
    drawn = people(random, n_people)
    rules = [protocol(random, f"generated_{i}") for i in range(n_analyses)]
    file = Path("people.yml")
    write_people(drawn, file)
    shutil.rmtree("seeds/protocol")
    shutil.copytree(ROOT / "seeds/protocol", "seeds/protocol")
    write_protocol(rules, Path("seeds/protocol"))
    shutil.rmtree(FOLDER / "delivery", ignore_errors=True)
    subjects = write_patients(
        read_patients(file), FOLDER / "delivery", Path("seeds/mappings")
    )
    run_models(FOLDER / "delivery")
    names = {usubjid: patient.name for usubjid, patient in subjects.items()}
    n_subjects, n_values, differences = 0, 0, []
    with duckdb.connect(str(FOLDER / "patients_build.duckdb"), read_only=True) as built:
        for rule in rules:
            expected = cohort(rule, drawn)
            found, ends = read(built, rule, names)
            for name in sorted({*expected, *found}):
                n_subjects += 1
                pairs = compared(
                    expected.get(name), found.get(name), ends.get(name, {})
                )
                n_values += len(pairs)
                differences += [
                    f"seed {seed}, {rule.name}, {name}: {what} is {value}, "
                    f"by the reference {wanted}"
                    for what, wanted, value in pairs
                    if not alike(wanted, value)
                ]
    return Agreement(n_subjects, n_values, differences)


def read(
    built: duckdb.DuckDBPyConnection, rule: Rule, names: dict[str, str]
) -> tuple[dict[str, dict], dict[str, dict]]:
    """Return the subjects and the endpoints of an analysis, by name."""
    rows = built.execute(SUBJECTS, [rule.name])
    columns = [column[0] for column in rows.description]
    found = {}
    for row in rows.fetchall():
        values = dict(zip(columns, row, strict=True))
        found[names[values["usubjid"]]] = values
    ends: dict[str, dict] = {}
    for usubjid, endpoint, *what in built.execute(ENDPOINTS, [rule.name]).fetchall():
        ends.setdefault(names[usubjid], {})[endpoint] = tuple(what)
    return found, ends


def compared(
    expected: Result | None, found: dict | None, ends: dict
) -> list[tuple[str, object, object]]:
    """Return what is compared of a subject: name, by the reference, by the models."""
    pairs: list[tuple[str, object, object]] = [
        ("candidate", expected is not None, found is not None)
    ]
    if expected is None or found is None:
        return pairs
    pairs += [(name, value, found[name]) for name, value in expected.values.items()]
    step, criterion = expected.excluded or (None, None)
    pairs.append(("excluded_at_step", step, found["excluded_at_step"]))
    pairs.append(("excluded_by", criterion, found["excluded_by"]))
    pairs += [(name, end, ends.get(name)) for name, end in expected.endpoints.items()]
    return pairs


def alike(wanted: object, value: object) -> bool:
    """Tell whether two values agree, numbers to the last digits of a float."""
    if isinstance(wanted, float) and isinstance(value, int | float):
        return math.isclose(wanted, value, rel_tol=1e-9, abs_tol=1e-12)
    return wanted == value
