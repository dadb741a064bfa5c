"""What a site is: one that treated its patients, or a registry that observed them."""

from collections.abc import Mapping

import pandas as pd

from counterarm.intake.sdtm_seeds import is_right, rows_of

SEED = "site_roles"
TREATED, REGISTRY = "treated", "registry"
ROLES = {TREATED, REGISTRY}


def read_roles(
    mappings: Mapping[str, pd.DataFrame], problems: list[str]
) -> dict[str, str]:
    """Return the role of each site that has a row in site_roles.csv, in lower case.

    A row without a site, with an unknown role, or of a site that has one already goes
    to `problems` with its line.
    """
    roles: dict[str, str] = {}
    first: dict[str, int] = {}
    for line, row in rows_of(mappings, SEED):
        site, role = row["site"], row["role"]
        if not is_right(problems, (SEED, line, "role", role), ROLES, site):
            continue
        if site in roles:
            problems.append(
                f"seeds/mappings/{SEED}.csv line {line}: site {site!r} has a row "
                f"already in line {first[site]}; keep one (rows of a project stand "
                "before those that come with counterarm)"
            )
        roles.setdefault(site, role)
        first.setdefault(site, line)
    return roles


def tables_of(tables: pd.DataFrame, role: str) -> pd.DataFrame:
    """Return rows of raw_tables.csv with `is_required` as it is for a role.

    `not_required_of` names the role whose sites need no file of the table.
    """
    if "not_required_of" not in tables:
        return tables
    needed = tables["is_required"] & (tables["not_required_of"] != role)
    return tables.assign(is_required=needed)


def role_hint(source: str, table) -> str:
    """Say which row would make a missing table one that is not required, if any.

    `table` is a row of raw_tables.csv; empty where every role needs the table.
    """
    role = getattr(table, "not_required_of", None)
    if not isinstance(role, str) or not role:
        return ""
    return (
        f"; if {source} is a {role}, which has none, add the row {source},{role} to "
        f"seeds/mappings/{SEED}.csv"
    )
