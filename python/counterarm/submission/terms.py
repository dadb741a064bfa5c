"""The codelists of a study: the values in its datasets, with codes and decodes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from counterarm.submission.metadata import Codelist, Dataset, Variable

# Dictionaries outside CDISC, by the standard of submission_codelists.
DICTIONARIES = {"ISO 3166": ("ISO3166", "2020"), "ISO 21090": ("ISO21090", "2011")}
# Standards whose codelists are published by CDISC.
CDISC = ("SDTM CT", "ADaM CT")


@dataclass
class UsedCodelist:
    """A codelist as define.xml lists it: only what the datasets of the study hold.

    `terms` maps each value to its decode, null without one; `of` is the row of the
    seed, null for a pair of variables that has no codelist there.
    """

    oid: str
    name: str
    data_type: str
    of: Codelist | None
    terms: dict[Any, str | None] = field(default_factory=dict)

    @property
    def dictionary(self) -> tuple[str, str] | None:
        """Return name and version of a dictionary outside CDISC."""
        return DICTIONARIES.get(self.of.standard) if self.of else None

    @property
    def is_cdisc(self) -> bool:
        """Return whether CDISC publishes the codelist."""
        return bool(self.of and self.of.standard in CDISC)

    @property
    def has_decodes(self) -> bool:
        """Return whether every term has a decode: Define-XML requires all or none."""
        return all(self.terms.values())

    def code(self, term: Any) -> str | None:
        """Return the NCI's code of a term."""
        return self.of.codes.get(str(term)) if self.of else None


def used_codelists(
    datasets: Sequence[Dataset], known: Mapping[str, Codelist]
) -> tuple[dict[str, UsedCodelist], dict[tuple[str, str], str]]:
    """Return the codelists that hold a value, and the OID of each variable's.

    Variables with the same codelist of the seeds share one; a variable that another one
    decodes (PARAMCD by PARAM) has a separate codelist. A pair that is not one to one
    has no decodes.
    """
    lists: dict[str, UsedCodelist] = {}
    oids: dict[tuple[str, str], str] = {}
    for dataset in datasets:
        for variable in dataset.variables:
            if not (variable.codelist or variable.decode):
                continue
            pairs = pairs_of(dataset, variable)
            if not pairs:
                continue
            of = known.get(variable.codelist or "")
            name = variable.codelist or f"{dataset.name}.{variable.name}"
            oid = f"CL.{name}"
            used = lists.setdefault(
                oid,
                UsedCodelist(
                    oid,
                    of.label if of else f"{variable.label} of {dataset.name}",
                    data_type(dataset, variable),
                    of,
                ),
            )
            for term, decode in pairs.items():
                known_decode = of.decodes.get(str(term)) if of else None
                used.terms[term] = used.terms.get(term) or decode or known_decode
            oids[dataset.name, variable.name] = oid
    return lists, oids


def pairs_of(dataset: Dataset, variable: Variable) -> dict[Any, str | None]:
    """Return the values of a variable, sorted, each with its decode or null."""
    names = [variable.name]
    has_decode = variable.decode in dataset.rows.column_names
    if has_decode and variable.decode:
        names.append(variable.decode)
    distinct = dataset.rows.select(names).group_by(names).aggregate([]).to_pylist()
    found: dict[Any, set[str]] = {}
    for row in distinct:
        term = row[variable.name]
        if term is not None:
            decode = row.get(variable.decode) if has_decode else None
            found.setdefault(term, set()).update([str(decode)] if decode else [])
    return {
        term: decodes.pop() if len(decodes) == 1 else None
        for term, decodes in sorted(found.items())
    }


def data_type(dataset: Dataset, variable: Variable) -> str:
    """Return the DataType of Define-XML: text, integer, float or a date type."""
    values = dataset.rows[variable.name]
    if pa.types.is_date(values.type):
        return "integer"
    if not variable.is_text:
        return "float" if pa.types.is_floating(values.type) else "integer"
    if not variable.name.endswith("DTC"):
        return "text"
    texts = [text for text in values.unique().to_pylist() if text]
    if any("T" in text for text in texts):
        return "incompleteDatetime"
    return "date" if all(len(text) == 10 for text in texts) else "partialDate"
