"""The protocol seeds as files: read, resolve, compare and copy an analysis in them."""

import csv
import io
import re
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

from counterarm.protocol.choices import NOT_INHERITED
from counterarm.protocol.columns import COLUMNS
from counterarm.protocol.presets import Preset, preset_rows
from counterarm.protocol.scaffold import follow_up_rows, scaffold_rows
from counterarm.protocol.specifications import AXES_SEED, axes_of_copy

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
        """Return the row of one; `ProtocolFileError` lists the names that exist."""
        if analysis_id not in self.analyses:
            raise ProtocolFileError(
                f"no analysis {analysis_id!r} in {self.folder / 'analyses.csv'}; "
                f"it has {', '.join(sorted(self.analyses))}"
            )
        return self.analyses[analysis_id]

    def rows_of(self, seed: str, analysis_id: str) -> list[dict[str, str]]:
        """Return the rows of a seed with this analysis in `analysis_id`."""
        return [row for row in self.seeds[seed] if row["analysis_id"] == analysis_id]

    def resolved(self, seed: str, analysis_id: str) -> list[dict[str, str]]:
        """Return the rows that apply: of the analysis, or if it has none of its base.

        This is the rule of the macro `resolved_protocol`.
        """
        rows = self.rows_of(seed, analysis_id)
        return rows or self.rows_of(seed, self.analysis(analysis_id)["based_on"])


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
    """Return the rows that apply to only one of two analyses: seed, analysis and row.

    Rows are compared without the name of the analysis, so that an inherited row equals
    the same row written out.
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


NULLS_SEED = "placebo_nulls"


def add_analysis(
    files: ProtocolFiles,
    new: str,
    source: str | None,
    *,
    label: str,
    why: str,
    to_edit: tuple[str, ...] = (),
    site: str | None = None,
    preset: Preset | None = None,
    control: str = "",
    folder: Path | None = None,
) -> list[tuple[str, int, int]]:
    """Write a new analysis into the seeds.

    Without `site`, a sensitivity analysis that at first equals `source`: it is based on
    `source`, or on the analysis that `source` is based on. Rows that only `source` has,
    and every row that applies to it in the seeds `to_edit`, are copied under the new
    name, to be edited.

    With `site`, the name of a folder in any case, a main analysis, based on none, whose
    treated are the patients of that site. It has every row that applies to `source`,
    or, where `source` is None, the rows of `scaffold_rows`, and in the seeds of a
    `preset` those of `preset_rows`; beside it come the analyses of `follow_up_rows`,
    based on it.

    The files are written in `folder`, by default where they were read. Lines that were
    there before stay as they are, byte by byte. Returns seed, first and last line of
    what was written.

    Raises `ProtocolFileError`, and writes nothing, for a name that is taken or not a
    valid name, or for a seed without a row to copy.
    """
    if not NAME.fullmatch(new):
        raise ProtocolFileError(
            f"{new!r} is not a valid name of an analysis: use lower-case letters, "
            "digits and _, and begin with a letter"
        )
    if new in files.analyses:
        raise ProtocolFileError(f"an analysis {new!r} already exists")
    if source is None and not site:
        raise ProtocolFileError("name the analysis to start from, or a site")
    base = files.analysis(source)["based_on"] if source else ""
    unknown = set(to_edit) - set(files.seeds)
    if unknown:
        raise ProtocolFileError(
            f"no seed {sorted(unknown)[0]!r} with rows of analyses; "
            f"there are {', '.join(sorted(set(files.seeds) - {'analyses'}))}"
        )
    if site is None:
        rows = sensitivity_rows(files, source, base, to_edit)
    elif source is None:
        rows = with_columns(scaffold_rows(new, site.upper()))
        if preset is not None:
            rows |= preset_rows(preset, site.upper(), control.upper())
    else:
        rows = rows_of_another_site(files, source, site.upper())
    beside = follow_up_rows(new, label) if site else {}
    added = {row["analysis_id"] for row in beside.get("analyses", [])}
    if added & set(files.analyses):
        taken = min(added & set(files.analyses))
        raise ProtocolFileError(f"an analysis {taken!r} already exists")
    if AXES_SEED in rows:
        rows[AXES_SEED] = axes_of_copy(rows[AXES_SEED], new, added)
    if source and NULLS_SEED in rows:
        rows[NULLS_SEED] = nulls_of_copy(rows[NULLS_SEED], base or source, new, added)
    first = {"based_on": "" if site else base or source, "label": label, "why": why}
    named = {
        seed: [row | {"analysis_id": new} for row in of_seed]
        for seed, of_seed in ({"analyses": [first]} | rows).items()
    }
    for seed, of_seed in beside.items():
        named.setdefault(seed, []).extend(of_seed)
    return [
        (seed, *insert((folder or files.folder) / f"{seed}.csv", of_seed))
        for seed, of_seed in named.items()
    ]


def sensitivity_rows(
    files: ProtocolFiles, source: str, base: str, to_edit: tuple[str, ...]
) -> dict[str, list[dict[str, str]]]:
    """Return the rows of `source` that a sensitivity analysis starts from, by seed."""
    rows = {}
    for seed in files.seeds:
        if seed == "analyses":
            continue
        applying = files.resolved(seed, source) if seed in to_edit else []
        if seed in to_edit and not applying:
            raise ProtocolFileError(f"{seed}.csv holds no row for {source} to copy")
        # a base has all its rows applied to the new analysis anyway
        applying = applying or (files.rows_of(seed, source) if base else [])
        if applying:
            rows[seed] = applying
    return rows


def rows_of_another_site(
    files: ProtocolFiles, source: str, site: str
) -> dict[str, list[dict[str, str]]]:
    """Return every row that applies to `source`, with the treated of `site`.

    Rows of `NOT_INHERITED` apply to the analysis that they name alone.
    """
    rows = {
        seed: files.rows_of(seed, source)
        if seed in NOT_INHERITED
        else files.resolved(seed, source)
        for seed in files.seeds
        if seed != "analyses"
    }
    if not any(row["arm"] == "treated" for row in rows.get("arms", [])):
        raise ProtocolFileError(f"arms.csv holds no treated arm of {source}")
    rows["arms"] = [
        row | {"studyid": site} if row["arm"] == "treated" else row
        for row in rows["arms"]
    ]
    return {seed: of_seed for seed, of_seed in rows.items() if of_seed}


def nulls_of_copy(
    rows: list[dict[str, str]], source: str, new: str, added: Container[str]
) -> list[dict[str, str]]:
    """Return nulls whose reference is of the copy where it has such an analysis.

    `source_RULE` becomes `new_RULE` if that is among `added`.
    """
    copied = []
    for row in rows:
        rule = row["reference_analysis"].removeprefix(f"{source}_")
        reference = f"{new}_{rule}"
        copied.append(
            row | {"reference_analysis": reference} if reference in added else row
        )
    return copied


def with_columns(rows: dict[str, list[list[str]]]) -> dict[str, list[dict[str, str]]]:
    """Return rows of values, in the order of `COLUMNS`, as rows by column."""
    return {
        seed: [dict(zip(COLUMNS[seed][1:], values, strict=True)) for values in of_seed]
        for seed, of_seed in rows.items()
    }


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
