"""The small languages of the mapping seeds: date formats and row filters."""

import re
import unicodedata
from dataclasses import dataclass

# What a person writes, and what DuckDB's strptime calls it; longest first.
DATE_PARTS = {
    "YYYY": "%Y",
    "YY": "%y",
    "MON": "%b",
    "MM": "%m",
    "DD": "%d",
    "HH": "%H",
    "MI": "%M",
    "SS": "%S",
}
# How each part must be written: strptime also takes 19 as the year 19.
WIDTHS = {
    "YYYY": "[0-9]{4}",
    "YY": "[0-9]{2}",
    "MON": "[A-Za-z]{3}",
    "MM": "[0-9]{1,2}",
    "DD": "[0-9]{1,2}",
    "HH": "[0-9]{1,2}",
    "MI": "[0-9]{2}",
    "SS": "[0-9]{2}",
}
DATE_TOKEN = re.compile("|".join(DATE_PARTS))
# Two parts without anything between them: 1122019 would be two dates.
TOUCHING = re.compile(r"(?<=[A-Z])(MM|DD|HH)|(MM|DD|HH)(?=[A-Z])")
# The T between day and hour of ISO 8601 is the one letter that stands for itself.
ISO_T = re.compile(r"(?<=DD)T(?=HH)")
CHOICE = re.compile(r"\bor\b", re.IGNORECASE)


class FormError(ValueError):
    """A date format or row filter that cannot be understood, with the reason."""


@dataclass(frozen=True)
class DateForm:
    """One date format: as strptime writes it, and the pattern of its exact widths."""

    strptime: str
    pattern: str


@dataclass(frozen=True)
class Condition:
    """A column that must be, or must not be, one of some values; "" is empty."""

    column: str
    is_wanted: bool
    values: tuple[str, ...]


def nfc(text: str) -> str:
    """Return a text in which a letter and its accent are one character."""
    return unicodedata.normalize("NFC", text)


def key_of(text: str) -> str:
    """Return a heading or file name as names are compared.

    Case, blanks around it and how often a blank stands within count for nothing, nor
    whether an accent is a character of its own (NFD) or not (NFC).
    """
    return nfc(" ".join(text.split())).lower()


def date_forms(text: str) -> tuple[DateForm, ...]:
    """Return the formats that a date format names; several are joined by `|`.

    `DD.MM.YYYY` is `%d.%m.%Y`, its day and month of one or two digits, its year of
    four. Raises `FormError` where a letter stands for nothing or day, month or year is
    missing, so that no date is made of a guess.
    """
    if CHOICE.search(text):
        raise FormError("names more than one format; keep the one that the site writes")
    return tuple(date_form(one.strip()) for one in text.split("|"))


def date_form(text: str) -> DateForm:
    """Return one date format."""
    parts = DATE_TOKEN.findall(text)
    rest = DATE_TOKEN.sub("", ISO_T.sub("", text))
    if re.search(r"[A-Za-z%]", rest):
        raise FormError(
            f"holds {rest.strip()!r}; write it with {', '.join(DATE_PARTS)}, "
            "as in DD.MM.YYYY"
        )
    for kinds in ({"YYYY", "YY"}, {"MON", "MM"}, {"DD"}):
        if sum(part in kinds for part in parts) != 1:
            raise FormError(f"must name {' or '.join(sorted(kinds))} once")
    return DateForm(
        DATE_TOKEN.sub(lambda part: DATE_PARTS[part[0]], text), _pattern(text)
    )


def _pattern(text: str) -> str:
    """Return the pattern of a date format: every part in its width, the rest as is."""
    separated = ISO_T.sub(" ", text)
    touching = {found.start() for found in TOUCHING.finditer(separated)}
    pattern, place = "", 0
    for part in DATE_TOKEN.finditer(text):
        pattern += re.escape(text[place : part.start()])
        width = WIDTHS[part[0]]
        pattern += "[0-9]{2}" if part.start() in touching else width
        place = part.end()
    return pattern + re.escape(text[place:])


def parse_filter(text: str) -> tuple[Condition, ...]:
    """Return the conditions of a row filter, joined by `&`; all must hold.

    `a=x` is met where column a holds x, `a=x|y` where it holds x or y, `a!=x` where it
    does not hold x, `a=` where it is empty and `a!=` where it is filled. A column or a
    value that holds one of `& | = ! "` stands in double quotes, a quote within them
    twice: `event="Month 3 (A & B)"|Screening`. Case and blanks around a value count for
    nothing. Raises `FormError`.
    """
    conditions = []
    place, sign = 0, "&"
    while sign == "&":
        column, sign, place = _word(text, place, COLUMN)
        if sign not in ("=", "!="):
            raise FormError(
                f"holds {column!r}, which is no condition such as column=value; a "
                'value with & or | is written in double quotes: column="A & B"'
            )
        is_wanted, values, sign = sign == "=", [], "|"
        while sign == "|":
            value, sign, place = _word(text, place, VALUE)
            values.append(value)
        conditions.append(Condition(key_of(column), is_wanted, tuple(values)))
    return tuple(conditions)


QUOTED = r'\s*(?:"(?P<quoted>(?:[^"]|"")*)"|(?P<bare>{bare}))\s*(?P<sign>{sign}|$)'
COLUMN = re.compile(QUOTED.format(bare='[^"&|=!][^&|=]*?', sign="!=|[&|=]"))
VALUE = re.compile(QUOTED.format(bare='[^"&|][^&|]*?|', sign="[&|]"))


def _word(text: str, place: int, form: re.Pattern) -> tuple[str, str, int]:
    """Return the name or value at a place, the sign behind it, and where that ends."""
    found = form.match(text, place)
    if not found:
        raise FormError(
            f"cannot be read from {text[place:].strip()!r} on: looked for conditions "
            "such as column=value; a value in double quotes ends with one, and a quote "
            'within it stands twice ("")'
        )
    quoted = found["quoted"]
    word = found["bare"] if quoted is None else quoted.replace('""', '"').strip()
    return nfc(word), found["sign"], found.end()


def filter_text(column: str, values: list[str]) -> str:
    """Return the condition that a column holds one of some values, quoted as needed."""
    return f"{_quoted(column)}={'|'.join(map(_quoted, values))}"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if re.search('[&|=!"]', text) else text
