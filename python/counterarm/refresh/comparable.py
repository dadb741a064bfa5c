"""Whether dbt reads nothing but what is compared; if not, everything is built."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from counterarm.refresh.inputs import FOLDERS, Inputs

# Files beside dbt_project.yml through which dbt reads more.
MORE = ("packages.yml", "dependencies.yml", "vars.yml")
# Variables that take the place of a setting that names a folder or the warehouse.
VARIABLES = ("proact_dir", "sites_dir", "warehouse")
# Settings of dbt that name another folder for dbt_project.yml or profiles.yml.
PLACES = ("DBT_PROJECT_DIR", "DBT_PROFILES_DIR")


def check_comparable(inputs: Inputs) -> None:
    """Raise `ValueError` where a build may read what is no input of `inputs`.

    That is code in other folders than the project's, a package of dbt, a delivery
    that a variable in dbt_project.yml names, or an empty setting for its folder.
    """
    root = inputs.project.root
    for name in MORE:
        if (root / name).exists():
            raise ValueError(f"{name} is not compared")
    known = {inputs.project.name(one) for one in inputs.project.folders.values()}
    text = (root / "dbt_project.yml").read_text(encoding="utf-8")
    for key, value in _settings(yaml.safe_load(text)):
        if key in VARIABLES:
            raise ValueError(f"dbt_project.yml sets {key}, which is not compared")
        if key.endswith("-paths") and (more := sorted(set(value or ()) - known)):
            raise ValueError(f"dbt_project.yml: {key} has {more[0]}: not compared")
    for name in FOLDERS:
        if inputs.environment.get(name) == "":
            raise ValueError(f"{name} is empty")
    for name in PLACES:
        place = inputs.environment.get(name)
        if place and Path(os.path.abspath(root)) != Path(os.path.abspath(root / place)):
            raise ValueError(f"{name} is another folder, which is not compared")


def _settings(content: Any) -> Iterator[tuple[str, Any]]:
    """Yield each key at any depth with its value."""
    if isinstance(content, dict):
        for key, value in content.items():
            yield str(key).lstrip("+"), value
            yield from _settings(value)
