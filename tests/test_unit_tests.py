"""Unit tests of models test code: no variable, environment or delivery moves one.

dbt compiles the model of a unit test with the variables of the run, and runs the
queries that a macro asks while it compiles. So a unit test sets every variable that its
model reads, and no model that asks the delivery has one.
"""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
MACRO = re.compile(r"{%-?\s*macro\s+(\w+)\s*\(.*?endmacro\s*-?%}", re.DOTALL)
COMMENT = re.compile(r"{#.*?#}", re.DOTALL)
VAR = re.compile(r"(?<!env_)\bvar\(\s*['\"](\w+)")
ENV_VAR = re.compile(r"\benv_var\(\s*['\"](\w+)")
# What asks a database, or looks at the run, while a model is compiled.
ASKS = re.compile(
    r"\b(run_query|statement|adapter|graph|flags|invocation_args_dict|run_started_at)\b"
)
JINJA = re.compile(r"{[{%].*?[%}]}", re.DOTALL)
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
# These ask seeds whose rows are the same on every machine: codelists.
OF_CODELISTS = {
    *("seed_values", "seed_table", "sdtm_variables", "value_bounds"),
    # the rows of variables.csv that come with the package, for every analysis
    "variables_always",
}
SEED = re.compile(r"\bseed_(?:values|table)\(\s*'(\w+)'")


def macros() -> dict[str, str]:
    files = sorted((ROOT / "macros").glob("*.sql"))
    text = "\n".join(COMMENT.sub("", file.read_text()) for file in files)
    return {found[1]: found[0] for found in MACRO.finditer(text)}


def code_of(model: str, known: dict[str, str]) -> dict[str, str]:
    """Return the text of a model and of every macro that it calls, by name."""
    (file,) = (ROOT / "models").glob(f"**/{model}.sql")
    found, left = {}, {model: COMMENT.sub("", file.read_text())}
    while left:
        name, text = left.popitem()
        found[name] = text
        called = {macro for macro in known if re.search(rf"\b{macro}\(", text)}
        left |= {macro: known[macro] for macro in called - found.keys()}
    return found


def unit_tests() -> list[tuple[str, dict]]:
    return [
        (test["name"], test)
        for file in sorted((ROOT / "models").glob("**/*.yml"))
        for test in yaml.safe_load(file.read_text()).get("unit_tests", [])
    ]


UNIT_TESTS = unit_tests()
KNOWN = macros()


def jinja_of(text: str) -> str:
    """Return what runs while a text is compiled, without the words in quotes."""
    return "\n".join(QUOTED.sub("", part) for part in JINJA.findall(text))


def problems_of(test: dict, code: dict[str, str]) -> list[str]:
    """Say what a unit test lets the run decide, given the code of its model."""
    overrides = test.get("overrides", {})
    text = "\n".join(code.values())
    free = set(VAR.findall(text)) - overrides.get("vars", {}).keys()
    environment = set(ENV_VAR.findall(text)) - overrides.get("env_vars", {}).keys()
    asking = {
        name
        for name, body in code.items()
        if name not in {*OF_CODELISTS, *overrides.get("macros", {})}
        and ASKS.search(jinja_of(body))
    }
    return [
        *(f"the variable {name} is not set in overrides" for name in sorted(free)),
        *(
            f"the environment variable {name} is not set"
            for name in sorted(environment)
        ),
        *(f"{name} asks the database while compiling" for name in sorted(asking)),
    ]


def test_there_are_unit_tests_and_macros():
    assert len(UNIT_TESTS) > 100
    assert {"seed_values", "delivered", "staged", "kept"} <= KNOWN.keys()


@pytest.mark.parametrize(
    "test", [test for _, test in UNIT_TESTS], ids=[name for name, _ in UNIT_TESTS]
)
def test_a_unit_test_depends_on_nothing_but_its_rows(test):
    code = code_of(test["model"], KNOWN)
    assert problems_of(test, code) == []
    codelists = {file.stem for file in (ROOT / "seeds/codelists").glob("*.csv")}
    # bounds of the template's own columns, which no site and no analysis changes
    shipped = codelists | {"value_bounds", "raw_columns", "variables"}
    assert set(SEED.findall("\n".join(code.values()))) <= shipped


@pytest.mark.parametrize(
    ("code", "overrides", "problem"),
    [
        ("{{ var('a', 1) }}", {}, "the variable a is not set"),
        ("{{ var('a', 1) }}", {"vars": {"b": 1}}, "the variable a is not set"),
        ('{{ env_var("A", "") }}', {"vars": {"A": 1}}, "the environment variable A"),
        ("{{ run_query('from t') }}", {}, "asks the database"),
    ],
)
def test_what_the_run_decides_is_found(code, overrides, problem):
    (found,) = problems_of({"overrides": overrides}, {"m": code})
    assert problem in found


def test_a_variable_that_a_unit_test_sets_is_no_problem():
    set_here = {"overrides": {"vars": {"a": 2}, "env_vars": {"A": "x"}}}
    code = {"m": "{{ var('a', 1) }} {{ env_var('A') }}"}
    assert problems_of(set_here, code) == []


def test_a_macro_that_reads_the_delivery_is_found_through_the_ones_that_call_it():
    problems = problems_of({}, code_of("stg_site__visits", KNOWN))
    assert any(problem.startswith("delivered asks") for problem in problems)
