"""A gate runs again where a table that its suites read has changed."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from dbt_project import ROOT

WORDS = {"because", "do", "expectation"}


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, content in value.items():
            if key not in WORDS:
                yield from texts(content)
    elif isinstance(value, list):
        for content in value:
            yield from texts(content)
    else:
        yield str(value)


def models_by_table() -> dict[str, str]:
    found = {file.stem: file.stem for file in (ROOT / "seeds").rglob("*.csv")}
    for file in (ROOT / "models").rglob("*.yml"):
        for model in yaml.safe_load(file.read_text()).get("models") or ():
            alias = (model.get("config") or {}).get("alias", model["name"])
            found[alias] = model["name"]
    return found


def schemas() -> set[str]:
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text())
    layers = project["models"]["counterarm"].values()
    return {
        one["+schema"] for one in layers if isinstance(one, dict) and "+schema" in one
    }


@pytest.mark.parametrize("gate", ["delivery", "standard", "analyses"])
def test_a_gate_refers_to_every_table_of_its_suites(gate):
    known = models_by_table()
    named = "|".join([*sorted(schemas()), "seeds", "quality"])
    pattern = re.compile(rf'"?\b(?:{named})\b"?\."?(\w+)')
    read = {
        known[table]
        for file in (ROOT / "expectations" / gate).glob("*.yml")
        for text in texts(yaml.safe_load(file.read_text()))
        for table in pattern.findall(text)
        if table in known
    }
    (model,) = Path(ROOT / "models").rglob(f"gate_{gate}.py")
    assert len(read) > 5
    assert read <= set(re.findall(r'dbt\.ref\("(\w+)"\)', model.read_text()))
