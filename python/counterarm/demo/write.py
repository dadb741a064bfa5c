"""Write a made-up delivery to a folder."""

import json
import math
import textwrap
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from counterarm.demo import layout
from counterarm.demo.ascertainment import Ascertainment
from counterarm.demo.background import NEUROFILAMENT
from counterarm.demo.patients import DECLINE, HAZARD, PROACT
from counterarm.demo.proact import BLOCK, LARGE_PRIME, TRIALS_OWN, blocks
from counterarm.demo.quirks import Rows, n_rows
from counterarm.demo.registry import FEWEST, HEADINGS, REGISTRY, registry_tables
from counterarm.demo.registry import PLAN as REGISTRY_PLAN
from counterarm.demo.site_measurements import HEADINGS as MEASUREMENT_HEADINGS
from counterarm.demo.site_plans import SITE_PLANS
from counterarm.demo.sites import site_tables
from counterarm.demo.strength import POWER, WOMEN
from counterarm.intake.locate import SYNTHETIC_MARKER as MARKER

TRUTH = "truth.json"
README = "README.md"
# proact.md 2 #24: files that end in a line like "(7108 row(s) affected)"
FOOTED = ("RILUZOLE", "DEATHDATA")
FEWEST_SUBJECTS = 100

NOTICE = """# A made-up delivery

Nobody real is in these files: every row was drawn by `counterarm demo` from the numbers
in `truth.json`, in the layout of PRO-ACT ({release} release) and of two site exports.
PRO-ACT tables:
{tables}.
The quirks of the raw exports are wanted. Do not mix these files with real ones.
"""


@dataclass(frozen=True)
class Demo:
    """What was written: folder, settings, and rows per file by path in the folder."""

    directory: Path
    subjects: int
    seed: int
    release: str
    hazard_ratio: float
    slope_ratio: float
    rows: dict[str, int] = field(default_factory=dict)
    ascertainment: Ascertainment = TRIALS_OWN
    without: tuple[str, ...] = ()
    registry: int = 0
    site_measurements: bool = False

    @property
    def paths(self) -> list[Path]:
        """Paths of the CSV files, in the order in which they were written."""
        return [self.directory / name for name in self.rows]

    @property
    def proact_directory(self) -> Path:
        """Folder of the PRO-ACT files."""
        return self.directory / "proact"

    @property
    def sites_directory(self) -> Path:
        """Folder that holds one folder per site."""
        return self.directory / "sites"

    @property
    def tables(self) -> tuple[str, ...]:
        """PRO-ACT tables that are written."""
        shipped = layout.tables(self.release)
        return tuple(table for table in shipped if table not in self.without)


def write_demo(
    directory: Path | str,
    *,
    subjects: int = 11_675,
    seed: int = 1,
    release: str = "2016",
    hazard_ratio: float = 0.7,
    slope_ratio: float = 1.0,
    ascertainment: Ascertainment = TRIALS_OWN,
    without: Collection[str] = (),
    registry: int = 0,
    site_measurements: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
) -> Demo:
    """Write a made-up PRO-ACT release and two made-up site exports to `directory`.

    `hazard_ratio` is the true conditional effect of treatment on the hazard of death at
    the sites, `slope_ratio` the true factor on the monthly loss of ALSFRS-R points
    after the first dose. `ascertainment` changes whose deaths and survival are known
    and nothing else; `without` names PRO-ACT tables that are not written, the other
    files stay what they are. `registry` is the number of patients of a third site, a
    registry without doses; 0: there is none, and the other files are the same either
    way. The same subjects and seed give a table the same cells in every release that
    has it, and the same bytes in every run. `on_progress` is called with how many
    tables of blocks of subjects are written, and of how many. `site_measurements` adds
    a measurements.csv to each of the two sites, and changes no other file.

    Raises ValueError for settings that make no delivery, and FileExistsError for a
    folder that holds something else than a former demo.
    """
    directory = Path(directory)
    demo = Demo(
        directory,
        subjects,
        seed,
        release,
        hazard_ratio,
        slope_ratio,
        ascertainment=ascertainment,
        without=tuple(table.upper() for table in without),
        registry=registry,
        site_measurements=site_measurements,
    )
    _check(demo)
    _clear(demo)
    tables = textwrap.fill(", ".join(demo.tables), 88)
    notice = NOTICE.format(release=release, tables=tables)
    (directory / README).write_text(notice, encoding="utf-8")
    (directory / TRUTH).unlink(missing_ok=True)
    _write_proact(demo, on_progress or (lambda done, of: None))
    _write_sites(demo)
    if demo.registry:
        _write_site(demo, REGISTRY, registry_tables(demo.registry, seed), HEADINGS)
    # last of all files: where it is, the demo is whole
    truth = json.dumps(true_parameters(demo), indent=2) + "\n"
    (directory / TRUTH).write_text(truth, encoding="utf-8")
    return demo


def true_parameters(demo: Demo) -> dict[str, object]:
    """Collect what the delivery was made from, for truth.json."""
    plans = SITE_PLANS | ({REGISTRY: REGISTRY_PLAN} if demo.registry else {})
    truth = {
        "made_up": True,
        "seed": demo.seed,
        "subjects": demo.subjects,
        "release": demo.release,
        "hazard_ratio": demo.hazard_ratio,
        "slope_ratio": demo.slope_ratio,
        "estimand": (
            "hazard_ratio: conditional on age, onset, latent ALSFRS-R, log slope and "
            "riluzole, from the first dose; slope_ratio: points per month after it"
        ),
        "hazard": {
            "form": "S(t) = exp(-(t / scale_days)^shape * exp(lp)), t days from entry "
            "or first dose; lp = age * (age - 56) + bulbar * [bulbar onset] + score * "
            "(latent ALSFRS-R - 38.5) + log_slope * log(points per month) + riluzole",
            **asdict(HAZARD),
        },
        "decline": asdict(DECLINE),
        "populations": {
            "proact": asdict(PROACT),
            **{site: asdict(plan.population) for site, plan in plans.items()},
        },
        "proact_tables": {
            table: layout.file_name(table, demo.release) for table in demo.tables
        },
        "strength": (
            "HANDGRIPSTRENGTH, MUSCLESTRENGTH: pounds fall with the share of points "
            "that the items of the hand, arm or leg have left, to the power "
            f"{POWER}; women have {WOMEN} of the strength of men"
        ),
        "labs": (
            "LABS: four styles of laboratory by trial; creatinine and CK fall with "
            "the points lost, nothing else in LABS follows the disease"
        ),
        "neurofilament": asdict(NEUROFILAMENT),
        "proact_arms": "Active and Placebo have the same hazard and decline",
        "proact_deaths": (
            "trials ascertained deaths for 5 to 14 months after their last visits, and "
            "some wrote down only deaths: censoring at the last assessment is not "
            "independent of death and makes controls look worse than they are"
        ),
    }
    if not demo.ascertainment.is_default:
        truth["ascertainment"] = demo.ascertainment.truth()
    if demo.ascertainment.is_complete:
        del truth["proact_deaths"]
    if demo.registry:
        truth["registry_subjects"] = demo.registry
    return truth


def source_folders(directory: Path, *, has_registry: bool) -> list[Path]:
    """Return the folders of the demo's PRO-ACT, sites and registry, if it has one."""
    sites = [*layout.SITES, *([REGISTRY] if has_registry else [])]
    return [directory / "proact", *(directory / "sites" / site for site in sites)]


def is_whole_demo(directory: Path) -> bool:
    """Return whether a demo was written there to its end, its folders marked."""
    has_registry = (directory / "sites" / REGISTRY).is_dir()
    folders = source_folders(directory, has_registry=has_registry)
    marked = all((folder / MARKER).is_file() for folder in folders)
    return marked and (directory / TRUTH).is_file()


def _check(demo: Demo) -> None:
    if demo.release not in layout.RELEASES:
        known = ", ".join(layout.RELEASES)
        raise ValueError(f"unknown release {demo.release!r}; known are {known}")
    if not FEWEST_SUBJECTS <= demo.subjects <= LARGE_PRIME:
        raise ValueError(
            f"subjects must be {FEWEST_SUBJECTS} to {LARGE_PRIME}, not {demo.subjects}"
        )
    if demo.registry and not FEWEST <= demo.registry <= LARGE_PRIME:
        raise ValueError(
            f"a registry has {FEWEST} to {LARGE_PRIME} patients, or 0 for none, not "
            f"{demo.registry}"
        )
    if demo.seed < 0:
        raise ValueError(f"seed must not be negative, it is {demo.seed}")
    shipped = layout.tables(demo.release)
    optional = [table for table in shipped if table not in layout.REQUIRED_TABLES]
    for table in demo.without:
        if table in layout.REQUIRED_TABLES:
            raise ValueError(f"a delivery without {table} cannot be built")
        if table not in optional:
            raise ValueError(
                f"the {demo.release} release has no table {table}; those that can be "
                f"left out are {', '.join(optional)}"
            )
    for name in ("hazard_ratio", "slope_ratio"):
        value = getattr(demo, name)
        if not 0 < value < float("inf"):
            raise ValueError(f"{name} must be above 0 and finite, it is {value}")


def _clear(demo: Demo) -> None:
    """Make room: an empty folder, or a former demo whose files are taken away."""
    directory = demo.directory
    if directory.exists() and not directory.is_dir():
        raise FileExistsError(f"{directory} is a file; name a folder for the demo")
    if directory.is_dir() and any(directory.iterdir()):
        if not (directory / MARKER).is_file():
            raise FileExistsError(
                f"{directory} is not empty and is no former demo (it has no {MARKER} "
                "file); name an empty or new folder"
            )
        for release in layout.RELEASES:
            for table in layout.tables(release):
                name = layout.file_name(table, release)
                (directory / "proact" / name).unlink(missing_ok=True)
        for name in (*(f"{table}.csv" for table in HEADINGS), MARKER):
            (directory / "sites" / REGISTRY / name).unlink(missing_ok=True)
        if not demo.registry and (directory / "sites" / REGISTRY).is_dir():
            (directory / "sites" / REGISTRY).rmdir()
        for site in layout.SITES:
            (directory / "sites" / site / "measurements.csv").unlink(missing_ok=True)
    # first of all files, so that an interrupted demo can be written over; in each
    # source's folder, so that it is known as synthetic wherever the folder is copied
    marker = (
        "Every row in this folder is synthetic, drawn by `counterarm demo`: no patient "
        "is in it.\nA delivery counts as synthetic if all its folders have this file.\n"
    )
    folders = source_folders(directory, has_registry=demo.registry > 0)
    for folder in (directory, *folders):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MARKER).write_text(marker, encoding="utf-8")


def _write_proact(demo: Demo, on_progress: Callable[[int, int], None]) -> None:
    shipped = demo.tables
    n_parts = len(shipped) * math.ceil(demo.subjects / BLOCK)
    count = dict.fromkeys(shipped, 0)
    names = {t: f"proact/{layout.file_name(t, demo.release)}" for t in shipped}
    with ExitStack() as stack:
        files: dict[str, BinaryIO] = {}
        for table, name in names.items():
            files[table] = stack.enter_context((demo.directory / name).open("wb"))
            headings = ",".join(layout.heading(table, demo.release))
            files[table].write(layout.prefix(demo.release) + headings.encode() + b"\n")
        parts = blocks(
            demo.subjects,
            demo.seed,
            tables=shipped,
            ascertainment=demo.ascertainment,
        )
        for part, (table, rows) in enumerate(parts, start=1):
            files[table].write(csv_lines(rows, layout.HEADINGS[table]))
            count[table] += n_rows(rows)
            on_progress(part, n_parts)
        for table in FOOTED:
            empty = "," * (len(layout.HEADINGS[table]) - 1)
            files[table].write(f"({count[table]} row(s) affected){empty}\n".encode())
    demo.rows.update({names[table]: count[table] for table in shipped})


def _write_sites(demo: Demo) -> None:
    for site in layout.SITES:
        tables = site_tables(
            site,
            demo.seed,
            hazard_ratio=demo.hazard_ratio,
            slope_ratio=demo.slope_ratio,
            is_complete=demo.ascertainment.is_complete,
            with_measurements=demo.site_measurements,
        )
        headings = dict(layout.SITE_HEADINGS)
        if demo.site_measurements:
            headings["measurements"] = MEASUREMENT_HEADINGS
        _write_site(demo, site, tables, headings)


def _write_site(
    demo: Demo,
    site: str,
    tables: Mapping[str, Rows],
    headings: Mapping[str, Sequence[str]],
) -> None:
    for table, names in headings.items():
        name = f"sites/{site}/{table}.csv"
        lines = csv_lines(tables[table], names)
        (demo.directory / name).write_bytes(",".join(names).encode() + b"\n" + lines)
        demo.rows[name] = n_rows(tables[table])


def csv_lines(rows: Mapping[str, pa.Array] | Rows, headings: Sequence[str]) -> bytes:
    """Format rows as CSV lines; only a value that holds a comma is quoted.

    Columns are text; a heading without a column, like a missing value, is empty. A
    column without a heading is an error: it would be lost.
    """
    unknown = set(rows) - set(headings)
    if unknown:
        raise ValueError(f"columns without a heading: {sorted(unknown)}")
    if not n_rows(rows):
        return b""
    columns = []
    for name in headings:
        if name not in rows:
            columns.append(pa.scalar(""))
            continue
        column = pc.fill_null(rows[name], "")
        has_comma = pc.match_substring(column, ",")
        if pc.any(has_comma).as_py():
            quoted = pc.binary_join_element_wise('"', column, '"', "")
            column = pc.if_else(has_comma, quoted, column)
        columns.append(column)
    lines = pc.binary_join_element_wise(*columns, ",")
    lines = pc.binary_join_element_wise(lines, "", "\n")
    # the lines lie one after the other in the memory of the column
    _, ends, text = lines.buffers()
    first, last = np.frombuffer(ends, np.int32)[[0, len(lines)]]
    return text[first:last].to_pybytes()
