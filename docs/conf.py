"""How Sphinx makes the site of these pages: `make docs`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "counterarm"
author = "the counterarm developers"
html_title = "counterarm"

extensions = ["myst_parser", "sphinx.ext.autodoc", "mathml", "docstrings"]
# types say less than the docstrings, and most of them have no page
autodoc_typehints = "none"
myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 3
# SQL of DuckDB, as `from t`, is not always SQL to the highlighter
suppress_warnings = ["misc.highlighting_failure"]
nitpicky = True

source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
html_theme = "furo"
html_theme_options = {"source_edit_link": ""}
html_math_renderer = "mathml"
# dbt's own page of every table and column, which `make docs` puts beside these
html_extra_path = (
    ["_build/tables"]
    if Path(__file__).with_name("_build").joinpath("tables").is_dir()
    else []
)
