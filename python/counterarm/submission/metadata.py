"""Metadata of datasets and variables from the seeds: labels, roles, origins, codes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pyarrow as pa

from counterarm.warehouse.reader import Warehouse

# Seeds that a warehouse of an older version lacks.
SEEDS = (
    "adam_variables",
    "sdtm_roles",
    "submission_codelists",
    "submission_datasets",
    "term_codes",
)
STANDARDS = {"sdtm": ("SDTMIG", "3.4"), "adam": ("ADaMIG", "1.3")}


class SubmissionError(ValueError):
    """A package cannot be written; the message gives the reason."""


@dataclass(frozen=True)
class Variable:
    """One variable of a dataset; names of variables are in capitals.

    `length` is the number of bytes that a text may have, `origin_source` and `role` are
    those of SDTM, `predecessor` that of ADaM. `method` describes the
    derivation of a derived variable, `comment` anything else.
    """

    name: str
    label: str
    is_text: bool
    core: str
    origin: str
    length: int = 200
    codelist: str | None = None
    decode: str | None = None
    role: str | None = None
    origin_source: str | None = None
    predecessor: str | None = None
    method: str | None = None
    method_type: str = "Computation"
    comment: str | None = None


@dataclass(frozen=True)
class Dataset:
    """One dataset of one study: its metadata, and its rows with names in capitals."""

    name: str
    schema: str
    label: str
    class_name: str
    subclass: str | None
    structure: str
    keys: tuple[str, ...]
    value_by: str | None
    value_variables: tuple[str, ...]
    variables: tuple[Variable, ...]
    rows: pa.Table = field(repr=False)
    comment: str | None = None

    @property
    def present_keys(self) -> list[str]:
        """Return the keys that are among the variables and hold a value."""
        return [
            key
            for key in self.keys
            if key in self.rows.column_names
            and self.rows[key].null_count < max(self.rows.num_rows, 1)
        ]

    def with_rows(self, rows: pa.Table) -> "Dataset":
        """Return the dataset with these rows, and the variables that they have."""
        kept = tuple(one for one in self.variables if one.name in rows.column_names)
        return replace(self, rows=rows.select([one.name for one in kept]))._of(kept)

    def _of(self, variables: tuple[Variable, ...]) -> "Dataset":
        return replace(self, variables=variables)


@dataclass(frozen=True)
class Codelist:
    """One codelist: its name and NCI code, with NCI codes and decodes of its terms."""

    name: str
    label: str
    nci_code: str | None
    standard: str
    codes: Mapping[str, str]
    decodes: Mapping[str, str]


def require_seeds(warehouse: Warehouse) -> None:
    """Raise `SubmissionError` for a warehouse without the seeds of a package."""
    missing = [seed for seed in SEEDS if not warehouse.has(f"seeds.{seed}")]
    if missing:
        raise SubmissionError(
            f"the warehouse has no seeds.{missing[0]}: it was built by an older "
            "version; run `counterarm build` and export again"
        )


def read_codelists(warehouse: Warehouse) -> dict[str, Codelist]:
    """Return the codelists of the seeds, by name."""
    terms = warehouse.records(warehouse.table("seeds.term_codes"))
    return {
        row["codelist"]: Codelist(
            row["codelist"],
            row["name"],
            row["nci_code"],
            row["standard"],
            {
                term["term"]: term["nci_code"]
                for term in terms
                if term["codelist"] == row["codelist"]
            },
            {
                term["term"]: term["decode"]
                for term in terms
                if term["codelist"] == row["codelist"]
            },
        )
        for row in warehouse.records(warehouse.table("seeds.submission_codelists"))
    }


def general_name(dataset: str, variable: str) -> str:
    """Return a variable as the model writes it: `--dy` for lbdy, and mhdy of apmh."""
    is_record = len(dataset) <= 4
    return (
        "--" + variable[2:]
        if is_record and variable.startswith(dataset[-2:])
        else variable
    )


def read_variables(
    warehouse: Warehouse, schema: str, dataset: str
) -> tuple[Variable, ...]:
    """Return the variables of a dataset in order, from the seeds.

    The description of a column is the comment of its variable, or part of the method of
    a derived one. Raises `SubmissionError` for a variable without a role.
    """
    comments = {
        column.name: " ".join((column.meaning or "").split())
        for column in warehouse.columns
        if (column.schema, column.table) == (schema, dataset)
    }
    read = _sdtm_variables if schema == "sdtm" else _adam_variables
    return tuple(read(warehouse, dataset, comments))


def _sdtm_variables(
    warehouse: Warehouse, dataset: str, comments: Mapping[str, str]
) -> list[Variable]:
    roles = {
        (row["dataset"], row["variable"]): row
        for row in warehouse.records(warehouse.table("seeds.sdtm_roles"))
    }
    found = []
    variables = warehouse.table("seeds.sdtm_variables")
    of_domain = variables.filter(variables.domain == dataset)
    for row in warehouse.records(of_domain.order_by(of_domain.position.cast("int64"))):
        name = row["variable"]
        general = general_name(dataset, name)
        known = [
            roles[key]
            for where in (dataset, "*")
            for key in ((where, general), (where, name))
            if key in roles
        ]
        if not known:
            raise SubmissionError(
                f"seeds/submission/sdtm_roles.csv has no row for {general} of {dataset}"
            )
        role, prefix = known[0], name[:2]
        text = _beyond_label(comments.get(name, ""), row["label"])
        is_derived = role["origin"] == "Derived"
        found.append(
            Variable(
                name=name.upper(),
                label=row["label"],
                is_text=row["type"] == "Char",
                core=row["core"],
                codelist=row["codelist"],
                decode=_of_domain(role["decode"], prefix),
                role=role["role"],
                origin=role["origin"],
                origin_source=role["origin_source"],
                method=_joined(_of_domain(role["method"], prefix), text)
                if is_derived
                else None,
                comment=None if is_derived else text,
            )
        )
    return found


def _adam_variables(
    warehouse: Warehouse, dataset: str, comments: Mapping[str, str]
) -> list[Variable]:
    found = []
    variables = warehouse.table("seeds.adam_variables")
    of_dataset = variables.filter(variables.dataset == dataset)
    for row in warehouse.records(
        of_dataset.order_by(of_dataset.position.cast("int64"))
    ):
        text = comments.get(row["variable"]) or row["label"]
        is_derived = row["origin"] == "Derived"
        found.append(
            Variable(
                name=row["variable"].upper(),
                label=row["label"],
                is_text=row["type"] == "Char",
                length=int(row["length"]),
                core=row["core"],
                codelist=row["codelist"],
                decode=row["decode"] and row["decode"].upper(),
                origin=row["origin"],
                origin_source="Sponsor",
                predecessor=row["predecessor"],
                method=text if is_derived else None,
                method_type=row["method"] or "Computation",
                comment=None if is_derived else _beyond_label(text, row["label"]),
            )
        )
    return found


def _of_domain(text: str | None, prefix: str) -> str | None:
    """Write `--` as the letters of a domain, and variables in capitals."""
    if not text:
        return None
    return (
        text.replace("--", prefix.upper())
        if " " in text
        else text.replace("--", prefix).upper()
    )


def _beyond_label(text: str, label: str) -> str | None:
    """Return a description; null where it only repeats the label."""
    more = text.removeprefix(label).strip(" .:;,") if text else ""
    return text if more else None


def _joined(*texts: str | None) -> str:
    return " ".join(text for text in texts if text)
