"""Designs of published studies: rows that pass the check, and what is named if not."""

import csv
import shutil
from pathlib import Path

import pytest

from counterarm.protocol import check_protocol_files
from counterarm.protocol.columns import COLUMNS
from counterarm.protocol.files import add_analysis, read_protocol_files
from counterarm.protocol.presets import (
    FOLDER,
    PresetError,
    preset_of,
    preset_rows,
    presets,
)

ROOT = Path(__file__).parents[2]
RUNNABLE = [each for each in presets() if each.has_rows]


@pytest.fixture
def folder(tmp_path) -> Path:
    for name in ("protocol", "published", "codelists", "mappings"):
        shutil.copytree(ROOT / "seeds" / name, tmp_path / "seeds" / name)
    return tmp_path / "seeds" / "protocol"


def control_of(preset) -> str:
    return "REGISTRY" if preset.needs_control else ""


@pytest.mark.parametrize("preset", RUNNABLE, ids=lambda each: each.preset)
def test_an_analysis_from_a_preset_passes_the_check(folder, preset):
    add_analysis(
        read_protocol_files(folder),
        "mine",
        None,
        label=preset.label,
        why=preset.why,
        site="hanyang",
        preset=preset,
        control=control_of(preset),
    )
    check_protocol_files(folder)
    files = read_protocol_files(folder)
    terms = [row["variable"] for row in files.rows_of("matching_terms", "mine")]
    with (preset.folder / "matching_terms.csv").open() as lines:
        assert terms == [row["variable"] for row in csv.DictReader(lines)]
    # its follow-up is varied like that of any main analysis
    based = {row["analysis_id"] for row in files.seeds["analyses"]}
    assert {"mine_window_91", "mine_horizon_365"} <= based
    arms = {row["arm"]: row["studyid"] for row in files.rows_of("arms", "mine")}
    assert arms == {"treated": "HANYANG", "control": control_of(preset) or "PROACT"}


@pytest.mark.parametrize("preset", RUNNABLE, ids=lambda each: each.preset)
def test_rows_have_the_columns_of_their_seed(preset):
    for seed, rows in preset_rows(preset, "X", "Y"):
        for row in rows:
            assert list(row) == COLUMNS[seed][1:]


def test_every_folder_is_a_preset():
    found = {path.name for path in (ROOT / FOLDER).iterdir() if path.is_dir()}
    assert found == {each.preset for each in RUNNABLE}


def test_a_confidence_interval_holds_its_printed_ratio():
    for each in presets():
        if each.printed_low:
            low, ratio, high = map(
                float, (each.printed_low, each.printed_ratio, each.printed_high)
            )
            assert low < ratio < high


def test_every_design_of_the_benchmark_is_a_preset():
    text = (ROOT / "benchmarks" / "design_studies.py").read_text()
    for each in presets():
        assert f'"{each.preset}"' in text


@pytest.mark.parametrize(
    ("name", "control", "words"),
    [
        ("amx", "", "no preset 'amx'; choose one of amx0035_centaur, "),
        ("cnm_au8_rescue", "", "cannot be run: its controls are predictions"),
        ("tudca_registry", "", "name its study with --control"),
        ("amx0035_centaur", "REGISTRY", "are those of PRO-ACT, not --control"),
    ],
)
def test_a_preset_that_cannot_be_used_is_refused(name, control, words):
    with pytest.raises(PresetError, match=words):
        preset_of(name, control)
