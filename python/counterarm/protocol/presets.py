"""Designs of published external-control studies, as rows to start an analysis from.

`seeds/presets/presets.csv` lists them; a folder beside it holds the seeds in which a
design differs from the minimal main analysis of `scaffold`.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from counterarm.project import shipped

FOLDER = Path("seeds") / "presets"


class PresetError(ValueError):
    """A preset does not exist, or lacks what it needs."""


@dataclass(frozen=True)
class Preset:
    """A row of presets.csv; numbers as printed, empty where not stated."""

    preset: str
    label: str
    why: str
    needs: str
    printed_ratio: str
    printed_low: str
    printed_high: str
    n_treated: str
    n_control: str
    source: str
    later: str
    later_source: str

    @property
    def folder(self) -> Path:
        """The folder with its rows."""
        return shipped() / FOLDER / self.preset

    @property
    def has_rows(self) -> bool:
        """Whether it can be run; a design may be listed for comparison only."""
        return self.folder.is_dir()

    @property
    def needs_control(self) -> bool:
        """Whether its controls come from a study that the user names."""
        arms = self.folder / "arms.csv"
        return arms.is_file() and "{control}" in arms.read_text(encoding="utf-8")


def presets() -> list[Preset]:
    """Return the presets in the order of presets.csv."""
    file = shipped() / FOLDER / "presets.csv"
    with file.open(encoding="utf-8", newline="") as lines:
        return [Preset(**row) for row in csv.DictReader(lines)]


def preset_of(name: str, control: str = "") -> Preset:
    """Return a preset that can be run.

    `control` is the study of its controls, where the user must name one. Raises
    `PresetError` for an unknown name, a design without rows, and a `control` that is
    missing or not asked for.
    """
    found = {each.preset: each for each in presets()}
    if name not in found:
        raise PresetError(f"no preset {name!r}; choose one of {', '.join(found)}")
    preset = found[name]
    if not preset.has_rows:
        raise PresetError(
            f"{name} cannot be run: its controls are predictions, not patients"
        )
    if preset.needs_control and not control:
        raise PresetError(
            f"the controls of {name} are those of a registry: name its study with "
            "--control"
        )
    if control and not preset.needs_control:
        raise PresetError(f"the controls of {name} are those of PRO-ACT, not --control")
    return preset


def preset_rows(
    preset: Preset, site: str, control: str = ""
) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Yield seed and rows by column, with the studies of both arms filled in."""
    for file in sorted(preset.folder.glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as lines:
            yield (
                file.stem,
                [
                    {
                        column: value.replace("{site}", site).replace(
                            "{control}", control
                        )
                        for column, value in row.items()
                    }
                    for row in csv.DictReader(lines)
                ],
            )
