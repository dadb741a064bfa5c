"""The libraries and the settings of libraries with which a build computes."""

import platform
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, distributions, requires, version

from counterarm import __version__
from counterarm.refresh.modules import PACKAGE

# dbt's own settings may be anything; sums of another order have other last digits
_OF_LIBRARIES = ("DBT_", "OPENBLAS_", "OMP_", "MKL_")
_REQUIRED = re.compile(r"[\w.-]+")
# where dbt writes and how it speaks changes no table
_HARMLESS = (
    "DBT_TARGET_PATH",
    "DBT_LOG_PATH",
    "DBT_USE_COLORS",
    "DBT_SEND_ANONYMOUS_USAGE_STATS",
)


def installed(environment: Mapping[str, str]) -> Iterator[str]:
    """Yield a line for each library, with its version, and for each of its settings."""
    yield f"{PACKAGE} {__version__}"
    yield f"python {platform.python_version()} {sys.implementation.name}"
    yield f"{platform.system()} {platform.machine()}"
    for name in requirements():
        yield f"{name} {_version(name)}"
    for name, value in sorted(environment.items()):
        if name.startswith(_OF_LIBRARIES) and name not in _HARMLESS:
            yield f"{name} {value}"


@cache
def requirements() -> tuple[str, ...]:
    """Return what the package requires, and what that requires, where it is there.

    dbt's own tests, for one, come with a library of a library. Of a package that is
    not installed it is everything that is.
    """
    found: set[str] = set()
    wanted = [PACKAGE]
    while wanted:
        name = wanted.pop().lower()
        if name not in found:
            try:
                needed = requires(name) or []
            except PackageNotFoundError:
                continue
            found.add(name)
            wanted += [_REQUIRED.match(one)[0] for one in needed]
    return tuple(sorted(found or {one.name for one in distributions()}))


@cache
def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"
