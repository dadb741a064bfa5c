"""The report: one page for people, made of the tables of schema `results` only."""

from counterarm.report.reading import NotReportableError
from counterarm.report.write import Written, write_report

__all__ = ["NotReportableError", "Written", "write_report"]
