"""Find a subject by name."""

import heapq
from collections.abc import Sequence

from counterarm.warehouse.reader import Warehouse


class UnknownSubjectError(LookupError):
    """No subject of that name was delivered."""


def find_subject(warehouse: Warehouse, name: str) -> str:
    """Return the `usubjid` that is meant: itself, or a SUBJID that only one study has.

    Capitals and blanks around it do not matter, where that leaves one subject. Raises
    `UnknownSubjectError` with the most similar names.
    """
    name = name.strip()
    subjects = warehouse.table("sdtm.dm", "usubjid", "subjid")
    known = warehouse.rows(subjects.order_by("usubjid"))
    if name in {usubjid for usubjid, _ in known}:
        return name
    for form in (str, str.lower):
        wanted = form(name)
        found = [ids[0] for ids in known if wanted in map(form, ids)]
        if len(found) == 1:
            return found[0]
        if found:
            raise UnknownSubjectError(
                f"{name!r} is a subject of {len(found)} studies: name one of "
                + ", ".join(found)
            )
    near = nearest(name.lower(), known)
    hint = f"; near it: {', '.join(near)}" if near else ""
    raise UnknownSubjectError(f"no subject {name!r} was delivered{hint}")


def nearest(name: str, known: Sequence[tuple[str, str]], n: int = 5) -> list[str]:
    """Return the `usubjid` of the subjects whose names are most like one, best first.

    Those that hold it come first, then those that differ from it in fewest letters.
    """

    def distance(ids: tuple[str, str]) -> tuple[bool, int, str]:
        usubjid, subjid = map(str.lower, ids)
        least = min(edits(subjid, name), edits(usubjid, name))
        return name not in usubjid, least, ids[0]

    return [ids[0] for ids in heapq.nsmallest(n, known, distance)]


def edits(one: str, other: str) -> int:
    """Return how many letters to insert, delete or replace to turn one into another.

    Levenshtein's distance.
    """
    above = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        left = row
        line = [left]
        for place, wanted in enumerate(other, start=1):
            left = min(
                left + 1, above[place] + 1, above[place - 1] + (letter != wanted)
            )
            line.append(left)
        above = line
    return above[-1]
