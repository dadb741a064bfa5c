"""Texts, names and paths as SQL writes them."""

import re
from pathlib import Path

# What DuckDB takes for a pattern of several files.
GLOB_SIGN = re.compile(r"[\[*?]")


def sql_text(value: str) -> str:
    """Quote a text for SQL."""
    return "'" + value.replace("'", "''") + "'"


def sql_name(name: str) -> str:
    """Quote a name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def sql_path(path: Path) -> str:
    """Quote the path of one file that a table function reads; it is no pattern."""
    return sql_text(GLOB_SIGN.sub(r"[\g<0>]", str(path.absolute())))
