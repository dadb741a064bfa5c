"""A part of the page."""

from dataclasses import dataclass, field

import pandas as pd

from counterarm.report.figures.figure import Figure
from counterarm.report.remarks.remark import Remark
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


def one_scale(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep one kind of interval of each curve: the one drawn, or the first it has."""
    if rows.empty:
        return rows
    keys = ["analysis_id", "endpoint", "group_name"]
    order = rows["conf_type"].where(rows["conf_type"] != CONF_TYPE, "")
    return rows[order == order.groupby([rows[key] for key in keys]).transform("min")]
