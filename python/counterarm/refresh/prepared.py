"""What dbt is given for a build as planned, and what is checked before it is published.

The record of a build says what its inputs were when it was planned. It is worth nothing
where one of them was written to while the build ran.
"""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from counterarm.refresh.inputs import FOLDERS, Inputs, files_below
from counterarm.refresh.last_build import FROM, PLAN, STATE, state
from counterarm.refresh.modules import FOLDER
from counterarm.refresh.plan import PART, Plan, write_plan

WATCHED = "watched.json"


@contextmanager
def prepared(plan: Plan, warehouse: Path, inputs: Inputs) -> Iterator[None]:
    """Have what this process runs meanwhile build as planned, by its environment."""
    with tempfile.TemporaryDirectory(prefix="counterarm-build-") as name:
        folder = Path(name)
        write_plan(plan, folder)
        (folder / WATCHED).write_text(json.dumps(watched(inputs)), encoding="utf-8")
        settings = {PLAN: name}
        if plan.kind == PART:
            (folder / STATE).write_text(json.dumps(state(warehouse)), encoding="utf-8")
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
    files = [inputs.project.root / name for name in inputs.project.texts]
    files += FOLDER.rglob("*.py")
    for setting in FOLDERS:
        delivered = files_below(inputs.folder(setting))
        # a file that comes and goes leaves its trace in the folder's state
        files += [*delivered, *{file.parent for file in delivered}]
    return {str(file.absolute()): state(file) for file in files if file.exists()}


def forget_changed_inputs(connection: Any) -> list[str]:
    """Empty the record of a build whose inputs were written to; return their paths.

    The next build then is one of everything. Does nothing in a build without a plan.
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
