"""Invented patients, what the protocol's rules should make of them, and what they do.

A file of patients (YAML) states facts and expectations; `read_patients` reads it,
`write_patients` writes the delivery that the facts describe, and `differences` compares
the tables that the models make of it with what is expected.
"""

from counterarm.assurance.compare import (
    Comparison,
    Difference,
    compare,
    unread_facts,
    unshown_rules,
)
from counterarm.assurance.delivery import write_patients
from counterarm.assurance.patients import (
    Expectation,
    Patient,
    PatientsFileError,
    read_patients,
)

__all__ = [
    "Comparison",
    "Difference",
    "Expectation",
    "Patient",
    "PatientsFileError",
    "compare",
    "read_patients",
    "unread_facts",
    "unshown_rules",
    "write_patients",
]
