"""An analysis that could not be built to its end is refused with the reason."""

import re
from pathlib import Path

import pandas as pd
import pytest

from counterarm.protocol import ProtocolError, check_protocol
from counterarm.protocol.reading import read_seeds
from counterarm.protocol.windows import READ

SEEDS = Path(__file__).parents[2] / "seeds"
TERMS = pd.read_csv(SEEDS / "codelists" / "controlled_terms.csv", dtype=str)


@pytest.fixture
def protocol() -> dict[str, pd.DataFrame]:
    seeds, problems = read_seeds(SEEDS / "protocol")
    assert not problems
    return seeds


def found_in(protocol: dict[str, pd.DataFrame]) -> list[str]:
    seeds = {name: rows for name, rows in protocol.items() if name != "variables"}
    try:
        check_protocol(seeds, protocol["variables"], TERMS)
    except ProtocolError as error:
        return [str(one).removeprefix("seeds/protocol/") for one in error.problems]
    return []


def where(
    protocol: dict[str, pd.DataFrame], seed: str, /, **values: object
) -> pd.Series:
    rows = protocol[seed]
    return pd.concat([rows[k] == v for k, v in values.items()], axis=1).all(axis=1)


def drop(protocol: dict[str, pd.DataFrame], seed: str, **values: object) -> None:
    rows = where(protocol, seed, **values)
    assert rows.any()
    protocol[seed] = protocol[seed][~rows]


def change(
    protocol: dict[str, pd.DataFrame],
    seed: str,
    column: str,
    new: str,
    /,
    **of: object,
) -> int:
    """Change a column of the first row that is so; return its line."""
    line = protocol[seed].index[where(protocol, seed, **of)][0]
    protocol[seed].loc[line, column] = new
    return line


NAM = {"analysis_id": "nam_2023"}


def test_the_protocol_as_it_is_needs_nothing(protocol):
    assert found_in(protocol) == []


def test_a_variable_of_the_score_is_known_of_all_who_are_eligible(protocol):
    drop(protocol, "eligibility", **NAM, variable="riluzole")
    found = found_in(protocol)
    of_score = [one for one in found if one.startswith("matching_terms.csv")]
    assert of_score
    assert "riluzole' may be unknown for subjects of both arms" in of_score[0]
    assert "nam_2023,5,covariates_known,both,riluzole,known,,LABEL" in of_score[0]
    assert any(one.startswith("model_terms.csv") for one in found)


def test_any_condition_on_a_variable_makes_it_known(protocol):
    # onset_site stands in a step of its own, which nobody unknown can meet
    drop(protocol, "eligibility", **NAM, variable="onset_site", operator="known")
    assert found_in(protocol) == []


def test_a_known_step_of_one_arm_is_not_enough(protocol):
    change(
        *(protocol, "eligibility", "arm", "treated"),
        **(NAM | {"variable": "alsfrs_r_total", "operator": "known"}),
    )
    assert any(
        "may be unknown for control subjects" in one for one in found_in(protocol)
    )


@pytest.mark.parametrize("value", ["-1", None])
def test_nobody_is_followed_for_no_day(protocol, value):
    of = NAM | {"variable": "follow_up_days"}
    change(protocol, "eligibility", "value", "1", **of)
    change(protocol, "eligibility", "operator", ">=", **of)
    assert found_in(protocol) == []
    if value is None:
        drop(protocol, "eligibility", **of)
    else:
        change(protocol, "eligibility", "value", "0", **of)
    found = found_in(protocol)
    for arm in ("treated", "control"):
        text = f"'nam_2023' lets {arm} subjects in who were followed for 0 days"
        assert any(text in one for one in found), found


def test_an_endpoint_with_ventilation_asks_who_is_ventilated_at_index(protocol):
    drop(
        protocol,
        "eligibility",
        analysis_id="nam_2023_ventilation",
        variable="is_ventilated_at_index",
    )
    found = found_in(protocol)
    assert len(found) == 2
    assert all("may be before index in nam_2023_ventilation" in one for one in found)


def test_what_proact_does_not_record_is_no_event_of_its_subjects(protocol):
    line = change(
        *(protocol, "endpoints", "arm", "both"),
        analysis_id="nam_2023_ventilation",
        event="TRACHEOSTOMY",
    )
    found = found_in(protocol)
    assert any(
        one.startswith(
            f"endpoints.csv line {line}: event 'TRACHEOSTOMY' is not recorded"
        )
        for one in found
    ), found


def test_an_endpoint_has_an_event_in_each_arm(protocol):
    drop(protocol, "endpoints", endpoint="OSVENT", arm="control")
    assert any(
        "leaves the control arm without an event that ends OSVENT" in one
        for one in found_in(protocol)
    )


def test_a_model_is_of_one_endpoint(protocol):
    line = change(
        *(protocol, "models", "endpoint", "OS"),
        analysis_id="nam_2023_ventilation",
        model_id="unadjusted",
        variance="strata",
    )
    (found,) = found_in(protocol)
    assert found.startswith(
        f"models.csv line {line}: endpoint 'OS' of 'unadjusted' is OSVENT"
    )


def test_a_main_analysis_estimates_an_effect_of_treatment(protocol):
    drop(protocol, "models", analysis_id="barczewska_2020", model_id="unadjusted")
    assert any(
        "'barczewska_2020' has no hazard ratio of treatment" in one
        for one in found_in(protocol)
    )


@pytest.mark.parametrize(
    ("seed", "column", "value", "of", "printed"),
    [
        ("arms", "studyid", "hanyang", {"studyid": "HANYANG"}, "write HANYANG"),
        ("arms", "armcd", "PLACBO", {"armcd": "PLACEBO"}, "did you mean 'PLACEBO'?"),
        ("arms", "armcd", "any", {"studyid": "HANYANG"}, "did you mean 'ANY'?"),
        ("arms", "index_rule", "first_dose", {"arm": "control"}, "no days of doses"),
        ("models", "endpoint", "../x", NAM, "is not a valid name"),
        ("models", "model_id", "<b>", NAM, "is not a valid name"),
        ("windows", "window_id", "my window", NAM, "is not a valid name"),
        ("windows", "window_id", "runin", NAM | {"window_id": "run_in"}, "'run_in'?"),
        ("windows", "to_day", "99999", NAM, "is not a whole number from -3650 to 3650"),
        ("windows", "anchor", "dose_1", NAM, "PRO-ACT has no days of doses"),
        ("groups", "value", "KRO", NAM | {"value": "KOR"}, "not a level of country"),
        (
            "groups",
            "value",
            "single",
            NAM | {"value": "single_cycle"},
            "names no group",
        ),
        ("model_terms", "value", "f", NAM | {"variable": "sex"}, "did you mean 'F'?"),
        ("model_terms", "operator", "<", NAM | {"variable": "sex"}, "has no order"),
        (
            "model_terms",
            "value",
            "540",
            NAM | {"variable": "age"},
            "outside the range",
        ),
        ("matching", "ratio", "0", NAM, "is not a whole number from 1 to 100"),
        ("matching", "replacement", "maybe", NAM, "is neither true nor false"),
        ("matching_terms", "scale", "0", {"role": "distance"}, "is not a number from"),
        ("dose_groups", "max_doses", "1", {"dose_group": "single_cycle"}, "is below"),
        ("variables", "kind", "numeric", {"variable": "sex"}, "write categorical"),
        (
            "variables",
            "variable",
            "shoe_size",
            {"variable": "kings_stage"},
            "not a column",
        ),
    ],
)
def test_a_cell_that_would_break_a_build_is_named(
    protocol, seed, column, value, of, printed
):
    line = change(protocol, seed, column, value, **of)
    found = found_in(protocol)
    assert any(
        one.startswith(f"{seed}.csv line {line}: {column} {value!r} ")
        and printed in one
        for one in found
    ), found


@pytest.mark.parametrize(
    ("seed", "column"),
    [
        ("model_terms", "model_id"),
        ("regression_terms", "model_id"),
        ("dose_contrast_groups", "contrast_id"),
    ],
)
def test_a_row_under_a_misspelt_name_leaves_a_gap(protocol, seed, column):
    line = change(protocol, seed, column, "mispelt", position="2")
    place = protocol[seed].loc[line, "position"]
    assert (
        f"{seed}.csv line {line}: position {place!r} leaves place 1 of 'mispelt' "
        f"empty; number its rows from 1, or correct its {column}"
    ) in found_in(protocol)


def test_the_same_study_does_not_feed_both_arms(protocol):
    change(protocol, "arms", "studyid", "PROACT", **NAM, arm="treated")
    change(protocol, "arms", "index_rule", "trial_entry", **NAM, arm="treated")
    assert any(
        "takes subjects of PROACT that line" in one for one in found_in(protocol)
    )


def test_a_window_that_a_variable_comes_from_is_there(protocol):
    drop(protocol, "windows", analysis_id="barczewska_2020", window_id="run_in")
    assert any(
        "has no window run_in, from which progression_rate comes" in one
        for one in found_in(protocol)
    )


def test_no_cell_of_the_protocol_makes_the_check_itself_fail(protocol):
    """The first cell of each column in turn empty, and a number out of range."""
    for name, rows in list(protocol.items()):
        # a seed may be shipped without a row: one is then tried, all else empty
        tried = rows if len(rows) else rows.reindex([0])
        for column in rows.columns:
            for value in (None, "-1e9"):
                changed = tried.copy()
                changed.iloc[0, rows.columns.get_loc(column)] = value
                found_in(protocol | {name: changed})


def test_an_analysis_of_survival_keeps_every_window_that_cohorts_read():
    models = Path(__file__).parents[2] / "models"
    macros = models.parent / "macros"
    files = [*(models / "05_cohorts").glob("*.sql"), *macros.glob("*covariate*.sql")]
    named = r"window_id = '\w+'|(?:set windows =|for window in) \[[^]]+\]"
    read = {
        name
        for file in files
        for found in re.findall(named, file.read_text())
        for name in re.findall(r"'(\w+)'", found)
    }
    kept = (models / "00_protocol" / "analysis_windows.sql").read_text()
    assert {"baseline", "run_in"} <= read <= READ
    assert all(f"'{name}'" in kept for name in read)
    # those of response and of its course belong to the full scope
    assert [name for name in READ - read if f"'{name}'" in kept] == []
