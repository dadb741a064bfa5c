"""The whole path of `simulated_truth.py`: deliveries, dbt, and what its tables say."""

import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np

from counterarm.demo import write_demo
from counterarm.warehouse.reader import open_warehouse, ordered

ROOT = Path(__file__).parents[1]
# what is estimated, without what only describes, and without tests
SELECTION = ["--select", "+cox", "+time_contrasts", "--exclude-resource-type"]
SELECTION += ["test", "unit_test"]
WANTED = """
    with

    main_analyses as (

        select analysis_id from seeds.analyses
        where based_on is null

    )

    select
        analysis_id || ', ' || model_id || ', ' || variance as estimator,
        coef,
        se
    from analysis.cox
    where term = 'treated' and coef is not null and note is null
        and analysis_id in (select analysis_id from main_analyses)

    union all

    select
        analysis_id || ', ' || term || ', ' || variant || ', ' || model_id as estimator,
        coef,
        se
    from analysis.time_contrasts
    where horizon = 'full' and variance = 'cluster' and coef is not null
        and note is null and reference = 'control'
        and analysis_id in (select analysis_id from main_analyses)
"""


def build(folder: Path) -> Path:
    """Run dbt on the delivery in `folder`; return the file that it wrote."""
    settings = {
        "COUNTERARM_PROACT_DIR": folder / "proact",
        "COUNTERARM_SITES_DIR": folder / "sites",
        "COUNTERARM_WAREHOUSE": folder / "w.duckdb",
        "COUNTERARM_REPORT_DIR": folder / "reports",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    dbt = Path(sys.executable).parent / "dbt"
    command = [dbt, "build", *SELECTION, "--target-path", folder / "target"]
    command += ["--log-path", folder / "logs", "--threads", "1"]
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=os.environ | {name: str(value) for name, value in settings.items()},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"dbt build failed:\n{done.stdout[-3000:]}")
    # a build of part of the models is not published
    return folder / "w_build.duckdb"


def whole_path(
    truths: tuple[float, ...], deliveries: int, seed: int, subjects: int
) -> str:
    """Make deliveries for each truth, build each, and return a markdown table.

    Each cell holds the mean log hazard ratio over the deliveries as a hazard ratio, and
    in how many of them the 95% interval holds the conditional truth.
    """
    found: dict[str, dict[float, list]] = defaultdict(lambda: defaultdict(list))
    for ratio in truths:
        for number in range(deliveries):
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name) / "demo"
                write_demo(
                    folder,
                    subjects=subjects,
                    seed=seed + number,
                    hazard_ratio=ratio,
                )
                with open_warehouse(build(folder)) as warehouse:
                    rows = warehouse.rows(ordered(warehouse.sql(WANTED)))
            for estimator, coef, error in rows:
                found[estimator][ratio].append((coef, error))
            print(f"truth {ratio}: delivery {number + 1} built", file=sys.stderr)
    lines = [
        "## The whole path",
        "",
        f"Deliveries of `counterarm demo` with {subjects:,} subjects of PRO-ACT, "
        f"{deliveries} for each truth, seeds from {seed}, each through dbt: hazard "
        "ratio (mean of logs), and in how many the 95% interval holds the conditional "
        "truth; models that did not converge left out. Contrasts of doses: clustered "
        "by pair.",
        "",
        "| estimator | " + " | ".join(f"truth {ratio}" for ratio in truths) + " |",
        "| --- |" + " ---: |" * len(truths),
    ]
    for estimator, by_truth in found.items():
        cells = []
        for ratio in truths:
            values = np.array(by_truth.get(ratio, []), float).reshape(-1, 2)
            far = np.abs(values[:, 0] - np.log(ratio)) > 1.959964 * values[:, 1]
            shown = f"{np.exp(values[:, 0].mean()):.2f}" if len(values) else "-"
            cells.append(f"{shown} ({(~far).sum()} of {len(values)})")
        lines.append(f"| {estimator} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
