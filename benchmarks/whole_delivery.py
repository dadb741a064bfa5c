"""A whole delivery and its build, as cheap as they can be made, for `verdicts.py`.

The subjects of trials with the original scale only, or none, are left out: they are
candidates of no analysis. So are tables that neither eligibility nor pseudo-trials nor
survival are made from, and analyses that the verdict does not ask for. With seed 1 the
eligible, their scores, the pairs and the hazard ratios are those of the full delivery
under the full protocol.
"""

import csv
import os
import shutil
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from counterarm.demo import Ascertainment, write_demo
from counterarm.demo.proact import subject_ids
from counterarm.demo.trials import assign_trials, trials

ROOT = Path(__file__).parents[1]
SUBJECTS = 11_675
WITHOUT = (
    "ADVERSEEVENTS",
    "FAMILYHISTORY",
    "HANDGRIPSTRENGTH",
    "LABS",
    "MUSCLESTRENGTH",
)
MAIN = ("nam_2023", "barczewska_2020")
# the last table wanted, and what stands in where there is none yet
GOALS = ("verdict_summary", "cox")
# descriptions of columns are of use to readers only
DESCRIBED = "+persist_docs: {relation: true, columns: true}"


def write_delivery(
    folder: Path, seed: int, hazard_ratio: float, ascertainment: Ascertainment
) -> None:
    """Write the demo, without the subjects of trials that are of no use."""
    demo = write_demo(
        folder,
        subjects=SUBJECTS,
        seed=seed,
        release="2022",
        hazard_ratio=hazard_ratio,
        ascertainment=ascertainment,
        without=WITHOUT,
    )
    index = np.arange(SUBJECTS)
    of_use = [n for n, t in enumerate(trials()) if t.scale in ("revised", "both")]
    index = index[np.isin(assign_trials(index), of_use)]
    kept = {str(number).encode() for number in subject_ids(index, SUBJECTS, seed)}
    for file in demo.proact_directory.glob("*.csv"):
        heading, *lines = file.read_bytes().splitlines(keepends=True)
        lines = [line for line in lines if line.split(b",", 1)[0] in kept]
        file.write_bytes(heading + b"".join(lines))


def write_project(folder: Path) -> None:
    """Write a dbt project: the shipped one with the analyses that are wanted."""
    folder.mkdir(parents=True)
    for name in ("models", "macros", "tests"):
        (folder / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    shutil.copy(ROOT / "profiles.yml", folder)
    settings = (ROOT / "dbt_project.yml").read_text(encoding="utf-8")
    bare = DESCRIBED.replace("true", "false")
    (folder / "dbt_project.yml").write_text(settings.replace(DESCRIBED, bare))
    protocol = folder / "seeds" / "protocol"
    wanted = wanted_analyses(protocol)
    for file in protocol.glob("*.csv"):
        keep_rows(file, wanted)


def wanted_analyses(protocol: Path) -> set[str]:
    """Return the main analyses, those under a follow-up rule, and what they name.

    What any row of theirs names, such as a matching of the specification grid, is
    another analysis, and needs its own rows.
    """
    tables = {}
    for file in sorted(protocol.glob("*.csv")):
        with file.open(newline="", encoding="utf-8") as given:
            tables[file.stem] = list(csv.DictReader(given))
    known = {row["analysis_id"] for row in tables.pop("analyses")}
    wanted = {*MAIN, *(row["analysis_id"] for row in tables.get("follow_up", []))}
    size = 0
    while size < len(wanted):
        size = len(wanted)
        for row in (row for rows in tables.values() for row in rows):
            if row.get("analysis_id") in wanted:
                wanted |= known & set(row.values())
    return wanted


def keep_rows(file: Path, analyses: Collection[str]) -> None:
    """Leave only rows of some analyses in a seed that has a column for them."""
    with file.open(newline="", encoding="utf-8") as given:
        heading, *rows = csv.reader(given)
    if "analysis_id" not in heading:
        return
    place = heading.index("analysis_id")
    # rows for every analysis have none, or a star
    kept = [row for row in rows if row[place] in {*analyses, "", "*"}]
    with file.open("w", newline="", encoding="utf-8") as written:
        csv.writer(written, lineterminator="\n").writerows([heading, *kept])


@dataclass
class Builder:
    """A process that builds one delivery after the other in a folder of its own.

    The project is read once; dbt, the gates and the models stay imported.
    """

    folder: Path
    seconds: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the project in an empty folder, and read it."""
        from dbt.cli.main import dbtRunner

        if self.folder.exists():
            shutil.rmtree(self.folder)
        self.project = self.folder / "project"
        write_project(self.project)
        os.environ |= {
            "COUNTERARM_PROACT_DIR": str(self.folder / "delivery" / "proact"),
            "COUNTERARM_SITES_DIR": str(self.folder / "delivery" / "sites"),
            "COUNTERARM_WAREHOUSE": str(self.folder / "w.duckdb"),
            "COUNTERARM_REPORT_DIR": str(self.folder / "reports"),
            "COUNTERARM_GATES_DIR": str(self.folder / "gates"),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        }
        parsed = dbtRunner().invoke(["parse", "--quiet", *self._options()])
        if not parsed.success:
            raise RuntimeError(f"dbt parse failed: {parsed.exception}")
        self.manifest: Any = parsed.result
        names = {node.name for node in self.manifest.nodes.values()}
        self.goal = next(goal for goal in GOALS if goal in names)

    @property
    def build_file(self) -> Path:
        """What dbt writes: a build of a part is not published."""
        return self.folder / "w_build.duckdb"

    def build(self) -> None:
        """Run the models that the goal is made from, seeds included, without tests.

        Keeps the CPU seconds of each node in `seconds`. RuntimeError with what dbt says
        where a node fails.
        """
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager
        from dbt.cli.main import dbtRunner

        self.build_file.unlink(missing_ok=True)
        began: dict[str, float] = {}
        self.seconds = {}

        def watch(event: Any) -> None:
            if event.info.name == "NodeStart":
                began[event.data.node_info.node_name] = time.process_time()
            elif event.info.name == "NodeFinished":
                name = event.data.node_info.node_name
                self.seconds[name] = time.process_time() - began[name]

        runner = dbtRunner(manifest=self.manifest, callbacks=[watch])
        command = ["build", "--quiet", "--threads", "1", "--select", f"+{self.goal}"]
        command += ["--exclude-resource-type", "test", "unit_test"]
        try:
            done = runner.invoke([*command, *self._options()])
        finally:
            # the connection outlives a run, and with it the file of this one
            if DuckDBConnectionManager._ENV is not None:
                DuckDBConnectionManager._ENV.close()
                DuckDBConnectionManager._ENV = None
        if not done.success:
            results = getattr(done.result, "results", [])
            says = [
                f"{r.node.name}: {r.message}" for r in results if r.status == "error"
            ]
            raise RuntimeError("; ".join(says) or str(done.exception))

    def connect(self) -> duckdb.DuckDBPyConnection:
        """Open what was built, to read."""
        return duckdb.connect(str(self.build_file), read_only=True)

    def _options(self) -> list[str]:
        project = str(self.project)
        return [
            *("--project-dir", project, "--profiles-dir", project),
            *("--target-path", str(self.folder / "target")),
            *("--log-path", str(self.folder / "logs")),
        ]
