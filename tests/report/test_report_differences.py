"""What two tables, two samples or two groups tell together is hidden as well."""

import itertools

import duckdb
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterarm.report.disclosure.cells import suppress
from counterarm.report.disclosure.groups import GROUP_REMAINDERS
from counterarm.report.disclosure.values import hide_in_sum
from counterarm.report.figures.participant_flow import flow_diagram
from counterarm.report.reading import Results

BELOW = 5


def shown(**tables: list[dict]) -> Results:
    return suppress(Results({n: pd.DataFrame(r) for n, r in tables.items()}), BELOW)


def possible(cells: list, total: int) -> list[set[int]]:
    """Return, by trying all, the values that each hidden small cell can have.

    What is shown as `hidden` is known not to be small, and zeros are shown.
    """
    rest = total - sum(cell for cell in cells if not isinstance(cell, str))
    hidden = [cell for cell in cells if isinstance(cell, str)]
    ranges = [
        range(1, BELOW) if cell == f"<{BELOW}" else range(BELOW, rest + 1)
        for cell in hidden
    ]
    fitting = [x for x in itertools.product(*ranges) if sum(x) == rest]
    return [
        {x[i] for x in fitting} for i, cell in enumerate(hidden) if cell == f"<{BELOW}"
    ]


@given(st.lists(st.integers(0, 9), min_size=1, max_size=4))
def test_a_sum_and_the_bounds_of_its_cells_do_not_tell_a_small_one(counts):
    cells = hide_in_sum(counts, BELOW)
    left = [cell for cell in cells if cell and not isinstance(cell, str)]
    alone = [values for values in possible(cells, sum(counts)) if len(values) == 1]
    # where all are hidden there is nothing else to hide
    assert not alone or not left


@pytest.mark.parametrize("counts", [[1, 1, 90, 80], [4, 4, 90, 80], [1, 5, 90, 80]])
def test_two_small_counts_of_an_extreme_sum_take_a_third_with_them(counts):
    hidden = [cell for cell in hide_in_sum(counts, BELOW) if isinstance(cell, str)]
    assert len(hidden) == 3


def of_baseline(sample: str, group: str, variable: str, **values) -> dict:
    row = dict.fromkeys(
        ("level", "n", "n_missing", "percent", "mean", "sd", "median", "q1", "q3")
    )
    keys = {"analysis_id": "a", "sample": sample, "group_name": group}
    return row | keys | {"variable": variable} | values


def test_a_mean_and_deviation_of_few_would_tell_their_values():
    # two subjects of 43 and 58 years: 50.5, and 10.6 = 15 / sqrt(2)
    rows = [
        of_baseline("matched", "g", "age", n=2, n_missing=0, mean=50.5, sd=10.6),
        of_baseline("matched", "h", "age", n=20, n_missing=0, mean=50.5, sd=10.6),
    ]
    found = shown(baseline_by_group=rows).of("baseline_by_group")
    assert found["mean"].isna().tolist() == [True, False]
    assert found["sd"].isna().tolist() == [True, False]


def test_the_levels_of_a_variable_do_not_tell_of_how_few_it_is_not_known():
    # 97 of 100 are known to be women
    rows = [
        of_baseline("matched", "treated", "sex", n_missing=3),
        of_baseline("matched", "treated", "sex", level="F", n=97, percent=100.0),
        of_baseline("matched", "treated", "age", n=100, n_missing=0, mean=50.5),
    ]
    found = shown(baseline_by_group=rows).of("baseline_by_group")
    assert found["n_missing"].tolist() == ["<5", None, 0]
    assert found["n"].tolist() == [None, "hidden", 100]


def two_samples(eligible: dict, matched: dict) -> pd.DataFrame:
    rows = []
    for sample, counts in (("unmatched", eligible), ("matched", matched)):
        rows.append(
            of_baseline(
                sample, "treated", "age", n=sum(counts.values()), n_missing=0, mean=50.0
            )
        )
        rows.append(of_baseline(sample, "treated", "sex", n_missing=0))
        rows += [
            of_baseline(sample, "treated", "sex", level=level, n=n, percent=1.0)
            for level, n in counts.items()
        ]
    found = shown(baseline_by_group=rows).of("baseline_by_group")
    return found.set_index(["sample", "variable", "level"])


def test_the_one_subject_without_a_match_is_not_the_difference_of_two_columns():
    # 91 x the mean of the eligible less 90 x that of the matched is its age
    found = two_samples({"F": 37, "M": 54}, {"F": 36, "M": 54})
    of_age = found.xs(("unmatched", "age"), level=["sample", "variable"])
    assert of_age["n"].tolist() == ["hidden"]
    assert of_age["mean"].isna().all()
    of_sex = found.xs(("unmatched", "sex"), level=["sample", "variable"])
    assert of_sex["n"].dropna().tolist() == ["hidden", "hidden"]
    matched = found.xs("matched", level="sample")
    assert matched["n"].dropna().tolist() == [90, 36, 54]


def test_a_level_of_which_few_found_no_match_is_hidden_among_the_eligible():
    found = two_samples({"F": 50, "M": 60, "X": 30}, {"F": 48, "M": 40, "X": 20})
    of_sex = found.xs(("unmatched", "sex"), level=["sample", "variable"])
    # 2 women without a match, and the next fewest, 10
    assert of_sex["n"].dropna().tolist() == ["hidden", 60, "hidden"]
    assert of_sex["n"]["X"] == "hidden"
    of_age = found.xs(("unmatched", "age"), level=["sample", "variable"])
    assert of_age["n"].tolist() == [140]
    assert of_age["mean"].tolist() == [50.0]


def of_balance(sample: str, n: int, mean: float, level: str | None = None) -> dict:
    return {
        "analysis_id": "a",
        "variable": "age" if level is None else f"sex={level}",
        "column_name": "age" if level is None else "sex",
        "level": level,
        "sample": sample,
        "n_treated": n,
        "n_control": 500,
        "mean_treated": mean,
        "mean_control": 0.5,
        "smd": 0.123,
        "variance_ratio": 1.1,
    }


def test_the_balance_does_not_tell_the_one_subject_without_a_match():
    rows = [
        of_balance("unmatched", 91, 56.593),
        of_balance("matched", 90, 56.567),
        *(of_balance("unmatched", 91, n / 91, s) for s, n in (("F", 37), ("M", 54))),
        *(of_balance("matched", 90, n / 90, s) for s, n in (("F", 36), ("M", 54))),
    ]
    found = shown(covariate_balance=rows).of("covariate_balance")
    before = found[found["sample"] == "unmatched"]
    assert before["n_treated"].tolist() == ["hidden"] * 3
    assert before["mean_treated"].isna().all()
    assert before["variance_ratio"].isna().all()
    # of a mean, to a tenth: 0.05 SD of 91 subjects are more than 4 SD of the one
    assert before["smd"].tolist() == [0.1, None, None]
    after = found[found["sample"] == "matched"]
    assert after["n_treated"].tolist() == [90] * 3
    assert after["smd"].tolist() == [0.123] * 3


def test_a_balance_of_many_without_a_match_stays_as_it_is():
    rows = [of_balance("unmatched", 97, 56.6), of_balance("matched", 90, 56.5)]
    found = shown(covariate_balance=rows).of("covariate_balance")
    assert found["mean_treated"].tolist() == [56.6, 56.5]
    assert found["smd"].tolist() == [0.123, 0.123]


def test_scores_do_not_tell_the_few_without_a_match():
    def bins(sample: str, *counts: int) -> list[dict]:
        return [
            {
                "analysis_id": "a",
                "sample": sample,
                "arm": "treated",
                "twentieth": i,
                "n_subjects": n,
            }
            for i, n in enumerate(counts)
            if n
        ]

    rows = bins("unmatched", 20, 30, 41) + bins("matched", 20, 30, 40)
    found = shown(score_overlap=rows).of("score_overlap")["n_subjects"]
    assert found.tolist() == ["hidden"] * 3 + [20, 30, 40]
    rows = bins("unmatched", 20, 30, 50) + bins("matched", 18, 23, 20)
    found = shown(score_overlap=rows).of("score_overlap")["n_subjects"]
    assert found.tolist() == ["hidden", "hidden", 50, 18, 23, 20]


def test_the_eligible_less_the_matched_are_not_few():
    row = {
        "analysis_id": "a",
        "n_treated_eligible": 91,
        "n_treated_used": 90,
        "n_control_eligible": 2000,
        "n_control_used": 90,
    }
    found = shown(analysis_summary=[row]).of("analysis_summary").iloc[0]
    assert found.tolist() == ["a", "hidden", 90, 2000, 90]
    row = {"analysis_id": "a", "n_eligible": 91, "n_discarded": 0, "n_left_out": 1}
    found = shown(match_summary=[row | {"n_used": 90}]).of("match_summary").iloc[0]
    assert found.tolist() == ["a", "hidden", 0, "<5", 90]
    row = {"analysis_id": "a", "n_eligible": 120, "n_discarded": 2, "n_left_out": 28}
    found = shown(match_summary=[row | {"n_used": 90}]).of("match_summary").iloc[0]
    assert found.tolist() == ["a", 120, "<5", "hidden", 90]


def of_group(group: str, n: int, events: int) -> dict:
    keys = {"analysis_id": "a", "endpoint": "OS", "conf_type": "log"}
    measures = {"median_days": 400.0, "rmst_days": 300.0, "rmst_se": 9.0}
    return keys | measures | {"group_name": group, "n": n, "n_events": events}


def curve(group: str, *left: int) -> list[dict]:
    keys = {"analysis_id": "a", "endpoint": "OS", "conf_type": "log"}
    return [
        keys | {"group_name": group, "day": day, "n_risk": n, "survival": 0.9}
        for day, n in enumerate(left)
    ]


def test_a_curve_does_not_count_the_events_that_its_table_hides():
    rows = {
        "survival_by_group": [
            of_group("treated", 60, 3),
            of_group("control", 60, 40),
            of_group("women", 40, 2),
            of_group("men", 20, 1),
        ],
        "survival_steps": [
            row
            for group in ("treated", "control", "women", "men")
            for row in curve(group, 60, 59, 58)
        ],
    }
    found = shown(**rows)
    # all four: the events of the control are the rest of those of the model
    assert found.of("survival_steps").empty
    of_few = found.of("survival_by_group").set_index("group_name")
    for measure in ("median_days", "rmst_days", "rmst_se"):
        assert of_few[measure].isna().tolist() == [True, False, True, True]


def test_a_curve_of_counts_that_are_shown_stays():
    rows = {
        "survival_by_group": [of_group("treated", 60, 30), of_group("control", 60, 40)],
        "survival_steps": curve("treated", 60, 59) + curve("control", 60, 58),
    }
    assert shown(**rows).of("survival_steps")["n_risk"].tolist() == [60, 59, 60, 58]


def test_models_that_differ_by_few_subjects_do_not_tell_their_events():
    keys = {"analysis_id": "a", "endpoint": "OS", "variance": "naive", "n_left_out": 0}
    rows = [
        keys | {"model_id": model, "n": n, "n_events": events}
        for model, n, events in (
            ("unadjusted", 358, 154),
            ("dose_group", 356, 152),
            ("single_only", 300, 140),
        )
    ]
    found = shown(hazard_ratios=rows).of("hazard_ratios")
    assert found["n"].tolist() == [358, "hidden", 300]
    assert found["n_events"].tolist() == [154, "hidden", 140]


@pytest.fixture
def remainders():
    """What is left of 20 treated by sets of groups, asked of the members."""
    rows = []
    for i in range(20):
        rows.append(("arms", "treated", i, None))
        rows.append(("doses", "single" if i < 8 else "multiple", i, None))
        if i < 19:
            rows.append(("age", "old" if i % 2 else "young", i, None))
        if i >= 10:
            rows.append(("boosters", "often", i, None))
        half = "women" if i % 4 < 2 else "men"
        rows.append((f"subgroup {half}", f"{half} treated", i, half))
    with duckdb.connect() as connection:
        connection.execute("create schema analysis; create schema protocol")
        connection.execute(
            "create table analysis.group_members (analysis_id text, endpoint text, "
            "comparison_set text, group_name text, set_id text, usubjid text, "
            "subgroup text)"
        )
        connection.executemany(
            "insert into analysis.group_members values ('a', 'OS', ?, ?, ?, ?, ?)",
            [(s, g, str(i), str(i), part) for s, g, i, part in rows],
        )
        connection.execute(
            "create table protocol.analysis_subgroups as select 'a' as analysis_id, "
            "'sex' as subgroup_set, unnest(['women', 'men']) as subgroup"
        )
        return connection.execute(f"from {GROUP_REMAINDERS} order by all").df()


def test_what_is_left_of_an_arm_or_group_beside_its_groups_is_counted(remainders):
    small = remainders[remainders["n_remaining"] < BELOW]
    told = small[["group_name", "of_group", "n_remaining"]].to_numpy().tolist()
    # one of 20 is neither young nor old, and two of 12 with multiple doses are seldom
    assert told == [["often", "multiple", 2], ["old", "treated", 1]]


def test_groups_that_leave_few_of_an_arm_do_not_tell_them():
    rows = [of_group(g, n, e) for g, n, e in (("treated", 179, 83), ("one", 157, 76))]
    rows += [of_group("more", 20, 5), of_group("control", 179, 60)]
    rest = [{"analysis_id": "a", "group_name": "more", "n_remaining": 2}]
    found = shown(
        survival_by_group=rows,
        survival_steps=curve("more", 20, 19) + curve("one", 157, 156),
        group_remainders=rest,
        baseline_by_group=[
            of_baseline("matched", "more", "age", n=20, n_missing=0, mean=50.0),
            of_baseline("matched", "more", "sex", level="F", n=20, percent=100.0),
            of_baseline("matched", "one", "age", n=157, n_missing=0, mean=50.0),
        ],
    )
    groups = found.of("survival_by_group").set_index("group_name")
    assert groups["n"].tolist() == [179, 157, "hidden", 179]
    assert groups["n_events"].tolist() == [83, 76, "hidden", 60]
    assert found.of("survival_steps")["group_name"].unique().tolist() == ["one"]
    baseline = found.of("baseline_by_group")
    assert baseline["n"].tolist() == ["hidden", "hidden", 157]
    assert baseline["mean"].isna().tolist() == [True, True, False]


def test_a_flow_whose_last_steps_were_put_together_gives_no_number_of_eligible():
    counts = [("identified", 100, 100), ("age+matched", 99, 90)]
    flow = pd.DataFrame(
        {
            "analysis_id": "a",
            "arm": "treated",
            "step": step,
            "criterion": criterion,
            "label": criterion,
            "n_before": before,
            "n_failed": "hidden",
            "n_not_evaluable": "hidden",
            "n_after": after,
        }
        for step, (criterion, before, after) in enumerate(counts)
    )
    figure = flow_diagram(flow)
    assert "Treated: 100 identified, 90 matched" in figure.alt
    assert "Eligible" not in figure.svg
