"""A report of the small made-up delivery, and a browser to open it with."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from counterarm.report.write import Written, write_report

BROWSER = shutil.which("chromium")


@dataclass(frozen=True)
class Report:
    """A report that was written, and what stands in it."""

    folder: Path
    written: Written

    @property
    def html(self) -> str:
        """The page."""
        return (self.folder / "index.html").read_text()

    @property
    def url(self) -> str:
        """The page's address on the disk."""
        return (self.folder / "index.html").as_uri()


@pytest.fixture(scope="session")
def report(demo_build, tmp_path_factory) -> Report:
    folder = tmp_path_factory.mktemp("report")
    return Report(folder, write_report(demo_build.warehouse, folder))


@pytest.fixture(scope="session")
def report_of_four(demo_build, tmp_path_factory) -> Report:
    """Both main analyses, one of sets and one of weights: every kind of section.

    axe takes a minute for the page of all analyses, whose sections are of these kinds.
    """
    folder = tmp_path_factory.mktemp("report_of_four")
    names = ["barczewska_2020", "nam_2023", "nam_2023_full", "nam_2023_ipw"]
    return Report(folder, write_report(demo_build.warehouse, folder, analyses=names))


@pytest.fixture(scope="session")
def suppressed(demo_build, tmp_path_factory) -> Report:
    folder = tmp_path_factory.mktemp("suppressed")
    return Report(folder, write_report(demo_build.warehouse, folder, suppress_below=5))


@pytest.fixture(scope="session")
def browser():
    """Debian's Chromium, without a window."""
    if BROWSER is None:
        message = "no chromium: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=BROWSER, args=["--no-sandbox"]
        )
        yield running
        running.close()
