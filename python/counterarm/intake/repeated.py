"""Headings that a file has more than once, such as `Complete?` of REDCap's forms."""

from collections.abc import Iterable, Mapping, Sequence

from counterarm.intake.forms import key_of


class RepeatedHeadingError(ValueError):
    """Headings that stay equal although they were numbered."""


def named_once(
    row: Sequence[str],
) -> tuple[list[str], dict[str, tuple[int, ...]]]:
    """Return a file's headings as they are compared, and which stand more than once.

    The columns of a heading that stands twice are `complete? (1)` and `complete? (2)`;
    the second result has the heading and its positions, from 1 on. Empty headings
    stay as they are. Raises `RepeatedHeadingError` where a column is called like that
    already.
    """
    keys = [key_of(heading) for heading in row]
    places: dict[str, tuple[int, ...]] = {}
    for place, key in enumerate(keys, start=1):
        places[key] = (*places.get(key, ()), place)
    repeated = {key: at for key, at in places.items() if key and len(at) > 1}
    headings = [
        f"{key} ({repeated[key].index(place) + 1})" if key in repeated else key
        for place, key in enumerate(keys, start=1)
    ]
    filled = [heading for heading in headings if heading]
    twice = sorted({heading for heading in filled if filled.count(heading) > 1})
    if twice:
        raise RepeatedHeadingError(twice[0])
    return headings, repeated


def repeated_columns(
    wanted: Iterable[str], repeated: Mapping[str, tuple[int, ...]], advice: str
) -> list[str]:
    """Say which columns that are wanted stand more than once, and what to do."""
    found = []
    for column in wanted:
        places = repeated.get(column, ())
        if places:
            first, last = f"{column} (1)", f"{column} ({len(places)})"
            found.append(
                f"the column {column} occurs more than once (columns "
                f"{', '.join(map(str, places))}; upper and lower case count as one); "
                + advice.format(first=first, last=last)
            )
    return found
