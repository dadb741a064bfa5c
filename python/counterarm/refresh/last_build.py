"""An incremental build starts from a copy of the published file.

Called before dbt opens the build file, once this process holds its lock. Imports only
the standard library.
"""

import json
import os
import shutil
import uuid
from pathlib import Path

# The folder with the plan, set by `counterarm build` for dbt.
PLAN = "COUNTERARM_BUILD_PLAN"
# The published file that the build starts from; unset for a full build.
FROM = "COUNTERARM_BUILD_FROM"
STATE = "published.json"


class LastBuildError(RuntimeError):
    """The published file was replaced after the plan was made."""


def state(file: Path) -> list[int]:
    """Return inode, size and times, which change when a file is written or replaced."""
    found = file.stat()
    return [found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns]


def bring_last_build(build_file: Path) -> None:
    """Replace the build file by a copy of the published file, if one is named.

    The copy is private, and complete before it is renamed to the build file. Raises
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
        # a log left by a killed writer does not belong to the copy
        build_file.with_name(f"{build_file.name}.wal").unlink(missing_ok=True)
        os.replace(copy, build_file)
    finally:
        copy.unlink(missing_ok=True)
