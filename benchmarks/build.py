"""Seconds and peak memory of `dbt build`, at the size of PRO-ACT and others.

`python benchmarks/build.py [SUBJECTS ...]`, 11,675 without an argument; 116,750 is ten
times PRO-ACT. Below each size stand the seconds of its nodes, by layer: they add up to
more than the build's, as two nodes run at a time.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

PROACT_SUBJECTS = 11_675
ROOT = Path(__file__).parents[1]


def layer(node: dict) -> str:
    """Name the layer of a model; seeds and tests have one of their own."""
    if node["resource_type"] == "model":
        return Path(node["original_file_path"]).parts[1]
    return {"seed": "seeds"}.get(node["resource_type"], "tests")


def seconds_by_layer(target: Path) -> dict[str, float]:
    """Add up the seconds of every node that dbt ran."""
    manifest = json.loads((target / "manifest.json").read_text())
    nodes = manifest["nodes"] | manifest["unit_tests"]
    seconds: dict[str, float] = defaultdict(float)
    for result in json.loads((target / "run_results.json").read_text())["results"]:
        if result["unique_id"] in nodes:
            seconds[layer(nodes[result["unique_id"]])] += result["execution_time"]
    return dict(sorted(seconds.items()))


def measure(subjects: int) -> dict:
    """Build one demo; give seconds, peak resident memory in MB, file size, layers."""
    from counterarm.demo import write_demo

    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        demo = write_demo(folder / "delivery", subjects=subjects, release="2022")
        warehouse = folder / "counterarm.duckdb"
        settings = {
            "COUNTERARM_PROACT_DIR": str(folder / "delivery" / "proact"),
            "COUNTERARM_SITES_DIR": str(folder / "delivery" / "sites"),
            "COUNTERARM_WAREHOUSE": str(warehouse),
            "COUNTERARM_REPORT_DIR": str(folder / "reports"),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        }
        target = folder / "target"
        dbt = [str(Path(sys.executable).with_name("dbt")), "--quiet", "build"]
        paths = ["--target-path", str(target), "--log-path", str(folder / "logs")]
        start = time.perf_counter()
        subprocess.run(
            dbt + paths, cwd=ROOT, env=os.environ | settings, check=True, stdout=2
        )
        return {
            "rows": sum(demo.rows.values()),
            "seconds": time.perf_counter() - start,
            # Linux counts kibibytes; dbt is the only child
            "peak_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
            "file_mb": warehouse.stat().st_size / 1e6,
            "layers": seconds_by_layer(target),
        }


def main(sizes: list[int]) -> None:
    """Print one line per size, and below it one per layer."""
    heads = ("subjects", "rows", "seconds", "peak MB", "file MB")
    print("".join(f"{head:>12}" for head in heads))
    for size in sizes:
        # A process of its own, so that a peak belongs to one size.
        command = [sys.executable, __file__, "--one", str(size)]
        answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        found = json.loads(answer.stdout.splitlines()[-1])
        print(
            f"{size:>12,}{found['rows']:>12,}{found['seconds']:>12.1f}"
            f"{found['peak_mb']:>12,.0f}{found['file_mb']:>12,.0f}"
        )
        for name, seconds in found["layers"].items():
            print(f"{name:>24}{seconds:>12.1f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measure(int(sys.argv[2]))))
    else:
        main([int(size) for size in sys.argv[1:]] or [PROACT_SUBJECTS])
