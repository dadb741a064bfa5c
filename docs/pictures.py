"""Draw the pictures of README and gallery from the warehouse of the full-size demo.

    python docs/pictures.py warehouse/counterarm.duckdb

The figures are the report's own SVG files: equal warehouses give equal files. The first
screen of the report is a screenshot, made where Chromium is installed.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from counterarm.report.write import write_report

PICTURES = Path(__file__).with_name("pictures")
ANALYSIS = "nam_2023"
# name in docs/pictures, file among the figures of the report
FIGURES = {
    "flow": f"{ANALYSIS}/flow",
    "love_plot": f"{ANALYSIS}/balance",
    "survival": f"{ANALYSIS}/survival-os",
    "function": f"{ANALYSIS}/function",
    "subgroups": f"{ANALYSIS}/subgroups",
    "time_contrasts": f"{ANALYSIS}/time-contrasts",
}


def draw(warehouse: Path, pictures: Path = PICTURES) -> None:
    """Write the report of one analysis and keep the pictures of it.

    Raises `FileNotFoundError` naming a figure that the report no longer has.
    """
    pictures.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report"
        page = write_report(warehouse, report, analyses=[ANALYSIS]).page
        for name, figure in FIGURES.items():
            svg = (report / "figures" / f"{figure}.svg").read_text()
            (pictures / f"{name}.svg").write_text(svg)
        photograph(page, pictures / "report.png")


def photograph(page: Path, picture: Path) -> None:
    """Write the first screen of a page as PNG; nothing where no Chromium is found."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        print("no Chromium: report.png stays as it is", file=sys.stderr)
        return
    subprocess.run(
        [
            *(browser, "--headless", "--no-sandbox", "--hide-scrollbars"),
            *("--window-size=1280,860", f"--screenshot={picture}", page.as_uri()),
        ],
        check=True,
        capture_output=True,
    )


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
