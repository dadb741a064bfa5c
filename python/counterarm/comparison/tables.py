"""How the rows of each staged table are told apart, and what a row of it is."""

from dataclasses import dataclass

# What a staged table has beside the values that were delivered.
BOOKKEEPING = {
    "source",
    "file_name",
    "row_number",
    "line_number",
    "row_status",
    "row_reason",
    "raw_row",
    "rejected_values",
    "value_problems",
}


@dataclass(frozen=True)
class Kind:
    """What a row of a table is, and the columns that find it among a subject's."""

    what: str
    key: tuple[str, ...] | None


# Of other tables a row is all its values: it is there or it is lost.
ROW = Kind("row", None)
KINDS = {
    "stg_proact__alsfrs": Kind("assessment", ("alsfrs_delta",)),
    "stg_proact__demographics": Kind("subject", ()),
    "stg_proact__treatment": Kind("arm", ()),
    "stg_proact__alshistory": Kind("history", ()),
    "stg_proact__deathdata": Kind("death", ()),
    "stg_proact__riluzole": Kind("riluzole", ()),
    "stg_site__subjects": Kind("subject", ()),
    "stg_site__visits": Kind("assessment", ("visit_date",)),
    "stg_site__doses": Kind("dose", ("dose_date",)),
    "stg_site__events": Kind("event", ("event",)),
}
# A row of these is a death where the condition holds.
DEATHS = {
    "stg_proact__deathdata": "upper(subject_died) in ('YES', 'Y', '1', 'TRUE')",
    "stg_site__events": "upper(event) = 'DEATH'",
}


def kind_of(table: str) -> Kind:
    """Return what the rows of a staged table are."""
    return KINDS.get(table, ROW)
