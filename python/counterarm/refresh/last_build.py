"""A build of a part begins with a copy of the published file; imports no more than it.

Called before dbt opens the build file, when it is the turn of this process.
"""

import json
import os
import shutil
import uuid
from pathlib import Path

# The folder with what is to be done, set by `counterarm build` for its dbt.
PLAN = "COUNTERARM_BUILD_PLAN"
# The published file that the build begins with; unset where it begins with nothing.
FROM = "COUNTERARM_BUILD_FROM"
STATE = "published.json"


class LastBuildError(RuntimeError):
    """The published file is no longer the one that the plan was made for."""


def state(file: Path) -> list[int]:
    """Return what shows a write to a file, or another file in its place."""
    found = file.stat()
    return [found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns]


def bring_last_build(build_file: Path) -> None:
    """Put a copy of the published file in the place of the build file, if one is named.

    The copy is private, and whole before it has the build file's name. Raises
    `LastBuildError` where another build was published since the plan was made, and
    `OSError` where it cannot be copied.
    """
    named = os.environ.get(FROM)
    if not named:
        return
    published = Path(named)
    expected = json.loads(Path(os.environ[PLAN], STATE).read_text(encoding="utf-8"))
    prefix = f".{build_file.name}.starting-"
    for left in build_file.parent.glob(f"{prefix}*"):
        left.unlink(missing_ok=True)
    copy = build_file.with_name(prefix + uuid.uuid4().hex)
    try:
        os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        shutil.copyfile(published, copy)
        if state(published) != expected:
            raise LastBuildError(
                f"another build was published at {published} since this one was "
                "planned; run it again"
            )
        # a log that a killed writer left is not of the copy
        build_file.with_name(f"{build_file.name}.wal").unlink(missing_ok=True)
        os.replace(copy, build_file)
    finally:
        copy.unlink(missing_ok=True)
