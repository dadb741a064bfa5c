"""A copy of a delivery that can be damaged, and the list of what damages it."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

# The synthetic delivery that the defects are planted in, and some of its subjects: two
# who were treated, the first of whom died, and two controls.
SUBJECTS, SEED = 400, 5
TREATED, OTHER_TREATED = "HYU-0001", "HYU-0002"
CONTROL, OTHER_CONTROL = "16415", "161280"


class Defect(NamedTuple):
    """A defect: its name, its group, and what plants it in a delivery."""

    name: str
    group: str
    plant: Callable[["Delivery"], None]


DEFECTS: list[Defect] = []


def defect(group: str) -> Callable[[Callable], Callable]:
    """Put a function that plants a defect on the list."""

    def add(plant: Callable) -> Callable:
        DEFECTS.append(Defect(plant.__name__, group, plant))
        return plant

    return add


def of(subject: str) -> Callable[[dict], bool]:
    """Return the condition that a row is of a subject."""
    return lambda row: row["subject_id"] == subject


class Delivery:
    """Files of a delivery: PRO-ACT's by table, a site's as `site/table`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, table: str) -> Path:
        """Return the file of a table."""
        if "/" in table:
            return self.root / "sites" / f"{table}.csv"
        return self.root / "proact" / f"PROACT_{table.upper()}.csv"

    def rows(self, table: str) -> list[list[str]]:
        """Return all rows of a table, its heading first."""
        return list(csv.reader(self.path(table).read_text().splitlines()))

    def edit_rows(self, table: str, change: Callable) -> None:
        """Change the rows; `change` is also given the place of each heading."""
        rows = self.rows(table)
        places = {heading.lower(): place for place, heading in enumerate(rows[0])}
        changed = change(rows, places)
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(changed or rows)
        self.path(table).write_text(text.getvalue())

    def edit_bytes(self, table: str, change: Callable[[bytes], bytes]) -> None:
        """Change the bytes of a file."""
        path = self.path(table)
        path.write_bytes(change(path.read_bytes()))

    def set_value(
        self, table: str, where: Callable, column: str, value: object, nth: object = 0
    ) -> None:
        """Set a column of the nth row that `where` holds for, or of all for None."""

        def change(rows: list, places: dict) -> None:
            found = [
                row
                for row in rows[1:]
                if where({name: row[place] for name, place in places.items()})
            ]
            assert found, "no row"
            place = places[column]
            for row in found if nth is None else found[nth : nth + 1]:
                row[place] = value(row[place]) if callable(value) else value

        self.edit_rows(table, change)

    def add_row(self, table: str, **values: str) -> None:
        """Add a row with some columns filled."""

        def change(rows: list, places: dict) -> None:
            row = [""] * len(rows[0])
            for column, value in values.items():
                row[places[column]] = value
            rows.append(row)

        self.edit_rows(table, change)
