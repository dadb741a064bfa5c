"""The records of a CSV, line by line; an odd line is set apart and the next is read.

A record is a line, or several where a quoted field holds line ends. What strict CSV
(RFC 4180) does not allow is no guess of ours: the line is a record with a problem.
"""

import re
from collections import Counter, deque
from collections.abc import Iterator
from itertools import islice
from typing import IO, NamedTuple

# A record that is longer is none: a quote was not closed, or the file is no CSV.
LONGEST = 1_000_000
KEPT_OF_LONG = 1_000
EXCERPT = 40
SAMPLED_LINES = 500
# One record in so many must begin with a text of the same shape.
SHARE_OF_SHAPE = 10

FEWER = "fewer fields than headings"
MORE = "more fields than headings"
CUT = (
    "fewer fields than headings in a last line without a line end, so the file was cut "
    "within it; have the whole file sent again"
)
WITHIN = (
    "a quote within a field that is not quoted; quote the whole field and double the "
    "quote"
)
AFTER = "text behind the closing quote of a field; double the quotes within the field"
BACKSLASH = (
    'a quote after a backslash; have quotes written double ("") by the program that '
    "exports"
)
OPEN = (
    "a quote that opens a field and is not closed; close it, or double it within a "
    "quoted field"
)
SWALLOWS = (
    "a quote that opens a field which holds the lines below it; close it in its line, "
    "or double it within a quoted field"
)
LONG = f"a record longer than {LONGEST:,} characters; shorten it"
CONTROL = "a NUL or the control character 31; have the file exported again as text"
CONTROLS = re.compile("[\0\x1f]")
LINE_ENDS = "\r\n"


class Record(NamedTuple):
    """One record: the line it begins in (1 is the first of the file) and its fields.

    `problem` is why it cannot be used, in words and with an excerpt; `rest` is then
    text that is no field of the headings: fields beyond them, or the line as it is.
    """

    line_number: int
    n_lines: int
    fields: list[str]
    problem: str | None = None
    rest: str | None = None


class OddLineError(ValueError):
    """A line that is no strict CSV."""


class Records:
    """The records of a text that is open, and how many lines they and others take.

    `file` must keep line ends as they are written. The first record is the heading;
    `begin` says how many fields those behind it should have.
    """

    def __init__(self, file: IO[str], delimiter: str) -> None:
        self.file = file
        self.delimiter = delimiter
        self.n_fields: int | None = None
        self.shapes: frozenset[str] = frozenset()
        self.line_number = 0
        self.n_blank = 0
        self.n_continued = 0
        self.n_read = 0
        self.has_final_line_end = True
        self._again: deque[str] = deque()

    def begin(self, n_fields: int, shapes: frozenset[str]) -> None:
        """Expect so many fields from here on, and count from here on.

        `shapes` are those with which the lines of the file begin (`shapes_of`).
        """
        self.n_fields = n_fields
        self.shapes = shapes
        self.n_blank = 0
        self.n_continued = 0

    def __iter__(self) -> Iterator[Record]:
        while (line := self._take()) is not None:
            self.line_number += 1
            body = line.rstrip(LINE_ENDS)
            if not body:
                self.n_blank += 1
            elif len(line) > LONGEST:
                text = shown_nul(body[:KEPT_OF_LONG]) + " ..."
                yield Record(self.line_number, 1, [], LONG, text)
            elif '"' in body:
                yield self._of_quotes(line, body)
            else:
                fields = body.split(self.delimiter)
                if len(fields) == self.n_fields and not CONTROLS.search(body):
                    yield Record(self.line_number, 1, fields)
                else:
                    yield self._fitted(self.line_number, 1, fields, line)

    def _of_quotes(self, line: str, body: str) -> Record:
        """Return the record that begins in a line with quotes."""
        start = self.line_number
        try:
            lines, fields = self._quoted(line)
        except OddLineError as error:
            return Record(start, 1, [], str(error), shown_nul(body))
        self.line_number += len(lines) - 1
        self.n_continued += len(lines) - 1
        return self._fitted(start, len(lines), fields, lines[-1])

    def _take(self) -> str | None:
        """Return the next line with its end, None after the last."""
        if self._again:
            return self._again.popleft()
        line = self.file.readline(LONGEST + 1)
        if not line:
            return None
        self.n_read += 1
        if line[-1] not in LINE_ENDS:
            # the end of the file, or of what is kept of a line
            piece = line
            while piece and piece[-1] not in LINE_ENDS:
                piece = self.file.readline(LONGEST + 1)
            self.has_final_line_end = bool(piece)
            line += "\n" if piece else ""
        return line

    def _quoted(self, line: str) -> tuple[list[str], list[str]]:
        """Return lines and fields of a record that has quotes; its first is `line`."""
        lines = [line]
        try:
            fields = self._split(lines)
            if len(lines) > 1 and self._swallows(lines):
                raise OddLineError(f"{SWALLOWS}: {self._opening(line)}")
        except OddLineError:
            self._again.extendleft(reversed(lines[1:]))
            raise
        return lines, fields

    def _split(self, lines: list[str]) -> list[str]:
        """Return the fields of a record; lines that it goes on in join `lines`."""
        body = lines[0].rstrip(LINE_ENDS)
        fields: list[str] = []
        i = 0
        while True:
            if body.startswith('"', i):
                field, body, i = self._quoted_field(lines, body, i)
            else:
                end = body.find(self.delimiter, i)
                end = len(body) if end < 0 else end
                field = body[i:end]
                if '"' in field:
                    raise self._odd(lines, field, field.index('"'), WITHIN)
                i = end
            fields.append(field)
            if i >= len(body):
                return fields
            i += 1

    def _quoted_field(
        self, lines: list[str], body: str, start: int
    ) -> tuple[str, str, int]:
        """Return a quoted field, the line it ends in and the place behind it."""
        parts: list[str] = []
        n_characters = 0
        i = start + 1
        while True:
            quote = body.find('"', i)
            if quote < 0:
                parts += (body[i:], lines[-1][len(body) :])
                n_characters += len(lines[-1])
                line = self._take() if n_characters <= LONGEST else None
                if line is None:
                    raise OddLineError(f"{OPEN}: {self._opening(lines[0])}")
                lines.append(line)
                body, i = line.rstrip(LINE_ENDS), 0
                continue
            parts.append(body[i:quote])
            if body.startswith('"', quote + 1):
                parts.append('"')
                i = quote + 2
                continue
            behind = quote + 1
            if behind < len(body) and body[behind] != self.delimiter:
                end = body.find(self.delimiter, behind)
                field = body[start : end if end >= 0 else len(body)]
                raise self._odd(lines, field, quote - start, AFTER)
            return "".join(parts), body, behind

    def _odd(self, lines: list[str], field: str, quote: int, what: str) -> OddLineError:
        if len(lines) > 1:
            # what is odd lies in a later line, because of a quote in the first
            return OddLineError(f"{OPEN}: {self._opening(lines[0])}")
        is_escaped = quote > 0 and field[quote - 1] == "\\"
        return OddLineError(f"{BACKSLASH if is_escaped else what}: {excerpt(field)}")

    def _opening(self, line: str) -> str:
        """Return an excerpt of a line's last field, in which a quote stays open."""
        body = line.rstrip(LINE_ENDS)
        start, i = 0, 0
        while (quote := body.find('"', i)) >= 0:
            end = quote + 1
            while (end := body.find('"', end)) >= 0 and body.startswith('"', end + 1):
                end += 2
            if end < 0:
                start = quote
                break
            i = end + 1
        return excerpt(body[start:].split(self.delimiter)[0])

    def _swallows(self, lines: list[str]) -> bool:
        """Tell whether lines within a quoted field are records of the file.

        They are if they have as many delimiters as the heading and begin as the lines
        of the file do, most of them at least. Where no line shows how, all lines must
        have as many delimiters, the first too.
        """
        n = self.n_fields or 0
        like = [fits(line, self.delimiter, n) for line in lines]
        if not self.shapes:
            return n > 2 and all(like)
        fitting = [
            line
            for line, is_like in zip(lines[1:], like[1:], strict=True)
            if is_like
            and shape_of(line.split(self.delimiter, 1)[0].strip(' "')) in self.shapes
        ]
        return n > 1 and bool(fitting) and 2 * len(fitting) >= len(lines) - 1

    def _fitted(self, start: int, n_lines: int, fields: list[str], last: str) -> Record:
        """Return a record; empty fields beyond the headings are nothing."""
        n = self.n_fields
        if n is None:
            return Record(start, n_lines, fields)
        problem, rest = None, None
        beyond = fields[n:]
        if any(map(str.strip, beyond)):
            problem, rest = MORE, "\x1f".join(map(shown_nul, beyond))
        elif len(fields) < n:
            problem = FEWER if last[-1] in LINE_ENDS else CUT
        fields = fields[:n]
        if any(map(CONTROLS.search, fields)):
            problem, fields = CONTROL, list(map(shown_nul, fields))
        return Record(start, n_lines, fields, problem, rest)


def shown_nul(text: str) -> str:
    """Return a text without the characters that no table should hold."""
    return text.replace("\0", "\N{SYMBOL FOR NULL}").replace("\x1f", " ")


def excerpt(text: str) -> str:
    """Return the beginning of a text, on one line."""
    shown = "".join(c if c.isprintable() else " " for c in text[:EXCERPT])
    return shown + (" ..." if len(text) > EXCERPT else "")


def fits(line: str, delimiter: str, n_fields: int) -> bool:
    """Tell whether a line has so many fields, quotes disregarded, and empty ones."""
    beyond = line.count(delimiter) - (n_fields - 1)
    return not beyond or (
        beyond > 0 and line.rstrip(LINE_ENDS).endswith(delimiter * beyond)
    )


def shape_of(text: str) -> str:
    """Return how a text is written: A-9 for ABC-0001."""
    text = re.sub(r"\d+", "9", text.strip()[:EXCERPT])
    return re.sub(r"[^\W\d_]+", "A", text)


def shapes_of(lines: Records, n_fields: int) -> frozenset[str]:
    """Return the shapes with which the records of a file begin, but for exceptions.

    Only records of one line that have as many fields as the heading count, and as many
    of them as a first look shows. `lines` is the file behind its heading.
    """
    seen = Counter(
        shape_of(record.fields[0])
        for record in islice(lines, SAMPLED_LINES)
        if record.n_lines == 1 and len(record.fields) >= n_fields and record.fields[0]
    )
    least = seen.total() / SHARE_OF_SHAPE
    return frozenset(shape for shape, n in seen.items() if n >= least)
