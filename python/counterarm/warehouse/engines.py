"""The engines that can hold a warehouse: the backends of ibis, by name.

ibis is imported when a warehouse is opened, not before: it takes half a second.
"""

from importlib.metadata import PackageNotFoundError, entry_points, requires, version
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    from ibis.backends import BaseBackend

IBIS = "ibis-framework"
PACKAGES_IN_NO_EXTRA = {"flink": ["apache-flink"]}


class UnknownEngineError(ValueError):
    """No engine of that name can be used here."""


class Relations:
    """A connection of DuckDB 2.0 that ibis 12.0.0 can use.

    ibis calls a method of the cursor that only relations still have; without this class
    it neither lists tables nor accepts SQL. Its next release uses relations
    (ibis-project/ibis, pull request 12001).
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection):
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def execute(self, query: str, parameters: object = None) -> Any:
        """Run a statement, and return its rows as a relation where it has any."""
        relation = self._connection.sql(query, params=parameters)
        return self._connection if relation is None else relation


def of_duckdb(connection: duckdb.DuckDBPyConnection) -> "BaseBackend":
    """Return the ibis backend of an open DuckDB connection.

    It sets the time zone of the connection, so settings must not be locked yet.
    """
    from ibis.backends.duckdb import Backend

    return Backend.from_connection(Relations(connection))


def connect(url: str) -> "BaseBackend":
    """Return ibis' backend for ENGINE://PLACE, as `ibis.connect` reads it.

    Raises `UnknownEngineError` for an engine that ibis does not have, or whose Python
    packages are not installed; it lists those that are.
    """
    import ibis

    name = url.partition("://")[0]
    engines = _lacking()
    installed = ", ".join(installed_engines())
    if name not in engines:
        raise UnknownEngineError(
            f"there is no engine {name!r}; installed: {installed}; ibis also has "
            + ", ".join(engine for engine in engines if engines[engine])
        )
    if engines[name]:
        raise UnknownEngineError(
            f"the engine {name!r} needs {', '.join(engines[name])}: pip install "
            f'"ibis-framework[{name}]=={version(IBIS)}"; installed: {installed}'
        )
    return ibis.connect(url)


def installed_engines() -> list[str]:
    """Return the names of the engines whose Python packages are installed."""
    return [engine for engine, lacking in _lacking().items() if not lacking]


def _lacking() -> dict[str, list[str]]:
    """Return the packages that each engine of ibis needs and that are not installed.

    No engine is imported: some can be imported without their packages.
    """
    from packaging.requirements import Requirement

    needed = [Requirement(text) for text in requires(IBIS) or []]
    engines: dict[str, list[str]] = {}
    for engine in sorted(entry.name for entry in entry_points(group="ibis.backends")):
        packages = [
            each.name
            for each in needed
            if each.marker and each.marker.evaluate({"extra": engine})
        ]
        packages += PACKAGES_IN_NO_EXTRA.get(engine, [])
        engines[engine] = [name for name in packages if not _is_installed(name)]
    return engines


def _is_installed(package: str) -> bool:
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True
