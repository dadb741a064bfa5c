"""Run the queries of a document on the published warehouse and put their rows in it.

    python docs/refresh.py README.md docs/cookbook.md

A block of SQL, or the command `counterarm summary`, is followed by a block of text: its
output. A test holds every document to what the full-size demo gives.
"""

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

from counterarm.warehouse.query import query_text
from counterarm.warehouse.summary import summary_text

EXAMPLE = re.compile(
    r"^```(?P<kind>sql|sh)\n(?P<code>[^`]+)^```\n\n```text\n(?P<output>.*?)^```",
    re.DOTALL | re.MULTILINE,
)


def refreshed(document: str, run: Callable[[str, str], str]) -> str:
    """Return the document with the output of each example made anew.

    `run` takes the kind of a block (sql or sh) and its code, and returns its output.
    """

    def example(match: re.Match) -> str:
        output = run(match["kind"], match["code"])
        return (
            f"```{match['kind']}\n{match['code']}```\n\n```text\n{output.rstrip()}\n```"
        )

    return EXAMPLE.sub(example, document)


def runner(warehouse: Path, shown_as: str) -> Callable[[str, str], str]:
    """Return what runs an example on a warehouse, which the text calls `shown_as`."""

    def run(kind: str, code: str) -> str:
        if kind == "sql":
            return query_text(warehouse, code)
        *_, command = code.splitlines()
        if command != "counterarm summary":
            raise ValueError(f"do not know how to run {code.strip()!r}")
        return summary_text(warehouse).replace(str(warehouse), shown_as)

    return run


if __name__ == "__main__":
    default = "warehouse/counterarm.duckdb"
    run_here = runner(Path(os.environ.get("COUNTERARM_WAREHOUSE", default)), default)
    for name in sys.argv[1:]:
        path = Path(name)
        path.write_text(refreshed(path.read_text(), run_here))
