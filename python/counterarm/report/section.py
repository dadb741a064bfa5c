"""A part of the page."""

from dataclasses import dataclass, field

from counterarm.report.figure import Figure
from counterarm.report.meaning import Remark
from counterarm.report.tables import Table

# The scale of the intervals that are drawn: the default of R.
CONF_TYPE = "log"


@dataclass(frozen=True)
class Section:
    """A part of the page: heading, sentences, remarks, figures and tables in order."""

    key: str
    title: str
    figures: list[Figure] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    lead: str = ""
    sentences: dict[str, list[str]] = field(default_factory=dict)
