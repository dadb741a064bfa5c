"""The import path of the export before it moved to `counterarm.warehouse.export`."""

from counterarm.warehouse.export import ExportError, export_schema

__all__ = ["ExportError", "export_schema"]
