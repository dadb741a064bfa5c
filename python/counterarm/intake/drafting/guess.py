"""Guess which column of the template a heading stands for, by words and values."""

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher

import pandas as pd

from counterarm.intake.drafting.look import Seen
from counterarm.intake.drafting.redcap import box_of

# How alike a heading and a word must be for a guess that is worth a look.
ENOUGH = 0.62
# Where a heading holds a whole word of a column; the more of it is the word, the more.
HAS_WORD = 0.75
# Words that distinguish no two headings.
FUNCTION_WORDS = {
    *("of", "the", "and"),
    *("de", "del", "la", "las", "el", "los", "en", "y"),
    *("du", "des", "le", "les", "l", "d", "et"),
    *("di", "della", "dello", "dei", "delle", "il", "lo", "e"),
    *("der", "die", "das", "dem", "den", "und"),
    *("w", "z", "i"),
}
# Columns that may come in two forms, of which each patient answers one.
TWO_FORMS = {("visits", "q5_cutting")}
WITHOUT_ACCENTS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe"}
)


@dataclass(frozen=True)
class Target:
    """A column of the template, and for a date of one event that event."""

    table_name: str
    column_name: str
    event: str | None = None


EVENT = Target("events", "event")
EVENT_DATE = Target("events", "event_date")


@dataclass(frozen=True)
class Guess:
    """A column of the site's file and what it probably is; `score` is 0 to 1."""

    seen: Seen
    target: Target
    score: float

    @property
    def level(self) -> str | None:
        """The level that a checkbox stands for."""
        box = box_of(self.seen.heading)
        return box[1] if box else None


class Words:
    """The template's columns, their types and the words that headings use for them."""

    def __init__(self, columns: pd.DataFrame, words: pd.DataFrame) -> None:
        site = columns[columns["source_kind"] == "site"]
        self.types = {
            (row.table_name, row.column_name): row.data_type
            for row in site.itertuples()
        }
        self.required = {
            (row.table_name, row.column_name)
            for row in site[site["value_is_required"]].itertuples()
        }
        self.of: dict[Target, set[str]] = {
            Target(table, column): {plain(column)} for table, column in self.types
        }
        self.of_tables = {table: {plain(table)} for table in self.tables}
        self.not_read: set[str] = set()
        for row in words.itertuples():
            if not row.table_name:
                self.not_read.add(plain(row.word))
                continue
            if not row.column_name:
                self.of_tables[row.table_name].add(plain(row.word))
                continue
            target = Target(row.table_name, row.column_name, row.event or None)
            self.of.setdefault(target, set()).add(plain(row.word))

    @property
    def tables(self) -> list[str]:
        """The tables of the template."""
        return list(dict.fromkeys(table for table, _ in self.types))

    def best(self, seen: Seen, tables: list[str]) -> list[Guess]:
        """Return what a column may be in some tables, the likeliest first."""
        if self.is_not_read(seen):
            return []
        box = box_of(seen.heading)
        heading = box[0] if box else seen.heading
        found = [
            Guess(seen, target, max(likeness(plain(heading), word) for word in known))
            for target, known in self.of.items()
            if target.table_name in tables and self.fits(seen, target)
        ]
        found = [guess for guess in found if guess.score >= ENOUGH]
        return sorted(found, key=lambda guess: -guess.score)

    def is_not_read(self, seen: Seen) -> bool:
        """Tell whether a column is known and the template has none for it."""
        return plain(seen.heading) in self.not_read

    def fits(self, seen: Seen, target: Target) -> bool:
        """Tell whether the values of a column can be those of a template column."""
        wanted = self.types[target.table_name, target.column_name]
        if seen.kind == "empty" or target.column_name == "subject_id":
            return True
        if seen.kind == "date":
            return wanted == "date"
        return wanted != "date" and not (wanted == "number" and seen.kind == "text")


def plain(text: str) -> str:
    """Return a heading as its words in lower case and without accents, joined by _.

    Letters that are no letter with an accent are written as people do without them.
    """
    apart = unicodedata.normalize("NFKD", text.lower().translate(WITHOUT_ACCENTS))
    bare = "".join(one for one in apart if not unicodedata.combining(one))
    return "_".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFC", bare)))


def likeness(heading: str, word: str) -> float:
    """Return how much a heading is like a word, 1 where it is the word."""
    if heading == word:
        return 1.0
    of_heading = set(heading.split("_")) - FUNCTION_WORDS
    of_word = set(word.split("_")) - FUNCTION_WORDS
    if of_word and of_word <= of_heading:
        return HAS_WORD + 0.2 * len(of_word) / len(of_heading)
    return 0.9 * SequenceMatcher(None, heading, word).ratio()


def assign(
    columns: list[Seen], tables: list[str], words: Words
) -> tuple[list[Guess], list[Seen]]:
    """Give each column its likeliest target, each target one column but for boxes.

    The subject is none of them (`subject_column`). Returns the guesses, and the columns
    for which there is none.
    """
    wishes = sorted(
        (
            guess
            for seen in columns
            for guess in words.best(seen, tables)
            if guess.target.column_name != "subject_id"
        ),
        key=lambda guess: (-guess.score, columns.index(guess.seen)),
    )
    taken: dict[Target, Guess] = {}
    given: dict[str, Guess] = {}
    for guess in wishes:
        other = taken.get(guess.target)
        is_more = other is not None and may_share(other, guess, given)
        if guess.seen.heading in given or (other is not None and not is_more):
            continue
        taken.setdefault(guess.target, guess)
        given[guess.seen.heading] = guess
    if not any(guess.target == EVENT for guess in given.values()):
        # a date is one of events only where something names the event
        given = {key: one for key, one in given.items() if one.target != EVENT_DATE}
    guesses = [given[seen.heading] for seen in columns if seen.heading in given]
    return guesses, [seen for seen in columns if seen.heading not in given]


def may_share(first: Guess, second: Guess, given: dict[str, Guess]) -> bool:
    """Return whether two columns fill one: boxes of a question, or forms of an item."""
    if first.level and second.level:
        return True
    target = first.target
    return (
        (target.table_name, target.column_name) in TWO_FORMS
        # both hold a word of it, and are not only written alike
        and min(first.score, second.score) >= HAS_WORD
        and sum(one.target == target for one in given.values()) == 1
    )


def likeliest_table(name: str, columns: list[Seen], words: Words) -> str:
    """Return the table that a file or instrument probably holds."""

    def fit(table: str) -> float:
        guesses, _ = assign(columns, [table], words)
        filled = {(table, guess.target.column_name) for guess in guesses}
        required = {key for key in words.required if key[0] == table}
        of_name = max(likeness(plain(name), word) for word in words.of_tables[table])
        return (
            sum(guess.score for guess in guesses)
            + len(required & filled) / len(required)
            + 2 * (of_name if of_name >= ENOUGH else 0)
        )

    return max(words.tables, key=fit)
