"""Texts that a SAS transport file of Version 5 can hold."""

import unicodedata
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from counterarm.submission.metadata import Dataset, SubmissionError

XPT_TEXT = 200
# Letters and symbols that Unicode decomposition does not reduce to ASCII.
PLAIN = str.maketrans(
    {
        **{"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ß": "ss"},
        **{"æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE"},
        **{"\N{MICRO SIGN}": "u", "\N{GREEK SMALL LETTER MU}": "u"},
        **{"\N{DEGREE SIGN}": "deg", "\N{MULTIPLICATION SIGN}": "x"},
        **{"\N{GREATER-THAN OR EQUAL TO}": ">=", "\N{LESS-THAN OR EQUAL TO}": "<="},
        **{"\N{PLUS-MINUS SIGN}": "+/-", "\N{MIDDLE DOT}": "."},
        **{"\N{EN DASH}": "-", "\N{EM DASH}": "-", "\N{NO-BREAK SPACE}": " "},
        **{
            "\N{LEFT SINGLE QUOTATION MARK}": "'",
            "\N{LEFT DOUBLE QUOTATION MARK}": '"',
        },
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
    }
)


@dataclass(frozen=True)
class Rewritten:
    """The number of texts of one variable that were transliterated to ASCII."""

    dataset: str
    variable: str
    n_rows: int


def plain(text: str) -> str:
    """Return a text in ASCII as far as it has an equivalent: ból is bol, µ is u."""
    decomposed = unicodedata.normalize("NFKD", text.translate(PLAIN))
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def in_plain_letters(dataset: Dataset) -> tuple[Dataset, list[Rewritten]]:
    """Return the dataset with texts in ASCII, and the variables that were changed.

    Raises `SubmissionError` for a text without an equivalent in ASCII, or with more
    than 200 bytes, naming its subject, variable and value.
    """
    rewritten, rows = [], dataset.rows
    for index, variable in enumerate(dataset.variables):
        values = rows[variable.name]
        if not variable.is_text or not values.null_count < len(values) or fits(values):
            continue
        distinct = values.unique().to_pylist()
        fitting = {value: value and plain(value) for value in distinct}
        texts = values.to_pylist()
        for number, value in enumerate(texts):
            text = fitting[value]
            if text and (len(text) > XPT_TEXT or not text.isascii()):
                raise SubmissionError(
                    _refusal(dataset, variable.name, number, value, text)
                )
        changed = sum(fitting[value] != value for value in texts)
        if changed:
            column = pa.array([fitting[value] for value in texts], pa.string())
            rows = rows.set_column(index, variable.name, column)
            rewritten.append(Rewritten(dataset.name, variable.name, changed))
    return dataset.with_rows(rows), rewritten


def fits(texts: pa.ChunkedArray) -> bool:
    """Return whether all texts are ASCII of at most 200 bytes."""
    is_plain = pc.all(pc.string_is_ascii(texts)).as_py()
    return is_plain and pc.max(pc.binary_length(texts)).as_py() <= XPT_TEXT


def _refusal(
    dataset: Dataset, variable: str, number: int, value: str, fitting: str
) -> str:
    row = dataset.rows.slice(number, 1).to_pylist()[0]
    who = row.get("USUBJID") or row.get("APID")
    of = f" (usubjid {who})" if who else ""
    why = (
        f"has {len(fitting)} bytes, and a transport file of Version 5 holds {XPT_TEXT}"
        if fitting.isascii()
        else "has letters without an equivalent in ASCII, which a transport file of "
        "Version 5 is written in"
    )
    return (
        f"{dataset.name}: row {number + 1}{of}: {variable} {value[:60]!r} {why}. "
        "Write the package with --format dataset-json, which keeps it unchanged, or "
        "change it in the source"
    )
