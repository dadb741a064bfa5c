"""Small counts are hidden, and cannot be worked out from what is left."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterarm.report.disclosure.cells import suppress
from counterarm.report.disclosure.values import hide_in_sum
from counterarm.report.reading import Results

BELOW = 5
CLASSES = ["n_decreased", "n_no_change", "n_increased", "n_without_class"]
cells = st.lists(st.integers(0, 40), min_size=1, max_size=6)


def one(name: str, rows: list[dict]) -> pd.DataFrame:
    return suppress(Results({name: pd.DataFrame(rows)}), BELOW).of(name)


@given(cells)
def test_no_small_count_is_shown(counts):
    assert not [
        n for n in hide_in_sum(counts, BELOW) if not isinstance(n, str) and 0 < n < 5
    ]


@given(cells)
def test_the_sum_does_not_tell_a_hidden_cell(counts):
    hidden = [n for n in hide_in_sum(counts, BELOW) if isinstance(n, str)]
    others = [n for n in counts if n]
    # Where nobody else is in the sum, the sum itself is the small count.
    assert len(hidden) != 1 or len(others) == 1


def test_a_table_without_small_counts_is_left_as_it_is():
    assert hide_in_sum([0, 5, 17], BELOW) == [0, 5, 17]


def steps(left_out: list[tuple[int, int]], start: int) -> list[dict]:
    rows, now = [], start
    for step, (failed, unknown) in enumerate([(0, 0), *left_out]):
        before, now = now, now - failed - unknown
        rows.append(
            {
                "analysis_id": "a",
                "arm": "control",
                "step": step,
                "criterion": f"c{step}",
                "label": f"Step {step}",
                "n_before": before,
                "n_failed": failed,
                "n_not_evaluable": unknown,
                "n_after": now,
            }
        )
    return rows


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=7)
)
def test_no_two_numbers_of_a_flow_tell_a_small_step(left_out):
    start = 200
    shown = one("attrition_flow", steps(left_out, start))
    counts = [n for n in shown["n_after"] if not isinstance(n, str)]
    apart = [abs(a - b) for a, b in itertools.pairwise(counts)]
    assert not [n for n in apart if 0 < n < BELOW]
    for column in ("n_failed", "n_not_evaluable"):
        known = [n for n in shown[column] if not isinstance(n, str)]
        assert not [n for n in known if 0 < n < BELOW]


def test_a_flow_of_index_days_is_counted_in_subjects():
    """60 days of 40 people are left out of 300 of 160, then 30 days of 3 people."""
    days = steps([(60, 0), (30, 0), (90, 0)], 300)
    people = [160, 120, 117, 60]
    flow = [step | {"n_subjects": n} for step, n in zip(days, people, strict=True)]
    shown = one("attrition_flow", flow)
    assert shown["n_after"].tolist() == [160, 120, 60]
    assert shown["n_failed"].tolist() == [0, 40, 60]
    assert shown["n_subjects"].tolist() == shown["n_after"].tolist()


def test_steps_that_leave_out_few_are_put_together_and_nobody_is_lost():
    shown = one("attrition_flow", steps([(3, 0), (4, 2), (50, 0)], 200))
    assert shown["label"].tolist() == ["Step 0", "Step 1; Step 2", "Step 3"]
    assert shown["n_after"].tolist() == [200, 191, 141]
    assert shown["n_failed"].tolist()[1] == "hidden"


def determined(shown: pd.DataFrame) -> list[tuple]:
    """Return the hidden small counts that all the sums together determine.

    The last row is the sum of the others, the last column that of the classes. A cell
    is determined where its unit vector lies in the row space of the sums: where adding
    it as an equation raises no rank.
    """
    columns = [*CLASSES, "n_pairs"]
    cells = list(itertools.product(range(len(shown)), range(len(columns))))
    equations = []
    for row in range(len(shown)):
        equations.append([(i == row) * (-1 if j == 4 else 1) for i, j in cells])
    for column in range(len(columns)):
        last = len(shown) - 1
        equations.append([(j == column) * (-1 if i == last else 1) for i, j in cells])
    is_hidden = [isinstance(shown.iloc[i][columns[j]], str) for i, j in cells]
    matrix = np.array(equations, dtype=float)[:, is_hidden]
    hidden = [cell for cell, out in zip(cells, is_hidden, strict=True) if out]
    rank = np.linalg.matrix_rank(matrix) if hidden else 0
    return [
        (i, columns[j])
        for k, (i, j) in enumerate(hidden)
        if shown.iloc[i][columns[j]] == f"<{BELOW}"
        and np.linalg.matrix_rank(np.vstack([matrix, np.eye(len(hidden))[k]])) == rank
    ]


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.lists(st.integers(0, 30), min_size=4, max_size=4), min_size=2, max_size=3
    )
)
def test_sums_over_classes_and_subgroups_do_not_tell_a_small_response(counts):
    table = [
        {
            "subgroup_set": "s",
            "subgroup": f"g{i}",
            **dict(zip(CLASSES, row, strict=True)),
        }
        for i, row in enumerate(counts)
    ]
    whole = dict(zip(CLASSES, np.array(counts).sum(axis=0).tolist(), strict=True))
    table.append({"subgroup_set": "all", "subgroup": "all", **whole})
    rows = [
        {
            "analysis_id": "a",
            "n_pairs": sum(row[name] for name in CLASSES),
            "pct_decreased": 1.0,
            "pct_no_change": 1.0,
            "pct_increased": 1.0,
            "ratio": 1.0,
            "p_value": 0.5,
            **row,
        }
        for row in table
    ]
    shown = one("response_by_subgroup", rows)
    known = pd.to_numeric(
        shown[[*CLASSES, "n_pairs"]].to_numpy().ravel(), errors="coerce"
    )
    assert not ((known > 0) & (known < BELOW)).any()
    everything = all(
        isinstance(cell, str)
        for cell in shown[[*CLASSES, "n_pairs"]].to_numpy().ravel()
    )
    assert everything or determined(shown) == []


def test_a_level_hidden_in_one_group_of_an_arm_is_hidden_in_the_arm():
    rows = [
        {
            "analysis_id": "a",
            "sample": "matched",
            "variable": "sex",
            "level": level,
            "group_name": group,
            "n": n,
            "n_missing": None,
            "percent": 50.0,
            "smallest": None,
            "largest": None,
        }
        for group, counts in {
            "treated": (30, 20),
            "multiple": (3, 12),
            "single_cycle": (27, 8),
        }.items()
        for level, n in zip("FM", counts, strict=True)
    ]
    shown = one("baseline_by_group", rows).set_index(["group_name", "level"])["n"]
    assert shown["multiple", "F"] == "<5"
    assert isinstance(shown["multiple", "M"], str)
    assert isinstance(shown["treated", "F"], str)


def test_a_share_that_tells_a_small_count_goes_with_its_difference():
    row = {
        "analysis_id": "a",
        "variable": "race=ASIAN",
        "column_name": "race",
        "level": "ASIAN",
        "sample": "matched",
        "n_treated": 100,
        "n_control": 100,
        "mean_treated": 0.02,
        "mean_control": 0.30,
        "smd": -0.8,
    }
    other = {
        **row,
        "variable": "race=WHITE",
        "level": "WHITE",
        "mean_treated": 0.98,
        "mean_control": 0.70,
    }
    shown = one("covariate_balance", [row, other])
    assert shown["mean_treated"].isna().all()
    assert shown["smd"].isna().all()
    assert shown["mean_control"].tolist() == [0.30, 0.70]


def test_lines_and_bars_of_single_subjects_are_left_out():
    assert one("function_course", [{"analysis_id": "a", "line": 1, "total": 40}]).empty
    assert one("response_differences", [{"analysis_id": "a", "place": 1}]).empty


def test_a_table_unknown_to_the_rules_hides_what_is_called_a_count():
    shown = one(
        "frailty_table", [{"analysis_id": "a", "n_subjects": 2, "pct_subjects": 2.0}]
    )
    assert shown["n_subjects"].tolist() == ["<5"]
    assert shown["pct_subjects"].isna().all()


def test_hiding_counts_below_one_is_refused():
    with pytest.raises(ValueError, match="2 is the least"):
        suppress(Results({}), 1)


def test_a_mean_of_few_goes_with_its_count():
    row = {"analysis_id": "a", "group_name": "x", "mean": -3.0, "ci_low": -5.0}
    rows = [{**row, "n_assessed": 4}, {**row, "n_assessed": 5}]
    shown = one("function_change", rows)
    assert shown["n_assessed"].tolist() == ["<5", 5]
    assert shown["mean"].isna().tolist() == [True, False]


def test_counts_named_by_their_group_are_hidden_too():
    row = {"analysis_id": "a", "n": 90, "group_n": 3, "reference_events": 2}
    shown = one("time_contrasts", [row])
    assert shown.iloc[0].tolist() == ["a", 90, "<5", "<5"]


def test_the_rate_and_events_of_few_subjects_go_with_their_count():
    row = {"n_subjects": 2, "n_events": 40, "pct_subjects": 2.0, "rate_ci_low": 9.0}
    other = {**row, "n_subjects": 30}
    shown = one("safety_summary", [row, other])
    assert shown["n_subjects"].tolist() == ["<5", 30]
    assert shown["n_events"].tolist() == ["hidden", 40]
    assert shown["rate_ci_low"].isna().tolist() == [True, False]


def test_a_count_under_the_name_of_an_estimate_is_hidden_and_a_ratio_is_not():
    rows = [
        {"estimate": name, "value": value}
        for name, value in {"OS/g/n": 3, "OS/h/n": 5, "hr": 0.61, "z/n": 0}.items()
    ]
    assert one("survival_estimates", rows)["value"].tolist() == ["<5", 5, 0.61, 0]
    # weights of four subjects, added up
    rows = [{"estimate": "matched/weight", "value": 3.9999999999999996}]
    assert one("cohort_estimates", rows)["value"].tolist() == ["<5"]


def test_in_how_few_rows_an_expectation_failed_is_hidden():
    rows = [
        {
            "unexpected_count": n,
            "observed": f'{{"unexpected_count": {n}}}',
            "message": None if not n else f"{n} rows. Example row: A-1. Why: days.",
        }
        for n in (4, 5, 0, None)
    ]
    shown = one("gate_findings", rows)
    assert shown["unexpected_count"].tolist() == ["<5", 5, 0, None]
    assert shown["observed"].tolist()[:2] == ["hidden", '{"unexpected_count": 5}']
    assert shown["message"].tolist()[:2] == ["Why: days.", "Why: days."]


def test_a_finding_without_a_reason_has_no_example_of_few_rows():
    row = {"unexpected_count": 2, "observed": "", "message": "Example row: A-1"}
    assert one("gate_findings", [row])["message"].tolist() == ["hidden"]


def test_a_small_rest_of_a_flow_is_not_the_difference_of_its_row():
    shown = one("attrition_flow", steps([(97, 0)], 100)).iloc[-1]
    assert shown["n_after"] == "<5"
    assert shown["n_failed"] == shown["n_not_evaluable"] == "hidden"


def test_few_missing_values_are_not_the_rest_of_the_group():
    rows = [
        {
            "analysis_id": "a",
            "sample": "matched",
            "variable": variable,
            "level": None,
            "group_name": "treated",
            "n": n,
            "n_missing": missing,
            "percent": None,
        }
        for variable, n, missing in (("age", 100, 0), ("bmi", 97, 3))
    ]
    shown = one("baseline_by_group", rows)
    assert shown["n"].tolist() == [100, "hidden"]
    assert shown["n_missing"].tolist() == [0, "<5"]


def test_the_events_of_few_subjects_go_with_their_count_in_every_table_of_harms():
    row = {"n_subjects": 3, "n_events": 8, "rate": 0.1}
    for name in ("adverse_event_rates", "safety_table", "safety_summary"):
        shown = one(name, [row]).iloc[0]
        assert (shown["n_subjects"], shown["n_events"]) == ("<5", "hidden")


def test_a_count_of_what_is_no_person_is_shown():
    rows = one("subgroup_interactions", [{"n_subgroups": 2, "n_estimated": 2}])
    assert rows.iloc[0].tolist() == [2, 2]
    rows = one("specification_summary", [{"n": 4, "n_levels": 3, "share_below_1": 0.5}])
    assert rows.iloc[0].tolist() == [4, 3, 0.5]


def test_a_note_does_not_count_few():
    rows = one(
        "imputed",
        [{"note": "2 subjects not imputed (1 group)"}, {"note": "1,002 subjects"}, {}],
    )
    assert rows["note"].tolist() == [
        "<5 subjects not imputed (1 group)",
        "1,002 subjects",
        None,
    ]


def test_a_group_of_few_without_any_value_does_not_show_how_many():
    # a variable with levels, of which this group has none
    row = {"analysis_id": "a", "sample": "matched", "variable": "country"}
    row |= {"group_name": "riluzole_no", "level": None, "n": None, "n_missing": 2}
    row |= dict.fromkeys(["percent", "mean", "sd", "median", "q1", "q3"])
    rows = pd.DataFrame([row]).astype({"n": "Int64", "n_missing": "Int64"})
    shown = one("baseline_by_group", rows)
    assert shown["n_missing"].tolist() == ["<5"]
    assert shown["n"].isna().all()
