"""Run the Python of a page or a notebook and put what it prints in it.

    python docs/run_python.py docs/library.md docs/match_your_own_data.ipynb

In a page every block of Python is run, in one namespace, from the root of the project;
the block of text after it is its output. In a notebook so is every cell. A test holds
both to what a run gives.
"""

import ast
import contextlib
import io
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat

ROOT = Path(__file__).parents[1]
EXAMPLE = re.compile(
    r"```python\n(?P<code>.*?)```\n\n```text\n(?P<output>.*?)```", re.S
)


class Session:
    """A namespace in which pieces of code are run one after the other."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {}

    def run(self, code: str) -> tuple[str, Any]:
        """Return what the code prints, and the value of its last line if it has one."""
        tree = ast.parse(code)
        last = None
        if tree.body and isinstance(tree.body[-1], ast.Expr):
            last = ast.Expression(tree.body.pop().value)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.chdir(ROOT):
            exec(compile(tree, "<page>", "exec"), self.names)
            value = last and eval(compile(last, "<page>", "eval"), self.names)
        return printed.getvalue(), value


def page(text: str) -> str:
    """Return a page with the output of each block of Python made anew."""
    session = Session()

    def example(match: re.Match[str]) -> str:
        printed, value = session.run(match["code"])
        output = printed + ("" if value is None else repr(value))
        return f"```python\n{match['code']}```\n\n```text\n{output.rstrip()}\n```"

    return EXAMPLE.sub(example, text)


def notebook(text: str) -> str:
    """Return a notebook with the outputs of each cell made anew."""
    book = nbformat.reads(text, as_version=4)
    session = Session()
    cells = [cell for cell in book.cells if cell.cell_type == "code"]
    for count, cell in enumerate(cells, start=1):
        printed, value = session.run(cell.source)
        cell.execution_count = count
        cell.outputs = list(outputs(printed, value, count))
    return nbformat.writes(book) + "\n"


def outputs(printed: str, value: object, count: int) -> Iterator[nbformat.NotebookNode]:
    """Yield what a notebook shows of a cell: printed text, and its value."""
    if printed:
        yield nbformat.v4.new_output("stream", text=printed)
    if value is not None:
        shown = {"text/plain": repr(value)}
        if hasattr(value, "_repr_svg_"):
            shown["image/svg+xml"] = value._repr_svg_()
        yield nbformat.v4.new_output(
            "execute_result", data=shown, execution_count=count
        )


if __name__ == "__main__":
    for name in map(os.path.abspath, sys.argv[1:]):
        path = Path(name)
        fresh = notebook if path.suffix == ".ipynb" else page
        path.write_text(fresh(path.read_text(encoding="utf-8")), encoding="utf-8")
