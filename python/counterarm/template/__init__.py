"""Blank files for a site to fill: CSV, and a workbook with a sheet that explains."""

from counterarm.template.write import TemplateError, write_template

__all__ = ["TemplateError", "write_template"]
