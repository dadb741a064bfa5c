"""The headings of a file: trimmed, in lower case, one that stands twice numbered."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from counterarm.intake.raw_bytes import UnreadableFileError
from counterarm.intake.repeated import RepeatedHeadingError, named_once


class NoHeadingsError(UnreadableFileError):
    """A file without headings: it is empty, or begins with something else."""


@dataclass(frozen=True)
class Headings:
    """The headings of a file, as written and as they are compared (`key_of`).

    `repeated` has those that stand more than once and the positions of their columns,
    from 1 on, which `names` numbers: `complete? (1)`. `place` is where they stand, as
    an editor or Excel counts.
    """

    written: list[str]
    names: list[str]
    repeated: dict[str, tuple[int, ...]] = field(default_factory=dict)
    place: str = "line 1"


def headings_of(file_name: str, fields: Sequence[str], place: str) -> Headings:
    """Return the headings that the first record of a file holds.

    Raises `NoHeadingsError` where there is none, and `UnreadableFileError` where one
    is no text or is called like the number of another.
    """
    if not any(map(str.strip, fields)):
        raise NoHeadingsError(f"{file_name}: {place} holds no headings")
    if "\0" in "".join(fields):
        raise UnreadableFileError(
            f"{file_name}: {place} holds NUL bytes, as UTF-16 without a byte order "
            "mark does; save the file as UTF-8 and deliver it again"
        )
    try:
        names, repeated = named_once(fields)
    except RepeatedHeadingError as error:
        raise UnreadableFileError(
            f"{file_name}: {place} holds the heading {str(error)!r} more than once "
            "(upper and lower case count as one)"
        ) from None
    return Headings(list(fields), names, repeated, place)
