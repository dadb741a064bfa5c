"""The models against an independent implementation, on random people and protocols.

    python benchmarks/independent_reference.py [--seeds 20] [--people 300]
        [--analyses 12] [--first 1]

The reference is `tests/independent/reference.py`: plain Python, from the definitions.
Each seed is one delivery and its own protocols, through the models of the cohorts.
Prints how many subjects and values were compared, and every difference; exits with 1
if there is one.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "independent"))

from agreement import agreement, write_project


def main() -> None:
    """Compare seed after seed and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--analyses", type=int, default=12)
    options = parser.parse_args()
    n_differ = 0
    with tempfile.TemporaryDirectory() as folder:
        write_project(Path(folder))
        os.chdir(folder)
        print("| seed | subjects | values | differ |\n| ---: | ---: | ---: | ---: |")
        for seed in range(options.first, options.first + options.seeds):
            found = agreement(seed, options.people, options.analyses)
            n_differ += len(found.differences)
            print(
                f"| {seed} | {found.n_subjects:,} | {found.n_values:,} "
                f"| {len(found.differences)} |",
                flush=True,
            )
            for difference in found.differences[:20]:
                print(difference, file=sys.stderr)
        os.chdir("/")
    sys.exit(1 if n_differ else 0)


if __name__ == "__main__":
    main()
