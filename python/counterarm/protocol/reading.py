"""Read the protocol's files as a person wrote them, and say which lines cannot be read.

A mark of byte order, line ends of any system and empty lines are accepted; lines are
counted as an editor counts them.
"""

import csv
import io
from pathlib import Path

import pandas as pd

from counterarm.protocol.columns import COLUMNS, OPTIONAL
from counterarm.protocol.problem import LINE, Problem, at, near

ENCODING = "utf-8-sig"


def read_seeds(folder: Path) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    """Return the rows of each file as text, None where empty, and what is wrong.

    The index of the rows is the line that each begins on. A file that is not there or
    cannot be read has no rows. A column that is missing is empty, what stands beyond
    the headings is dropped: both are problems.
    """
    seeds, problems = {}, []
    for name in COLUMNS:
        file = folder / f"{name}.csv"
        if not file.is_file():
            hint = "restore it; a heading alone will do if it needs no row"
            problems.append(at(name, None, None, None, "is not there", hint))
            seeds[name] = frame(name, [], [])
            continue
        seeds[name], found = read_seed(file)
        problems += found
    for file in sorted(folder.glob("*.csv")):
        if file.stem not in COLUMNS:
            problems.append(
                at(
                    *(file.stem, None, None, None),
                    "is not a protocol file and is not read",
                    near(file.stem, COLUMNS) or "move it elsewhere",
                )
            )
    return seeds, problems


def read_seed(file: Path) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the rows of one file, and what is wrong with its lines."""
    name = file.stem
    try:
        text = file.read_bytes().decode(ENCODING)
    except OSError as error:
        return frame(name, [], []), [
            at(name, None, None, None, f"cannot be opened: {error.strerror}")
        ]
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return frame(name, [], []), [
            at(
                *(name, line, None, None),
                f"holds a byte that is not UTF-8 ({error.object[error.start]:#04x}), "
                f"and {name}.csv was not read further",
                "save the file as UTF-8",
            )
        ]
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        return frame(name, [], []), [
            at(
                name,
                line,
                None,
                None,
                "holds a NUL byte",
                "save the file as UTF-8 text",
            )
        ]
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows, lines, problems = [], [], []
    headings: list[str] = []
    last = 0
    try:
        for fields in reader:
            line, last = last + 1, reader.line_num
            if not headings and not any(fields):
                reason = "is an empty line above the headings"
                problems.append(at(name, line, None, None, reason, "delete it"))
            elif not headings:
                headings = fields
                problems += heading_problems(name, headings)
            elif fields and not any(fields):
                reason = "holds commas only, a row without values"
                problems.append(at(name, line, None, None, reason, "delete it"))
            elif fields:
                problems += width_problems(name, line, fields, headings)
                rows.append(dict(zip(headings, fields, strict=False)))
                lines.append(line)
    except csv.Error as error:
        problems.append(
            at(
                *(name, last + 1, None, None),
                f"cannot be read as CSV: {error}",
                "close the quotation mark, and write one within a text twice",
            )
        )
    if not headings and not problems:
        problems.append(
            at(name, 1, None, None, "has no headings", ",".join(COLUMNS[name]))
        )
    return frame(name, rows, lines), problems


def heading_problems(name: str, headings: list[str]) -> list[Problem]:
    """Return a problem for each heading that is missing, double or not known."""
    expected = COLUMNS[name]
    missing = [column for column in expected if column not in headings]
    optional = OPTIONAL.get(name, [])
    problems = [
        at(
            name,
            1,
            column,
            None,
            "is a missing column",
            "add it; its cells may be empty",
        )
        for column in missing
        if column not in optional
    ]
    for place, heading in enumerate(headings):
        if heading in headings[:place] and heading in expected:
            problems.append(
                at(name, 1, heading, None, "occurs twice", "delete one column")
            )
        elif heading not in expected:
            problems.append(
                at(
                    *(name, 1, heading or f"column {place + 1}", None),
                    "is not a column of this file",
                    near(heading, missing) or "delete the column",
                )
            )
    return problems


def width_problems(
    name: str, line: int, fields: list[str], headings: list[str]
) -> list[Problem]:
    """Return a problem for a line with more or fewer fields than headings.

    A line may end before the optional columns, which are the last.
    """
    optional = OPTIONAL.get(name, [])
    least = sum(heading not in optional for heading in headings)
    if least <= len(fields) <= len(headings):
        return []
    few = "add the commas of empty fields"
    many = "put a text that holds a comma in quotation marks"
    return [
        at(
            *(name, line, None, None),
            f"has {len(fields)} fields, and there are {len(headings)} headings",
            few if len(fields) < len(headings) else many,
        )
    ]


def frame(name: str, rows: list[dict[str, str]], lines: list[int]) -> pd.DataFrame:
    """Return rows under the columns of a seed, None where a cell is empty."""
    cells = [[row.get(column) or None for column in COLUMNS[name]] for row in rows]
    index = pd.Index(lines, name=LINE, dtype="int64")
    return pd.DataFrame(cells, columns=COLUMNS[name], index=index, dtype=object)
