"""The date formats of one file: the file's, and those of columns unlike it."""

from collections import Counter

from counterarm.intake.drafting.dates import ISO, Order, note_on
from counterarm.intake.drafting.look import Seen, SeenFile


class FileDates:
    """The date formats and notes in the draft of a file.

    `order` is that of another column, for columns of which it cannot be seen.
    """

    def __init__(self, file: SeenFile, order: Order | None) -> None:
        self.order = order
        self.is_sheet = file.is_sheet
        self.formats = {
            column.heading: self._format(column, file.is_sheet)
            for column in file.columns
            if column.kind == "date"
        }
        counts = Counter(self.formats.values())
        self.of_file = counts.most_common(1)[0][0] if counts else ""
        notes = [
            f"{column.heading}: {text}"
            for column in file.columns
            if column.kind == "date"
            for text in self.notes_of(column)
        ]
        self.notes = list(dict.fromkeys(notes))

    def of_column(self, seen: Seen) -> str:
        """Return the date_format of a column, empty where it is the file's."""
        own = self.formats.get(seen.heading, self.of_file)
        if own == self.of_file or (self.is_sheet and not own):
            return ""
        return own or ISO

    def notes_of(self, seen: Seen) -> list[str]:
        """Return what a person must know of a column's dates."""
        if seen.kind != "date":
            return []
        note = note_on(seen.dates, self.order)
        odd = f"no date in {seen.n_no_dates} of {seen.n_rows} rows"
        return [note] * bool(note) + [odd] * bool(seen.n_no_dates)

    def _format(self, seen: Seen, is_sheet: bool) -> str:
        """Return a column's format; ISO alone is empty, and no word in a sheet."""
        order = self.order.order if self.order else None
        written = seen.dates.written(order)
        if is_sheet:
            parts = [part for part in written.split("|") if part != ISO]
            written = "|".join(parts)
        return "" if written == ISO else written
