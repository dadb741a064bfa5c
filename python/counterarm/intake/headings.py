"""The headings of a CSV: trimmed, in lower case, each once."""

from collections.abc import Sequence
from pathlib import Path

from counterarm.intake.raw_bytes import UnreadableFileError


def headings_of(path: Path, fields: Sequence[str], line: int = 1) -> list[str]:
    """Return the headings of a file's first record, trimmed and in lower case.

    Raises `UnreadableFileError` where there is none, one stands twice or is no text.
    """
    headings = [heading.strip().lower() for heading in fields]
    if not any(headings):
        raise UnreadableFileError(f"{path.name}: line {line} holds no headings")
    if "\0" in "".join(headings):
        raise UnreadableFileError(
            f"{path.name}: line {line} holds NUL bytes, as UTF-16 without a byte order "
            "mark does; save the file as UTF-8 and deliver it again"
        )
    twice = sorted({h for h in headings if h and headings.count(h) > 1})
    if twice:
        raise UnreadableFileError(
            f"{path.name}: line {line} holds the heading {twice[0]!r} more than once "
            "(upper and lower case count as one)"
        )
    return headings
