"""What README and cookbook show is what a newcomer gets on the full-size demo."""

import importlib.util
import re

import pytest
from dbt_project import ROOT, WITHOUT_UNIT_TESTS, run_build

from counterarm.demo import write_demo

pytestmark = pytest.mark.build

README = ROOT / "README.md"
SHOWN = ["README.md", "docs/cookbook.md"]


@pytest.fixture(scope="module")
def refresh():
    """The script that puts outputs into documents."""
    spec = importlib.util.spec_from_file_location("refresh", ROOT / "docs/refresh.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def full_size_build(tmp_path_factory):
    """The delivery that `make build` makes up, built."""
    folder = tmp_path_factory.mktemp("full_size")
    write_demo(folder / "demo", release="2022")
    build = run_build(folder / "demo", folder, arguments=WITHOUT_UNIT_TESTS)
    assert build.returncode == 0, build.ending
    return build


@pytest.mark.parametrize("document", SHOWN)
def test_every_output_in_a_document_is_what_the_full_size_demo_gives(
    refresh, full_size_build, document
):
    shown = (ROOT / document).read_text()
    run = refresh.runner(full_size_build.warehouse, "warehouse/counterarm.duckdb")
    assert refresh.refreshed(shown, run) == shown, (
        f"run `make build` and `python docs/refresh.py {document}`"
    )


def test_the_readme_walks_every_layer():
    layers = sorted(path.name for path in (ROOT / "models").iterdir() if path.is_dir())
    walked = re.findall(r"^\*\*(\d\d_\w+)\*\*", README.read_text(), re.MULTILINE)
    assert walked == layers
