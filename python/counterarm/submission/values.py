"""Value-level metadata: a variable described for each value of another one."""

from typing import TYPE_CHECKING, Any

import odmlib.arm_1_0.model as define
import pyarrow.compute as pc

from counterarm.submission.metadata import Dataset, Variable

if TYPE_CHECKING:
    from counterarm.submission.define import Parts


def value_list(dataset: Dataset, variable: Variable, parts: "Parts") -> str:
    """Add the value list of a variable, and return its OID.

    One item for each value of `value_by` (LBORRES for each LBTESTCD) that has a row in
    which the variable is not null, with the type and length of those rows.
    """
    from counterarm.submission.define import (
        item_oid,
        origin,
        type_attributes,
        words,
    )

    by = str(dataset.value_by)
    decode = next(one.decode for one in dataset.variables if one.name == by)
    rows = dataset.rows.filter(pc.is_valid(dataset.rows[variable.name]))
    references: list[Any] = []
    for value in sorted(rows[by].unique().to_pylist()):
        part = dataset.with_rows(rows.filter(pc.equal(rows[by], value)))
        meaning = part.rows[decode][0].as_py() if decode else value
        oid = f"{item_oid(dataset.name, variable.name)}.{value}"
        item = define.ItemDef(
            OID=oid,
            Name=variable.name,
            SASFieldName=variable.name,
            Description=words(_described(part, variable, str(meaning))),
            **type_attributes(part, variable),
        )
        is_derived = _is_derived(part)
        item.Origin = [
            define.Origin(Type="Derived", Source="Sponsor")
            if is_derived
            else origin(variable)
        ]
        reference = define.ItemRef(
            ItemOID=oid, OrderNumber=len(references) + 1, Mandatory="No"
        )
        method = variable.method or (
            f"{meaning}: derived from the other records of the assessment."
            if is_derived
            else None
        )
        if method:
            name = f"{dataset.name}.{variable.name}"
            reference.MethodOID = parts.method(
                name if variable.method else f"{name}.{value}",
                variable.method_type,
                method,
            )
        reference.WhereClauseRef = [
            define.WhereClauseRef(
                WhereClauseOID=parts.where_equal(dataset.name, by, value)
            )
        ]
        references.append(reference)
        parts.items.append(item)
    oid = f"VL.{dataset.name}.{variable.name}"
    values = define.ValueListDef(OID=oid)
    values.ItemRef = references
    parts.value_lists.append(values)
    return oid


def _described(part: Dataset, variable: Variable, meaning: str) -> str:
    """Return the description of a value, with its unit where it is unique."""
    unit = variable.name[:2] + ("ORRESU" if "ORRES" in variable.name else "STRESU")
    if unit not in part.rows.column_names:
        return meaning
    units = [one for one in part.rows[unit].unique().to_pylist() if one]
    return f"{meaning} ({units[0]})" if len(units) == 1 else meaning


def _is_derived(part: Dataset) -> bool:
    """Return whether --DRVFL marks all rows as derived."""
    flags = [name for name in part.rows.column_names if name.endswith("DRVFL")]
    return bool(flags) and part.rows[flags[0]].null_count == 0
