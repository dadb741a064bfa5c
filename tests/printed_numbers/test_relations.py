"""How rules find the numbers of a check, and what they refuse."""

import pandas as pd
import pytest
from papers import checks, printed, rows, rule, seed

from counterarm.printed_numbers import run_checks
from counterarm.printed_numbers.kinds import KINDS

TABLE = rows(
    ("men", "n", "4", "subjects"),
    ("men", "died", "1", "subjects"),
    ("men", "died pct", "25", "%"),
    ("women", "n", "6", "subjects"),
    ("women", "died", "3", "subjects"),
    ("women", "died pct", "40", "%"),
    ("all", "n", "10", "subjects"),
)
PERCENT = rule(
    "percent",
    ("count", "{g}", "{what}"),
    ("percent", "{g}", "{what} pct"),
    ("total", "{g}", "n"),
)


def test_a_name_stands_for_one_text_in_all_rows_of_a_rule():
    assert {
        check.check_id: check.finding.verdict for check in run_checks(TABLE, PERCENT)
    } == {
        "percent/men/died": "consistent",
        "percent/women/died": "contradiction",
    }


def test_a_name_with_an_underscore_takes_every_number_that_fits():
    whole = rule("sum", ("whole", "all", "n"), ("part", "{_sex}men", "n"))
    total = rule("at_most", ("whole", "all", "n"), ("part", "{_sex}", "n"))
    # {_sex}men needs at least one letter before "men", so it takes women only
    (check,) = run_checks(TABLE, whole)
    assert [part.text for part in check.items["part"]] == ["6"]
    (check,) = run_checks(TABLE, total)
    assert [part.text for part in check.items["part"]] == ["4", "6"]


def test_a_unit_restricts_what_fits():
    split = rule("split", ("whole", "all", "{q}"), ("part", "men", "{q}"))
    split["unit"] = "events"
    with pytest.raises(ValueError, match="rule split: finds nothing to check"):
        run_checks(TABLE, split)


def test_letters_that_patterns_know_are_letters_in_a_rule():
    table = rows(("a (b) [c].", "n*", "1", None), ("a (b) [c].", "n+", "1", None))
    same = rule("same", ("first", "a (b) [c].", "n*"), ("second", "a (b) [c].", "n+"))
    (check,) = run_checks(table, same)
    assert check.finding.verdict == "consistent"


def test_an_unknown_kind_is_refused_with_its_rule():
    with pytest.raises(ValueError, match="rule guess: the kind 'guess' is none of"):
        run_checks(TABLE, rule("guess", ("a", "men", "n")))


def test_a_rule_of_two_kinds_is_refused():
    two = pd.concat([PERCENT, PERCENT.assign(kind="sum")])
    with pytest.raises(ValueError, match="kind must be the same in all its rows"):
        run_checks(TABLE, two)


def test_a_count_that_is_no_whole_number_is_named():
    table = rows(("men", "n", "4", None), ("men", "died", "1.5", None))
    wrong = rule("at_most", ("whole", "men", "n"), ("part", "men", "died"))
    with pytest.raises(ValueError, match=r"at_most in synthetic: '1.5' is not a whole"):
        run_checks(table, wrong)


def test_a_role_that_a_check_lacks_is_named():
    with pytest.raises(ValueError, match="percent in synthetic: 'total'"):
        run_checks(TABLE, rule("percent", ("count", "men", "n")))


def test_every_check_has_a_name_of_its_own():
    names = [(check.paper, check.check_id) for check in checks()]
    assert len(set(names)) == len(names)


def test_the_rules_use_every_number_that_stands_elsewhere():
    used = {
        number.place
        for check in checks()
        for some in check.items.values()
        for number in some
    }
    places = set(
        seed("printed_elsewhere")[["location", "group", "quantity"]].itertuples(
            index=False, name=None
        )
    )
    assert places - used == set()


def test_no_number_is_printed_twice_under_one_name():
    places = printed()[["paper", "location", "group", "quantity"]]
    assert not places.duplicated().any()


def test_every_kind_names_roles_that_its_rules_have():
    roles = seed("relations").groupby("kind")["role"].agg(set)
    for name, kind in KINDS.items():
        if name in roles:
            assert set(kind.blamed) | set(kind.follows) <= roles[name], name


def test_a_third_paper_is_checked_by_the_way_its_numbers_are_named():
    # The ratio's limits give exp(0) and z = 0; the percentage is 25% of 40.
    third = rows(
        ("all", "subjects", "40", "subjects"),
        ("all", "women", "10", "subjects"),
        ("all", "women pct", "52", "%"),
        ("A vs B", "Cox HR", "0.50", None),
        ("A vs B", "Cox HR CI low", "0.80", None),
        ("A vs B", "Cox HR CI high", "1.25", None),
        ("A vs B", "Cox p", "0.001", None),
        ("A", "survival", "730", "days"),
        ("A", "survival in months", "24.0", "months"),
        ("A", "age min", "20", "years"),
        ("A", "age Q1", "41", "years"),
        ("A", "age median", "40", "years"),
        ("A", "age Q3", "60", "years"),
        ("A", "age max", "80", "years"),
        ("A", "AE events", "4", "events"),
        ("A", "AE subjects", "5", "subjects"),
    )
    relations = seed("relations")
    general = relations[relations["paper"].isna()]
    both = pd.concat([printed(), third], ignore_index=True)
    verdicts = {
        check.rule: check.finding.verdict
        for check in run_checks(both, general)
        if check.paper == "synthetic"
    }
    assert verdicts == {
        "percent_of_group": "contradiction",
        "ratio_in_limits": "contradiction",
        "p_of_hazard_ratio": "contradiction",
        "estimate_between_limits": "contradiction",
        "days_in_months": "consistent",
        "quartiles_in_order": "contradiction",
        "subjects_within_events": "contradiction",
    }
