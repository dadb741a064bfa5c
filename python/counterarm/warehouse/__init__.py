"""What works on a published warehouse: publish, query, describe, compare, export.

`open_warehouse` is how Python reads one.
"""

from counterarm.warehouse.catalogue import ColumnEntry, TableEntry
from counterarm.warehouse.engines import UnknownEngineError, installed_engines
from counterarm.warehouse.reader import LackingError, Warehouse, open_warehouse

__all__ = [
    "ColumnEntry",
    "LackingError",
    "TableEntry",
    "UnknownEngineError",
    "Warehouse",
    "installed_engines",
    "open_warehouse",
]
