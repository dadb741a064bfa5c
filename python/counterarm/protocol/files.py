"""The protocol seeds as files: read, resolve, compare and copy an analysis in them."""

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

# Seeds of the folder that hold no rows of an analysis.
NOT_BY_ANALYSIS = {"analyses", "variables"}
NAME = re.compile(r"[a-z][a-z0-9_]*")


class ProtocolFileError(ValueError):
    """An analysis cannot be found or made in the protocol's files."""


@dataclass(frozen=True)
class ProtocolFiles:
    """The rows of every protocol seed, as text: seed -> list of column -> value."""

    folder: Path
    seeds: dict[str, list[dict[str, str]]]

    @property
    def analyses(self) -> dict[str, dict[str, str]]:
        """Return the row of each analysis."""
        return {row["analysis_id"]: row for row in self.seeds["analyses"]}

    def analysis(self, analysis_id: str) -> dict[str, str]:
        """Return the row of one; `ProtocolFileError` lists those there are."""
        if analysis_id not in self.analyses:
            raise ProtocolFileError(
                f"no analysis {analysis_id!r} in {self.folder / 'analyses.csv'}; "
                f"it has {', '.join(sorted(self.analyses))}"
            )
        return self.analyses[analysis_id]

    def own(self, seed: str, analysis_id: str) -> list[dict[str, str]]:
        """Return the rows that a seed holds under the analysis itself."""
        return [row for row in self.seeds[seed] if row["analysis_id"] == analysis_id]

    def resolved(self, seed: str, analysis_id: str) -> list[dict[str, str]]:
        """Return the rows that hold: its own, or where it has none its base's.

        This is the rule of the macro `resolved_protocol`.
        """
        own = self.own(seed, analysis_id)
        return own or self.own(seed, self.analysis(analysis_id)["based_on"])


def read_protocol_files(folder: Path) -> ProtocolFiles:
    """Read the seeds of `folder`; `ProtocolFileError` where there are none."""
    if not (folder / "analyses.csv").is_file():
        raise ProtocolFileError(
            f"no analyses.csv in {folder}: run this in the folder of dbt_project.yml"
        )
    seeds = {}
    for file in sorted(folder.glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        if file.stem == "analyses" or (
            file.stem not in NOT_BY_ANALYSIS and rows and "analysis_id" in rows[0]
        ):
            seeds[file.stem] = rows
    return ProtocolFiles(folder, seeds)


def differences(files: ProtocolFiles, first: str, second: str) -> list[dict[str, str]]:
    """Return what holds in one of two analyses only: seed, analysis_id and the row.

    Rows are compared without the analysis's name, so that an inherited row equals the
    same row written out.
    """
    found = []
    for seed in files.seeds:
        if seed == "analyses":
            continue
        sides = {
            name: [without_name(row) for row in files.resolved(seed, name)]
            for name in (first, second)
        }
        for name, other in ((first, second), (second, first)):
            found += [
                {"seed": seed, "only in": name, "row": row_text(row)}
                for row in sides[name]
                if row not in sides[other]
            ]
    return found


def add_analysis(
    files: ProtocolFiles,
    new: str,
    source: str,
    *,
    label: str,
    why: str,
    to_edit: tuple[str, ...] = (),
    site: str | None = None,
    folder: Path | None = None,
) -> list[tuple[str, int, int]]:
    """Write a new analysis into the seeds: one that is at first the same as `source`.

    `folder` has the seeds that are written, by default those that were read.

    It is based on `source`, or on what that is based on. Rows that `source` has of its
    own, and all rows that hold for it in the seeds `to_edit`, are copied under the new
    name, to be edited. With `site` it is a main analysis, based on none: all rows that
    hold for `source` are copied, and its treated are those of `site`, a folder's name
    in any case. Returns seed, first and last line of what was written. Lines that
    stood before are left as they are, byte by byte.

    Raises `ProtocolFileError` for a name that is taken or no name, or for a seed that
    has no row to copy; nothing is then written.
    """
    if not NAME.fullmatch(new):
        raise ProtocolFileError(
            f"{new!r} is no name of an analysis: small letters, digits and _, "
            "a letter first"
        )
    if new in files.analyses:
        raise ProtocolFileError(f"there is an analysis {new!r} already")
    base = files.analysis(source)["based_on"]
    unknown = set(to_edit) - set(files.seeds)
    if unknown:
        raise ProtocolFileError(
            f"no seed {sorted(unknown)[0]!r} with rows of analyses; "
            f"there are {', '.join(sorted(set(files.seeds) - {'analyses'}))}"
        )
    rows = {
        "analyses": [
            {
                "analysis_id": new,
                "based_on": "" if site else base or source,
                "label": label,
                "why": why,
            }
        ]
    }
    for seed in files.seeds:
        if seed == "analyses":
            continue
        held = files.resolved(seed, source) if site or seed in to_edit else []
        if base:
            held = held or files.own(seed, source)
        if seed in to_edit and not held:
            raise ProtocolFileError(f"{seed}.csv holds no row for {source} to copy")
        if held:
            rows[seed] = [row | {"analysis_id": new} for row in held]
    if site:
        treated = [row for row in rows.get("arms", []) if row["arm"] == "treated"]
        if not treated:
            raise ProtocolFileError(f"arms.csv holds no treated arm of {source}")
        for row in treated:
            row["studyid"] = site.upper()
    return [
        (seed, *insert((folder or files.folder) / f"{seed}.csv", rows[seed]))
        for seed in rows
    ]


def insert(file: Path, rows: list[dict[str, str]]) -> tuple[int, int]:
    """Put rows of one analysis before the first line of a later one.

    Returns the numbers of the first and last line that were written.
    """
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    headings = next(csv.reader(lines[:1]))
    written = io.StringIO()
    writer = csv.DictWriter(written, headings, restval="", lineterminator="\n")
    writer.writerows(rows)
    new = written.getvalue().splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    name = rows[0]["analysis_id"]
    at = next(
        (
            number
            for number, line in enumerate(lines[1:], start=1)
            if line.split(",", 1)[0].strip() > name
        ),
        len(lines),
    )
    file.write_text("".join([*lines[:at], *new, *lines[at:]]), encoding="utf-8")
    return at + 1, at + len(new)


def without_name(row: dict[str, str]) -> dict[str, str]:
    """Return a row without its analysis."""
    return {column: value for column, value in row.items() if column != "analysis_id"}


def row_text(row: dict[str, str]) -> str:
    """Write the filled columns of a row."""
    return ", ".join(f"{column}={value}" for column, value in row.items() if value)
