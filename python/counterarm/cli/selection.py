"""A part of the build as dbt's arguments name it, and the names that come near."""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

SELECTS = ("--select", "-s", "--models", "--model", "-m")
PARTS = (*SELECTS, "--exclude", "--selector", "--resource-type", "--resource-types")
TESTS = "--indirect-selection"
OPERATORS = re.compile(r"^@|^\d*\+|\+\d*$")
METHODS = re.compile(r"^[a-z_.]+:")
FOLDERS = ("models", "seeds", "tests/dbt")


def is_part(argument: str) -> bool:
    """Tell whether an argument begins the choice of a part."""
    return argument.split("=", 1)[0] in PARTS


def is_selection(arguments: Sequence[str]) -> bool:
    """Tell whether dbt's arguments name a part of the build."""
    return any(map(is_part, arguments))


def with_tests(arguments: Sequence[str]) -> list[str]:
    """Return dbt's arguments so that of a part no test runs whose tables are missing.

    By itself dbt runs a test as soon as one of its tables is selected, which fails
    where another was never built.
    """
    own = any(one.split("=", 1)[0] == TESTS for one in arguments)
    if own or not is_selection(arguments):
        return list(arguments)
    return [*arguments, TESTS, "buildable"]


def unknown_selection(arguments: Sequence[str], project: Path = Path()) -> str:
    """Say that a selection holds nothing, and which names come near."""
    names = selected_names(arguments)
    known = {
        path.stem
        for folder in FOLDERS
        for path in (project / folder).rglob("*")
        if path.suffix in (".sql", ".py", ".csv")
    }
    hints = []
    for name in names:
        near = get_close_matches(name, known, 3, 0.6)
        if name not in known and near:
            hints.append(f"{name!r} is near {', '.join(near)}")
    asked = ", ".join(names) or "these arguments"
    hint = "; ".join(hints) or "`dbt ls --resource-type model` lists what there is"
    return f"nothing was built: no model, seed or test is selected by {asked}; {hint}"


def selected_names(arguments: Sequence[str]) -> list[str]:
    """Return the names in a selection, without its operators and methods."""
    names, selects = [], False
    for argument in arguments:
        option, _, value = argument.partition("=")
        if argument.startswith("-"):
            selects = option in SELECTS
            argument = value
        if selects and argument:
            words = re.split(r"[\s,]+", argument)
            names += [METHODS.sub("", OPERATORS.sub("", word)) for word in words]
    return [name for name in names if name]
