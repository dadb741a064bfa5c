"""The verdicts on whole deliveries whose truth is known.

    nice python benchmarks/verdicts.py FOLDER [--seeds 24] [--processes 2] [--write]

For each seed a delivery in which the treatment does nothing, as the demo ascertains
deaths, and one with a hazard ratio of 0.4 and complete ascertainment of both arms. Each
goes through `dbt build` up to `results.verdict_summary`, without tests, as cheaply as
`whole_delivery.py` can make it. What each says is added to FOLDER/verdicts.csv;
deliveries that stand there are not built again, so that a run may be stopped and go on.
Prints a page, or writes it to verdicts.md.
"""

import argparse
import csv
import datetime
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import duckdb
from truth_page import markdown, wrapped
from whole_delivery import MAIN, Builder, write_delivery

from counterarm.demo import Ascertainment

PAGE = Path(__file__).with_suffix(".md")
RULES = ("as_recorded", "window_91")
NO_VERDICT = "-"


@dataclass(frozen=True)
class World:
    """What is true of a delivery, and which verdicts are then right in how many."""

    name: str
    hazard_ratio: float
    is_complete: bool
    says: str
    right: tuple[str, ...]
    at_least: int


WORLDS = (
    World(
        "no effect",
        1.0,
        False,
        "a true hazard ratio of 1, deaths and survival ascertained as in the demo",
        ("not supported", "cannot be judged"),
        21,
    ),
    World(
        "effect",
        0.4,
        True,
        "a true hazard ratio of 0.4, complete ascertainment of both arms",
        ("not overturned by what could be checked", "fragile"),
        19,
    ),
)
# of the deliveries without effect
MOST_REJECTED = 6


@dataclass(frozen=True)
class Row:
    """What one delivery says of one analysis under one follow-up rule."""

    world: str
    seed: int
    analysis_id: str
    follow_up_rule: str
    verdict: str
    headline: str
    hazard_ratio: float
    ci_low: float
    ci_high: float
    n_pairs: int
    n_events: int
    cpu_seconds: float

    @property
    def rejects(self) -> bool:
        """Whether the interval leaves 1 out."""
        return not self.ci_low <= 1 <= self.ci_high


COX = """
    select
        coalesce(analyses.based_on, analyses.analysis_id) as analysis_id,
        {rule} as follow_up_rule,
        cox.hazard_ratio,
        cox.ci_low,
        cox.ci_high,
        cox.n // 2 as n_pairs,
        cox.n_events
    from analysis.cox as cox
    inner join seeds.analyses as analyses using (analysis_id)
    where cox.term = 'treated' and cox.model_id = 'unadjusted'
        and cox.variance = 'cluster' and cox.hazard_ratio is not null
        -- as recorded the main analysis only, not those that vary its matching
        and (analyses.based_on is null or {rule} <> 'as_recorded')
    order by all
"""


def columns(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> set:
    """Return the columns of a table, none where it is not there."""
    return {
        name
        for (name,) in connection.execute(
            "select column_name from information_schema.columns "
            "where table_schema = ? and table_name = ?",
            [schema, table],
        ).fetchall()
    }


def read_rows(
    connection: duckdb.DuckDBPyConnection, world: str, seed: int, seconds: float
) -> list[Row]:
    """Read the estimates and verdicts of a build, verdicts where there are any."""
    verdicts = {}
    if columns(connection, "results", "verdict_summary"):
        query = "select analysis_id, verdict, headline from results.verdict_summary"
        found = connection.execute(query).fetchall()
        verdicts = {name: (verdict, headline) for name, verdict, headline in found}
    has_rules = "follow_up_rule" in columns(connection, "analysis", "cox")
    rule = "cox.follow_up_rule" if has_rules else "'as_recorded'"
    return [
        Row(
            world,
            seed,
            analysis_id,
            follow_up_rule,
            *verdicts.get(analysis_id, (NO_VERDICT, "")),
            *(round(float(value), 6) for value in limits),
            int(n_pairs),
            int(n_events),
            round(seconds, 1),
        )
        for analysis_id, follow_up_rule, *limits, n_pairs, n_events in (
            connection.execute(COX.format(rule=rule)).fetchall()
        )
    ]


def deliver(job: tuple[str, int]) -> list[Row]:
    """Make, build and read one delivery in this process' folder."""
    name, seed = job
    (world,) = (each for each in WORLDS if each.name == name)
    began = time.process_time()
    write_delivery(
        _builder.folder / "delivery",
        seed,
        world.hazard_ratio,
        Ascertainment(is_complete=world.is_complete),
    )
    _builder.build()
    with _builder.connect() as connection:
        return read_rows(connection, name, seed, time.process_time() - began)


def start(folder: Path) -> None:
    """Give a process of the pool a builder in a folder of its own."""
    global _builder
    _builder = Builder(folder / f"process_{os.getpid()}")


def jobs(seeds: int, done: set[tuple[str, int]]) -> list[tuple[str, int]]:
    """List the deliveries that are still to be made, world by world in turn."""
    wanted = [(world.name, seed) for seed in range(1, seeds + 1) for world in WORLDS]
    return [job for job in wanted if job not in done]


def read_csv(file: Path) -> list[Row]:
    """Read what earlier runs found; a last line cut short is left out."""
    if not file.exists():
        return []
    types = {each.name: each.type for each in fields(Row)}
    with file.open(newline="", encoding="utf-8") as rows:
        return [
            Row(**{name: types[name](value) for name, value in row.items()})
            for row in csv.DictReader(rows)
            if None not in row.values()
        ]


def add_to_csv(file: Path, rows: list[Row]) -> None:
    """Add the rows of one delivery, all at once."""
    is_new = not file.exists()
    with file.open("a", newline="", encoding="utf-8") as written:
        writer = csv.DictWriter(
            written, [each.name for each in fields(Row)], lineterminator="\n"
        )
        if is_new:
            writer.writeheader()
        writer.writerows(asdict(row) for row in rows)


def run(folder: Path, seeds: int, processes: int) -> list[Row]:
    """Build what is missing in the folder, and return the rows of all seeds."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "verdicts.csv"
    rows = read_csv(file)
    missing = jobs(seeds, {(row.world, row.seed) for row in rows})
    if missing:
        context = multiprocessing.get_context("spawn")
        with context.Pool(min(processes, len(missing)), start, (folder,)) as pool:
            for found in pool.imap_unordered(deliver, missing):
                add_to_csv(file, found)
                rows += found
                one = found[0]
                print(
                    f"{one.world}, seed {one.seed}: {one.cpu_seconds:.0f} s of CPU",
                    file=sys.stderr,
                    flush=True,
                )
    return [row for row in rows if row.seed <= seeds]


def cell(rows: list[Row], rule: str) -> str:
    """Write the estimate under a rule, with a star where it rejects 1."""
    found = [row for row in rows if row.follow_up_rule == rule]
    if not found:
        return "-"
    (row,) = found
    star = "*" if row.rejects else ""
    return f"{row.hazard_ratio:.2f} ({row.ci_low:.2f}-{row.ci_high:.2f}){star}"


def counted(rows: list[Row], world: World) -> Iterator[str]:
    """Say of each main analysis how often it rejects, and which verdicts it gets."""
    for analysis in MAIN:
        own = [row for row in rows if row.analysis_id == analysis]
        once = {row.seed: row.verdict for row in own}
        verdicts = Counter(once.values())
        parts = []
        for rule in sorted({row.follow_up_rule for row in own}, key=in_order):
            under = [row for row in own if row.follow_up_rule == rule]
            n = sum(row.rejects for row in under)
            parts.append(f"{rule} rejects in {n} of {len(under)}")
        right = sum(verdicts[word] for word in world.right)
        says = ", ".join(f"{word} {n}" for word, n in sorted(verdicts.items()))
        line = f"- {analysis}: {'; '.join(parts)}."
        if set(verdicts) != {NO_VERDICT}:
            line += f" Verdicts: {says}; as they should be in {right} of {len(once)}"
            wanted = f", at least {world.at_least} of 24 are asked for"
            line += f"{wanted if analysis == MAIN[0] else ''}."
        yield line


def in_order(rule: str) -> tuple[bool, str]:
    """Sort rules: as recorded first."""
    return rule != "as_recorded", rule


def page(rows: list[Row], command: str) -> str:
    """Return the page: counts of each world, then what each delivery says."""
    seconds = {(row.world, row.seed): row.cpu_seconds for row in rows}
    parts = [
        "# Verdicts on whole deliveries",
        "Synthetic deliveries whose truth is known, each through `dbt build`. Written "
        "by",
        f"    {command}",
        f"{datetime.date.today()}; {len(seconds)} deliveries of "
        f"{sum(seconds.values()) / max(len(seconds), 1):.0f} seconds of CPU each. "
        "Hazard ratios are those of the model without adjustment, clustered by pair, "
        "with 95% intervals; a star marks an interval without 1.",
    ]
    for world in WORLDS:
        of_world = [row for row in rows if row.world == world.name]
        parts += [
            f"## {world.name.capitalize()}",
            f"With {world.says}. An interval without 1 is then "
            f"{'wrong' if world.hazard_ratio == 1 else 'right'}.",
            "\n".join(counted(of_world, world)),
        ]
        if world.hazard_ratio == 1:
            parts.append(
                f"Of 24, window_91 of {MAIN[0]} may reject in {MOST_REJECTED}; what is "
                "left of its bias is the unmeasured slope."
            )
        lines = []
        for seed in sorted({row.seed for row in of_world}):
            line = [str(seed)]
            for analysis in MAIN:
                own = [
                    row
                    for row in of_world
                    if (row.seed, row.analysis_id) == (seed, analysis)
                ]
                line.append(own[0].verdict if own else "-")
                line += [cell(own, rule) for rule in RULES]
            lines.append(line)
        names = [
            f"{analysis}: {what}" for analysis in MAIN for what in ("verdict", *RULES)
        ]
        parts.append(markdown(["seed", *names], lines))
    return wrapped("\n\n".join(parts))


def main() -> None:
    """Build what is missing, and print or write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seeds", type=int, default=24)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if options.seeds < 1 or options.processes < 1:
        parser.error("--seeds and --processes must be 1 or more")
    rows = run(options.folder.resolve(), options.seeds, options.processes)
    command = f"python benchmarks/verdicts.py FOLDER --seeds {options.seeds} --write"
    text = page(rows, command)
    if options.write:
        PAGE.write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
