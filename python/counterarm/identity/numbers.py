"""Doubtful subject numbers: another spelling, another site's, or no subject's."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import pandas as pd

from counterarm.identity.spelling import (
    difference,
    folded,
    has_odd_characters,
    visible,
)

COLUMNS = [
    "source",
    "table_name",
    "file_name",
    "line_number",
    "n_rows",
    "subject_id",
    "written",
    "kind",
    "like_subject",
    "difference",
    "is_subject",
]
TABLES_OF_SUBJECTS = ("demographics", "subjects")


@dataclass(frozen=True)
class Known:
    """The subjects of a delivery, by source, and by source and folded number."""

    numbers: dict[str, set[str]]
    spellings: dict[tuple[str, str], list[str]]

    def others_like(self, source: str, number: str) -> list[str]:
        """Return the subjects of a source whose number is another spelling of one."""
        found = self.spellings.get((source, folded(number)), [])
        return [one for one in found if one != number]

    def elsewhere(self, source: str, number: str) -> str | None:
        """Return the first other source that has a subject of this number."""
        return next(
            (
                other
                for other in sorted(self.numbers)
                if other != source and number in self.numbers[other]
            ),
            None,
        )


@dataclass(frozen=True)
class DeliveredNumber:
    """A number as a table of a file has it, and whether a subject has it."""

    source: str
    table_name: str
    file_name: str
    line_number: int
    n_rows: int
    subject_id: str
    is_known: bool


def doubtful_numbers(numbers: pd.DataFrame, unusable: pd.DataFrame) -> pd.DataFrame:
    """Return one row per file, table and number that may be somebody else's.

    `numbers` holds source, table_name, file_name, subject_id, line_number, n_rows and
    is_known; `unusable` source, table_name, file_name, line_number and
    delivered_number, of rows that are rejected. The result has the columns of
    `COLUMNS`, in the order of source, table, file and number.
    """
    known = known_subjects(numbers[numbers["table_name"].isin(TABLES_OF_SUBJECTS)])
    rows = [row for one in judged(numbers) if (row := doubt(one, known))]
    if not unusable.empty:
        counted = (
            unusable.rename(columns={"delivered_number": "subject_id"})
            .groupby(["source", "table_name", "file_name", "subject_id"])
            .agg(line_number=("line_number", "min"), n_rows=("line_number", "size"))
            .reset_index()
        )
        rows += [
            row
            for one in judged(counted.assign(is_known=False))
            if (row := unusable_number(one, known))
        ]
    types = {"line_number": "int64", "n_rows": "int64", "is_subject": "bool"}
    found = pd.DataFrame(rows, columns=COLUMNS)
    found = found.astype(dict.fromkeys(COLUMNS, "string") | types)
    keys = ["source", "table_name", "file_name", "subject_id"]
    return found.sort_values(keys, ignore_index=True)


def known_subjects(subjects: pd.DataFrame) -> Known:
    """Collect the numbers of the tables of subjects."""
    found = Known({}, {})
    pairs = subjects[["source", "subject_id"]].drop_duplicates()
    for source, number in sorted(pairs.itertuples(index=False, name=None)):
        found.numbers.setdefault(source, set()).add(number)
        found.spellings.setdefault((source, folded(number)), []).append(number)
    return found


def judged(numbers: pd.DataFrame) -> Iterator[DeliveredNumber]:
    """Yield the rows that can be doubtful: unknown, or of a table of subjects.

    A number that the table of subjects has is judged there and not in every table.
    """
    is_judged = ~numbers["is_known"] | numbers["table_name"].isin(TABLES_OF_SUBJECTS)
    names = [field.name for field in fields(DeliveredNumber)]
    for row in numbers.loc[is_judged, names].itertuples(index=False, name=None):
        yield DeliveredNumber(*row)


def doubt(row: DeliveredNumber, known: Known) -> dict | None:
    """Return the row about a number that the build takes for a subject, or None."""
    similar = known.others_like(row.source, row.subject_id)
    if similar:
        return described(row, "other_spelling", similar[0])
    if row.is_known:
        odd = has_odd_characters(row.subject_id)
        return described(row, "odd_characters", None) if odd else None
    elsewhere = known.elsewhere(row.source, row.subject_id)
    if elsewhere:
        words = f"{elsewhere} has a subject of this number"
        return described(row, "of_another_site", None) | {"difference": words}
    return described(row, "unknown", None)


def unusable_number(row: DeliveredNumber, known: Known) -> dict | None:
    """Return the row about a number whose rows are rejected, None if it is nobody's.

    A line of words under a table is rejected and is not reported here.
    """
    similar = known.others_like(row.source, row.subject_id)
    if not similar:
        return None
    return described(row, "other_spelling", similar[0]) | {"is_subject": False}


def described(row: DeliveredNumber, kind: str, like_subject: str | None) -> dict:
    """Return a row of the result."""
    return {
        "source": row.source,
        "table_name": row.table_name,
        "file_name": row.file_name,
        "line_number": row.line_number,
        "n_rows": row.n_rows,
        "subject_id": row.subject_id,
        "written": visible(row.subject_id),
        "kind": kind,
        "like_subject": like_subject,
        "difference": like_subject and difference(row.subject_id, like_subject),
        "is_subject": True,
    }
