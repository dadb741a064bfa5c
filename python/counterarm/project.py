"""The dbt project that a folder holds: a checkout, or one that `init` made.

A checkout has everything. A folder made by `counterarm init` has the rows that a user
adds to the seeds; the models, macros, seeds, expectations and tests of data come with
the package and are assembled, with those rows, in `.counterarm/`.
"""

import csv
import io
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from counterarm import __version__

ASSEMBLED = Path(".counterarm")
# What dbt, the gates and `assure` read of the project.
PARTS = ("models", "macros", "seeds", "expectations", "tests/dbt", "tests/patients")
# Seeds read where they are shipped, by `counterarm analyses`: dbt does not load them.
PRESETS = "presets"
SETTINGS = ("dbt_project.yml", "profiles.yml")
# Seeds to which a user adds rows from the start: not the template's own columns.
EDITED = ("protocol/*.csv", "mappings/[!r]*.csv")
STAMP = "version"
IGNORED = """\
# assembled by counterarm from the package and the rows in seeds/
/.counterarm/
/target/
/logs/
/.user.yml
# patients' data and everything derived from them
/demo/
/warehouse/
/reports/
/gates/
"""
README = """\
# A counterarm project

`seeds/` holds the rows that you add to those that come with counterarm {version}: the
protocol of your analyses (`seeds/protocol/`) and how the files of your sites are read
(`seeds/mappings/`). Every file has the columns of the file of the same name in
`.counterarm/seeds/`, where your rows stand first and the shipped rows follow.

    counterarm check          # what is in the way of the delivery
    counterarm map DIR        # draft the mapping of a site
    counterarm analyses add   # add an analysis
    counterarm assure FILE    # run example patients through its rules
    counterarm build          # build, publish and write the report

After an edit of `seeds/`, plain `dbt build` needs a `counterarm check` first, which
assembles `.counterarm/` anew; the commands above do so themselves. Commit this folder
to version control; `.gitignore` keeps patients' data out of it.
"""


class ProjectError(ValueError):
    """The folder holds no project, or one that cannot be assembled."""


@dataclass(frozen=True)
class Project:
    """The folders of a project.

    `seeds` are the seeds that dbt reads, `edited` those that a user edits: the same in
    a checkout.
    """

    folder: Path
    seeds: Path
    edited: Path
    expectations: Path


def shipped() -> Path:
    """Return the folder with the models and seeds that come with the package.

    In an installed package it lies beside this module, in a checkout it is the root.
    """
    inside = Path(__file__).with_name("shipped_project")
    return inside if inside.is_dir() else Path(__file__).parents[2]


def open_project(folder: Path = Path()) -> Project:
    """Return the project in a folder; one made by `init` is assembled first.

    Raises `ProjectError` where there is none, or a file of `seeds/` does not have the
    columns of the shipped one.
    """
    if is_assembled(folder):
        assemble(folder)
        root = folder / ASSEMBLED
        return Project(folder, root / "seeds", folder / "seeds", root / "expectations")
    if not is_project(folder):
        raise ProjectError(
            f"no counterarm project in {folder.resolve()} (it has no seeds/protocol): "
            "make one with `counterarm init DIR` and run this in DIR, or run it in a "
            "checkout"
        )
    return Project(folder, folder / "seeds", folder / "seeds", folder / "expectations")


def is_project(folder: Path) -> bool:
    """Tell whether a folder holds a project, a checkout or one made by `init`."""
    return (folder / "seeds").is_dir()


def is_assembled(folder: Path) -> bool:
    """Tell whether a folder was made by `init`."""
    return (folder / ASSEMBLED).is_dir()


def expectations_dir(folder: Path = Path()) -> Path:
    """Return the folder of the expectation suites of the project in `folder`."""
    assembled = folder / ASSEMBLED / "expectations"
    return assembled if assembled.is_dir() else folder / "expectations"


def init_project(folder: Path) -> list[Path]:
    """Make a project in a folder, new or without a project; return what was written.

    Raises `ProjectError` where the folder has a project or one of its files.
    """
    planned = dict(planned_files())
    taken = [name for name in planned if (folder / name).exists()]
    if taken:
        raise ProjectError(f"{folder} has {taken[0]} already; nothing was written")
    for name, text in planned.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (folder / ASSEMBLED).mkdir()
    assemble(folder)
    return [folder / name for name in planned]


def planned_files() -> Iterator[tuple[str, str]]:
    """Yield name and text of every file that `init` writes."""
    root = shipped()
    settings = (root / "dbt_project.yml").read_text(encoding="utf-8")
    for part in ("models", "seeds", "macros", "tests/dbt"):
        settings, n = re.subn(
            rf"^(\w+-paths: )\[{part}\]$",
            rf"\1[{ASSEMBLED}/{part}]",
            settings,
            flags=re.MULTILINE,
        )
        if n != 1:
            raise ProjectError(f"dbt_project.yml does not name {part} once")
    yield "dbt_project.yml", settings
    yield "profiles.yml", (root / "profiles.yml").read_text(encoding="utf-8")
    yield "README.md", README.format(version=__version__)
    yield ".gitignore", IGNORED
    for pattern in EDITED:
        for file in sorted((root / "seeds").glob(pattern)):
            heading = file.read_text(encoding="utf-8").partition("\n")[0]
            yield file.relative_to(root).as_posix(), f"{heading}\n"


def assemble(folder: Path) -> None:
    """Bring the shipped parts and the user's rows together in `.counterarm/`.

    Files that do not change are not written again, so that dbt need not read them
    again.
    """
    root = folder / ASSEMBLED
    stamp = root / STAMP
    version = f"{__version__} {shipped()}\n"
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != version:
        for part in PARTS:
            shutil.rmtree(root / part, ignore_errors=True)
            shutil.copytree(
                shipped() / part,
                root / part,
                ignore=shutil.ignore_patterns("__pycache__", PRESETS),
            )
        stamp.write_text(version, encoding="utf-8")
    merge_seeds(folder / "seeds", shipped() / "seeds", root / "seeds")


def merge_seeds(edited: Path, given: Path, merged: Path) -> None:
    """Write every seed with the user's rows before the shipped ones.

    The user's rows stand first, so that their line numbers are those of the user's
    file. A seed that is only the user's is copied.
    """
    kept = set()
    for file in sorted(given.rglob("*.csv")):
        name = file.relative_to(given)
        if name.parts[0] == PRESETS:
            continue
        kept.add(name)
        text = file.read_text(encoding="utf-8")
        if (edited / name).is_file():
            text = with_rows_of(edited / name, text)
        write_if_new(merged / name, text)
    for file in sorted(edited.rglob("*")):
        name = file.relative_to(edited)
        if file.is_file() and name not in kept and not (given / name).exists():
            kept.add(name)
            write_if_new(merged / name, file.read_text(encoding="utf-8"))
    for file in merged.rglob("*.csv"):
        if file.relative_to(merged) not in kept:
            file.unlink()


def with_rows_of(file: Path, given: str) -> str:
    """Return the text of a shipped seed, the rows of the user's file before its own.

    Rows are read though they end before the last columns, so that a file written
    before these came may be without them. Raises `ProjectError` where the columns
    differ otherwise.
    """
    # pandas, which the protocol reads rows with, is slow to import
    from counterarm.protocol.columns import OPTIONAL

    text = file.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    heading, _, rows = text.partition("\n")
    shipped_heading, _, shipped_rows = given.partition("\n")
    columns, wanted = (
        next(csv.reader(io.StringIO(line)), []) for line in (heading, shipped_heading)
    )
    optional = OPTIONAL.get(file.stem, [])
    least = len(wanted) - len(optional)
    if columns != wanted[: max(len(columns), least)]:
        raise ProjectError(
            f"{file}: line 1: the columns must be {','.join(wanted)}; found "
            f"{','.join(columns)}"
        )
    if rows and not rows.endswith("\n"):
        rows += "\n"
    return f"{shipped_heading}\n{rows}{shipped_rows}"


def write_if_new(file: Path, text: str) -> None:
    """Write a text file, unless it holds the text already."""
    if not file.is_file() or file.read_text(encoding="utf-8") != text:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
