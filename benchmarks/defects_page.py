"""The table of planted defects in `docs/defects.md`: written, read and added to."""

import re
import textwrap
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from planting import DEFECTS

STATES = (
    "REFUSED",
    "STOPPED",
    "WARNED",
    "COUNTED",
    "COMPARED",
    "HARMLESS",
    "SILENT",
    "CRASHED",
    "NOT PLANTED",
)
MARKS = (
    "<!-- defects: made by benchmarks/defects.py -->",
    "<!-- defects: end -->",
)
LEFT_OUT = "Not yet planted:"
GROUPS = {one.name: one.group for one in DEFECTS}
Outcomes = dict[str, tuple[str, str]]


@dataclass(frozen=True)
class Table:
    """Numbers of defects by group and state, the gate built up to, and what is left.

    `left_out` has the names of the defects that are not counted.
    """

    gate: str
    counts: Counter[tuple[str, str]]
    left_out: frozenset[str]

    @classmethod
    def of(cls, found: Outcomes, gate: str) -> "Table":
        """Count the outcomes of a run: state and message of each defect."""
        counts = Counter((GROUPS[name], state) for name, (state, _) in found.items())
        return cls(gate, counts, frozenset(GROUPS) - set(found))

    @classmethod
    def read(cls, text: str) -> "Table":
        """Read a table as `page_text` returns it.

        Raises ValueError where its numbers are not those of the planted defects
        without the ones that it lists as left out.
        """
        gate = re.search(r"up to the gate `(\w+)`", text)
        lines = [
            [cell.strip() for cell in line.strip("|").split("|")]
            for line in text.splitlines()
            if line.startswith("|")
        ]
        if not gate or len(lines) < 2:
            raise ValueError("the page has no table of planted defects")
        states = [state.upper() for state in lines[0][2:]]
        counts = Counter(
            {
                (group, state): int(number)
                for group, _, *numbers in lines[2:]
                if group != "all"
                for state, number in zip(states, numbers, strict=True)
            }
        )
        left_out = frozenset(re.findall(r"`(\w+)`", text.partition(LEFT_OUT)[2]))
        table = cls(gate[1], counts, left_out)
        planted = Counter(of for name, of in GROUPS.items() if name not in left_out)
        if Counter(table.planted()) != planted:
            raise ValueError(
                "the page's table does not count each defect that it does not leave "
                "out: plant all defects again"
            )
        return table

    def planted(self) -> dict[str, int]:
        """Return the number of defects counted in each group, in order of planting."""
        return {
            group: sum(n for (of, _), n in self.counts.items() if of == group)
            for group in dict.fromkeys(GROUPS.values())
            if any(n for (of, _), n in self.counts.items() if of == group)
        }

    def with_those_of(self, found: Outcomes, gate: str) -> "Table":
        """Return the table with a further run of defects that it leaves out.

        Raises ValueError where the run has another gate, or has a defect that the
        table counts already: its old outcome is not known one by one.
        """
        if gate != self.gate:
            raise ValueError(f"the page's gate is {self.gate}, that of this run {gate}")
        again = sorted(set(found) - self.left_out)
        if again:
            raise ValueError(
                f"already in the page's table: {', '.join(again)}; only a run of all "
                "defects replaces its numbers"
            )
        counts = self.counts + Table.of(found, gate).counts
        return Table(gate, counts, self.left_out - set(found))

    def text(self) -> str:
        """Return the table in Markdown, without the names of what is left out."""
        shown = [
            state
            for state in STATES
            if any(n for (_, of), n in self.counts.items() if of == state)
        ]
        planted = self.planted()
        lines = [
            f"{sum(planted.values())} of {len(DEFECTS)} planted, built up to the gate "
            f"`{self.gate}`:",
            "",
            f"| group | planted | {' | '.join(shown).lower()} |",
            f"| --- | ---: |{' ---: |' * len(shown)}",
        ]
        for group, n in planted.items():
            row = [self.counts[group, state] for state in shown]
            lines.append(table_line(group, n, row))
        every = [sum(self.counts[group, state] for group in planted) for state in shown]
        lines.append(table_line("all", sum(planted.values()), every))
        return "\n".join(lines)

    def page_text(self) -> str:
        """Return the table in Markdown, with the names of what is left out."""
        if not self.left_out:
            return self.text()
        names = ", ".join(f"`{name}`" for name in GROUPS if name in self.left_out)
        return f"{self.text()}\n\n{textwrap.fill(f'{LEFT_OUT} {names}.', 100)}"


def table_line(group: str, planted: int, numbers: Iterable[int]) -> str:
    """Return a line of the table."""
    return f"| {group} | {planted} | {' | '.join(map(str, numbers))} |"


def write_into(page: Path, found: Outcomes, gate: str) -> None:
    """Put the outcomes into a page, between its two marks.

    A run of all defects replaces the table, one of some is added to it; see
    `Table.with_those_of` for what is refused.
    """
    before, rest = page.read_text(encoding="utf-8").split(MARKS[0])
    old, after = rest.split(MARKS[1])
    table = Table.of(found, gate)
    if table.left_out:
        table = Table.read(old).with_those_of(found, gate)
    text = f"{before}{MARKS[0]}\n\n{table.page_text()}\n\n{MARKS[1]}{after}"
    page.write_text(text, encoding="utf-8")
