"""Seconds and peak memory of `counterarm.demo`, at the size of PRO-ACT and ten times.

The 2026 release is written, which has all tables.

Each size runs in a process of its own, so that a peak belongs to one size:
`python benchmarks/demo.py [SUBJECTS ...]`.
"""

import resource
import subprocess
import sys
import tempfile
import time

PROACT_SUBJECTS = 11_675


def measure(subjects: int) -> tuple[int, float, float]:
    """Write one demo; give its rows, seconds and peak resident memory in MB."""
    from counterarm.demo import write_demo

    with tempfile.TemporaryDirectory() as directory:
        start = time.perf_counter()
        demo = write_demo(directory, subjects=subjects, release="2026")
        seconds = time.perf_counter() - start
    # Linux counts kibibytes
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return sum(demo.rows.values()), seconds, peak


def main(sizes: list[int]) -> None:
    """Print one line per size."""
    print(f"{'subjects':>10}{'rows':>12}{'seconds':>10}{'peak MB':>10}")
    for size in sizes:
        answer = subprocess.run(
            [sys.executable, __file__, "--one", str(size)],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split()
        rows, seconds, peak = int(answer[0]), float(answer[1]), float(answer[2])
        print(f"{size:>10,}{rows:>12,}{seconds:>10.2f}{peak:>10.0f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(*measure(int(sys.argv[2])))
    else:
        main([int(size) for size in sys.argv[1:]] or [PROACT_SUBJECTS, 116_750])
