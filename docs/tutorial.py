"""Run the commands of the tutorial one after the other and put their outputs in it.

    python docs/tutorial.py FOLDER

The commands run in one shell, in this repository, with FOLDER (which must be empty) as
home folder. A block of `text` after a block of `sh` is its output.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).with_name("tutorial.md")
STEP = re.compile(
    r"^```sh\n(?P<code>.+?)^```(?:\n\n```text\n(?P<output>.*?)^```)?",
    re.DOTALL | re.MULTILINE,
)
END = "--- end of a step ---"


def steps(document: str, before: str | None = None) -> list[re.Match]:
    """Return the blocks of commands, all or those before one that holds a text."""
    found = list(STEP.finditer(document))
    if before is None:
        return found
    stop = next(at for at, step in enumerate(found) if before in step["code"])
    return found[:stop]


def outputs(found: list[re.Match], home: Path) -> list[str]:
    """Run the blocks in one shell; return what each prints.

    Raises `ValueError` with the shell's output where it ends before the last block.
    """
    bin_folder = Path(sys.executable).parent
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("COUNTERARM_")
    }
    ran = subprocess.run(
        ["bash", "-uc", "".join(f"{step['code']}\necho '{END}'\n" for step in found)],
        cwd=PAGE.parents[1],
        env=kept | {"HOME": str(home), "PATH": f"{bin_folder}:{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    printed = ran.stdout.replace(str(home), "~").split(f"{END}\n")
    if len(printed) != len(found) + 1:
        raise ValueError(f"the tutorial stopped: {ran.stdout[-2000:]}")
    return [
        "\n".join(line.rstrip() for line in one.rstrip().splitlines())
        for one in printed[:-1]
    ]


def refreshed(document: str, home: Path) -> str:
    """Return the document with the output of every block that shows one."""
    printed = iter(outputs(steps(document), home))

    def example(step: re.Match) -> str:
        output = next(printed)
        if step["output"] is None:
            return step[0]
        return f"```sh\n{step['code']}```\n\n```text\n{output}\n```"

    return STEP.sub(example, document)


if __name__ == "__main__":
    PAGE.write_text(refreshed(PAGE.read_text(), Path(sys.argv[1]).resolve()))
