"""The settings of a planned build for dbt, and a check before it is published.

The record of a build holds the digests of its inputs at planning. It is invalid if one
of them was modified while the build ran.
"""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from counterarm.refresh.folders import files_below, folders_below
from counterarm.refresh.inputs import FOLDERS, Inputs
from counterarm.refresh.last_build import FROM, PLAN, STATE, state
from counterarm.refresh.modules import FOLDER
from counterarm.refresh.plan import PART, Plan, write_plan

WATCHED = "watched.json"


@dataclass(frozen=True)
class Seen:
    """The states of the published file, None where none is, and of all inputs."""

    published: list[int] | None
    files: dict[str, list[int]]


def look(warehouse: Path, inputs: Inputs) -> Seen:
    """Return the states of all that a plan is made from; called before it is made.

    What is written, or published, while the plan is made is then seen as a change.
    """
    published = state(warehouse) if warehouse.exists() else None
    return Seen(published, watched(inputs))


@contextmanager
def prepared(plan: Plan, warehouse: Path, seen: Seen) -> Iterator[None]:
    """Have what this process runs meanwhile build as planned, by its environment."""
    with tempfile.TemporaryDirectory(prefix="counterarm-build-") as name:
        folder = Path(name)
        write_plan(plan, folder)
        (folder / WATCHED).write_text(json.dumps(seen.files), encoding="utf-8")
        settings = {PLAN: name}
        if plan.kind == PART:
            (folder / STATE).write_text(json.dumps(seen.published), encoding="utf-8")
            settings[FROM] = str(warehouse.absolute())
        before = {key: os.environ.pop(key, None) for key in (PLAN, FROM)}
        os.environ.update(settings)
        try:
            yield
        finally:
            for key, value in before.items():
                os.environ.pop(key, None)
                if value is not None:
                    os.environ[key] = value


def watched(inputs: Inputs) -> dict[str, list[int]]:
    """Return the state of every file that is an input, by its path."""
    files = list(inputs.project.files)
    files += FOLDER.rglob("*.py")
    for setting in FOLDERS:
        folder = inputs.folder(setting)
        # a file that comes and goes leaves its trace in the folder's state
        files += [*files_below(folder), folder, *folders_below(folder)]
    return {str(file.absolute()): state(file) for file in files if file.exists()}


def forget_changed_inputs(connection: Any) -> list[str]:
    """Delete the record of a build whose inputs were modified; return their paths.

    The next build is then a full build. Does nothing in a build without a plan.
    """
    folder = os.environ.get(PLAN)
    if not folder:
        return []
    known = json.loads(Path(folder, WATCHED).read_text(encoding="utf-8"))
    changed = [
        name
        for name, before in known.items()
        if not Path(name).exists() or state(Path(name)) != before
    ]
    if changed:
        cursor = connection.cursor()
        try:
            cursor.execute("delete from quality.build_inputs")
        finally:
            cursor.close()
    return changed
