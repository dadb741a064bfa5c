"""The protocol as it holds for each analysis, its own rows or those of its base."""

from collections.abc import Iterable

import pandas as pd

from counterarm.protocol.columns import COLUMNS, OPTIONAL
from counterarm.protocol.problem import Problem, is_empty, numbered

Rows = list[tuple[int, dict]]


class Resolved:
    """The rows of every seed with their lines, and which of them make no sense alone.

    A rule about several rows is not applied where a row that it reads is broken: its
    own problem says more, and would be reported twice.
    """

    def __init__(
        self, seeds: dict[str, pd.DataFrame], problems: Iterable[Problem] = ()
    ) -> None:
        self.seeds = {
            name: seeds.get(name, pd.DataFrame(columns=columns, dtype=object))
            for name, columns in COLUMNS.items()
        } | {name: with_optional(name, rows) for name, rows in seeds.items()}
        self.all: dict[str, Rows] = {
            name: list(numbered(rows)) for name, rows in self.seeds.items()
        }
        self.broken = {(problem.seed, problem.line) for problem in problems}
        self.of: dict[str, dict[object, Rows]] = {}
        for name, rows in self.all.items():
            own = self.of[name] = {}
            for line, row in rows:
                own.setdefault(row.get("analysis_id"), []).append((line, row))
        self.based_on = {
            row["analysis_id"]: row["based_on"]
            for _, row in self.all["analyses"]
            if not is_empty(row["analysis_id"])
        }

    @property
    def main(self) -> list[str]:
        """Return the analyses that are based on none."""
        return [name for name, base in self.based_on.items() if base is None]

    def source(self, seed: str, analysis: object) -> object:
        """Return whose rows of a seed hold for an analysis: its own or its base's."""
        return analysis if analysis in self.of[seed] else self.based_on.get(analysis)

    def rows(self, seed: str, analysis: object) -> Rows:
        """Return the rows of a seed that hold for an analysis, with their lines."""
        return self.of[seed].get(self.source(seed, analysis), [])

    def own(self, seed: str) -> list[object]:
        """Return the analyses that have rows of a seed themselves."""
        return [name for name in self.based_on if name in self.of[seed]]

    def values(self, seed: str, analysis: object, column: str) -> set:
        """Return the values of a column in the rows that hold for an analysis."""
        return {row[column] for _, row in self.rows(seed, analysis)}

    def is_sound(self, analysis: object, *seeds: str) -> bool:
        """Tell whether no row that holds for an analysis in these seeds is broken."""
        return not any(
            (seed, line) in self.broken
            for seed in seeds
            for line, _ in self.rows(seed, analysis)
        )


def with_optional(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a seed with those of its optional columns that it lacks."""
    lacks = [each for each in OPTIONAL.get(name, []) if each not in rows]
    return rows.assign(**dict.fromkeys(lacks)) if lacks else rows
