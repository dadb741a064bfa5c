"""Rows of variables.csv and assumed_values.csv that make no sense are named."""

import re
from pathlib import Path

import pandas as pd
import pytest
import yaml
from changed_protocol import append, delivered

from counterarm.protocol import ProtocolError, check_protocol
from counterarm.protocol.levels import COVARIATES
from counterarm.protocol.variables import (
    FORMULAS,
    RULES,
    RULES_NAMED,
    TAKEN,
    units_of,
)

ROOT = Path(__file__).parents[2]
PARAMETERS = pd.read_csv(ROOT / "seeds" / "adam" / "analysis_parameters.csv")
MACROS = (ROOT / "macros" / "covariate_sources.sql").read_text()
CREATININE = {
    "variable": "creatinine_before",
    "kind": "numeric",
    "known_at": "index",
    "unit": "umol/L",
    "label": "Creatinine a year before",
    "computed": "named",
    "source": "adlb",
    "parameter": "CREAT",
    "field": "value",
    "from_day": -400,
    "to_day": -300,
    "record": "nearest",
}


@pytest.fixture
def protocol() -> dict[str, pd.DataFrame]:
    return delivered()


def problems(protocol) -> list[str]:
    seeds = {name: rows for name, rows in protocol.items() if name != "variables"}
    try:
        check_protocol(seeds, protocol["variables"], parameters=PARAMETERS)
    except ProtocolError as error:
        return [str(one).removeprefix("seeds/protocol/") for one in error.problems]
    return []


def test_the_rows_as_delivered_have_the_units_of_their_parameters(protocol):
    assert problems(protocol) == []


def test_a_row_of_ones_own_is_a_variable_that_an_analysis_may_name(protocol):
    append(protocol, "variables", **CREATININE)
    append(
        protocol,
        "eligibility",
        variable="creatinine_before",
        operator="<",
        value="100",
        arm="both",
    )
    assert problems(protocol) == []


@pytest.mark.parametrize(
    ("values", "printed"),
    [
        ({"source": "adxx"}, "source 'adxx' is none of adae, adlb, "),
        (
            {"parameter": "CREATT"},
            "parameter 'CREATT' 'CREATT' is not of adlb; did you mean",
        ),
        ({"parameter": None}, "parameter must not be empty"),
        ({"parameter": "CREAT|ALB"}, "parameter 'CREAT|ALB' has several units: g/L, "),
        ({"field": "mean"}, "field 'mean' is none of change, n_days, slope, slope_se"),
        ({"field": "pct_predicted"}, "field 'pct_predicted' is none of"),
        (
            {"unit": "mg/dL"},
            "unit 'mg/dL' is not that of ADLB CREAT, value; write umol",
        ),
        ({"field": "slope", "record": None}, "write umol/L per month"),
        ({"record": "closest"}, "record 'closest' is none of first, last, max"),
        ({"field": "n_days", "unit": None}, "record 'nearest' must be empty"),
        ({"from_day": -200}, "from_day -200 is after to_day -300"),
        ({"to_day": None}, "to_day must be given with the source adlb"),
        ({"to_day": 30}, "to_day 30 is more than 14 days after index"),
        ({"from_day": "soon"}, "from_day 'soon' is not a whole number"),
        ({"kind": "categorical"}, "write numeric"),
        ({"variable": "Creatinine"}, "variable 'Creatinine' is not a valid name"),
        ({"variable": "is_eligible"}, "variable 'is_eligible' is not a valid name"),
        ({"variable": "weight"}, "variable 'weight' is not a valid name"),
        ({"variable": "fvc"}, "is in line"),
        ({"computed": "always"}, "is not a column of cohort.covariates"),
        ({"source": "rule", "parameter": "dose_group"}, "is no rule of a variable"),
        ({"source": "formula", "parameter": "bmj"}, "'bmj' is not of formula; did you"),
        ({"source": "formula", "parameter": "bmi"}, "must be empty with the source"),
        ({"source": "adsl", "parameter": "onsetady"}, "'onsetady' is not of adsl"),
        ({"source": "cm", "parameter": "Aspirin", "field": "any"}, "in capitals"),
        ({"source": "pr", "parameter": "PEG", "field": "any"}, "'PEG' is not of pr"),
        ({"source": "scales", "parameter": "total"}, "record 'nearest' is none of bas"),
    ],
)
def test_a_row_that_no_build_could_use_is_named_with_line_and_column(
    protocol, values, printed
):
    line = append(protocol, "variables", **CREATININE | values)
    found = problems(protocol)
    assert any(
        one.startswith(f"variables.csv line {line}: ") and printed in one
        for one in found
    ), found


def test_what_is_always_there_and_what_a_formula_needs_must_have_its_row(protocol):
    rows = protocol["variables"]
    lacking = rows["variable"].isin(["age", "body_weight"])
    protocol["variables"] = rows[~lacking].reset_index(drop=True)
    found = problems(protocol)
    assert any("'age' has no row, and is a column" in one for one in found)
    assert any("'bmi' needs the variable body_weight" in one for one in found)


@pytest.mark.parametrize(
    ("values", "printed"),
    [
        ({}, None),
        ({"variable": "fdt"}, "'fdt' is not a variable in variables.csv; did you mean"),
        ({"variable": "age", "value": "60"}, "'age' cannot be assumed"),
        ({"variable": "tricals_missing"}, "'tricals_missing' cannot be assumed"),
        ({"value": "no"}, "'no' is not a level of ftd; write one of N, Y"),
        ({"arm": "controls"}, "'controls' is none of both, control, treated"),
        ({"why": None}, "why must not be empty"),
        ({"analysis_id": "nam"}, "'nam' is not an analysis"),
    ],
)
def test_an_assumption_is_of_a_category_and_one_of_its_levels(
    protocol, values, printed
):
    row = {
        "analysis_id": "nam_2023",
        "variable": "ftd",
        "arm": "both",
        "value": "N",
        "why": "Not asked",
    }
    protocol["assumed_values"] = pd.DataFrame([row | values], dtype=object)
    found = problems(protocol)
    assert (not found) if printed is None else any(printed in one for one in found)


def names_in(macro: str) -> dict[str, str]:
    """Return the keys of the mapping that a macro returns, with what follows each."""
    body = re.search(rf"macro {macro}\(\).*?endmacro", MACROS, re.DOTALL)[0]
    returned = body[body.index("return({") :]
    parts = re.split(r"^        '(\w+)':", returned, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_rules_and_formulas_are_those_of_the_macros():
    assert set(names_in("covariate_rules")) == set(RULES) - RULES_NAMED
    assert set(names_in("covariate_formulas")) == set(FORMULAS)
    named = (ROOT / "macros" / "named_covariates.sql").read_text()
    codes = re.search(r"set codes = \{(.*?)\}\[row.parameter\]", named, re.DOTALL)[1]
    assert set(re.findall(r"^\s+'(\w+)':", codes, re.MULTILINE)) == RULES_NAMED


def test_what_a_formula_needs_is_that_of_the_macro():
    of_tricals = re.search(r"of_tricals = \[(.*?)\]", MACROS, re.DOTALL)[1]
    for name, text in names_in("covariate_formula_inputs").items():
        needed = re.findall(r"'(\w+)'", text.split("}")[0])
        needed = needed or re.findall(r"'(\w+)'", of_tricals)
        assert sorted(needed) == sorted(FORMULAS[name]), name


def test_the_columns_always_there_are_those_of_the_documented_table():
    text = (ROOT / "models" / "05_cohorts" / "subjects.yml").read_text()
    documented = set(re.findall(r"^      - \{name: (\w+)", text, re.MULTILINE))
    own = {
        "analysis_id",
        "usubjid",
        "subject_usubjid",
        "arm",
        "index_day",
        "index_assessment_day",
    }
    own |= {"excluded_at_step", "excluded_by", "is_eligible"}
    assert documented - own == set(COVARIATES)


def test_a_unit_is_what_the_name_of_a_parameter_ends_with():
    units = units_of(PARAMETERS)
    assert units["adlb"]["CREAT"] == "umol/L"
    assert units["adlb"]["HCT"] == "%"
    assert units["adlb"]["INR"] == ""
    assert units["advs"]["WEIGHT"] == "kg"
    assert units["adre"]["FVC"] == "L"
    assert units["adqs"]["ALSR1TS"] == "points"
    assert units["adqs"]["KINGS"] == ""


def test_no_variable_has_the_name_of_another_column_of_its_tables():
    variables = set(
        pd.read_csv(ROOT / "seeds" / "protocol" / "variables.csv")["variable"]
    )
    for folder, model in (
        ("05_cohorts", "subjects"),
        ("06_matching", "matched_subjects"),
        ("07_analyses/trust", "specification_subjects"),
    ):
        file = ROOT / "models" / folder / f"{model}.yml"
        (described,) = yaml.safe_load(file.read_text())["models"]
        others = {one["name"] for one in described["columns"]} - set(COVARIATES)
        assert others <= TAKEN
        assert not others & variables
