"""Small counts of survival are hidden, and neither curves nor sums tell them."""

import pandas as pd
from test_report_small_cells import BELOW, one

from counterarm.report.disclosure.cells import suppress
from counterarm.report.reading import Results


def test_curves_end_where_few_are_at_risk():
    rows = [
        {
            "analysis_id": "a",
            "n_risk": n,
            "n_event": 1,
            "n_censored": 0,
            "survival": 0.5,
        }
        for n in (9, 5, 4, 1)
    ]
    shown = one("survival_steps", rows)
    assert shown["n_risk"].tolist() == [9, 5]
    assert shown["n_event"].isna().all()


def test_a_small_subgroup_hides_the_others_of_its_set():
    ratio = {
        "analysis_id": "a",
        "endpoint": "OS",
        "variance": "naive",
        "term": "treated",
        "hazard_ratio": 0.5,
    }
    counts = {
        "unadjusted": (100, 60),
        "unadjusted: women": (22, 3),
        "unadjusted: men": (78, 57),
        "unadjusted: old": (50, 30),
        "unadjusted: young": (50, 30),
    }
    rows = [
        {**ratio, "model_id": model, "n": n, "n_events": events}
        for model, (n, events) in counts.items()
    ]
    sets = {"women": "sex", "men": "sex", "old": "age", "young": "age"}
    tables = {
        "hazard_ratios": pd.DataFrame(rows),
        "analysis_subgroups": pd.DataFrame(
            [
                {"analysis_id": "a", "subgroup_set": name, "subgroup": group}
                for group, name in sets.items()
            ]
        ),
    }
    shown = suppress(Results(tables), BELOW).of("hazard_ratios")
    assert shown["n_events"].tolist() == [60, "<5", "hidden", 30, 30]
    assert shown["n"].tolist() == [100, 22, 78, 50, 50]


def test_a_table_without_rows_stays_empty_where_there_are_subgroups():
    tables = {
        "subdistribution": pd.DataFrame(columns=["analysis_id", "model_id", "n"]),
        "analysis_subgroups": pd.DataFrame(
            [{"analysis_id": "a", "subgroup_set": "sex", "subgroup": "women"}]
        ),
    }
    assert suppress(Results(tables), BELOW).of("subdistribution").empty


def test_the_events_of_both_arms_do_not_tell_those_of_one():
    rows = [
        {
            "analysis_id": "a",
            "endpoint": "OS",
            "conf_type": "log",
            "group_name": arm,
            "n": 40,
            "n_events": events,
        }
        for arm, events in (("treated", 3), ("control", 12))
    ]
    assert one("survival_by_group", rows)["n_events"].tolist() == ["<5", "hidden"]


def arm(group: str, n: int, events: int, years: float = 30.0) -> dict:
    return {
        "analysis_id": "a",
        "endpoint": "OS",
        "conf_type": "log",
        "group_name": group,
        "n": n,
        "n_events": events,
        "person_years": years,
    }


def test_the_events_of_the_other_arm_do_not_tell_few_censored():
    rows = one("survival_by_group", [arm("treated", 30, 28), arm("control", 99, 60)])
    assert rows["n_events"].tolist() == ["hidden", "hidden"]


def test_person_years_go_with_a_hidden_number_of_subjects():
    rows = one(
        "survival_by_group",
        [arm("treated", 30, 20), arm("control", 40, 30)]
        + [arm(f"g{i}", n, 0, 1.5) for i, n in enumerate((3, 7, 20))],
    )
    assert rows["n"].tolist() == [30, 40, "<5", "hidden", 20]
    assert rows["person_years"].isna().tolist() == [False, False, True, True, False]


def test_weights_of_single_subjects_are_not_the_steps_of_a_curve():
    rows = one(
        "survival_steps",
        [
            {"n_risk": n, "n_event": 1, "n_censored": 0, "n_risk_weighted": weighted}
            for n, weighted in ((20, 21.37), (19, 20.12))
        ],
    )
    assert rows["n_risk_weighted"].tolist() == [21, 20]


def test_all_but_a_few_events_tell_the_few_without():
    rows = one(
        "follow_up_estimates",
        [{"n": 40, "n_events": 38}, {"n": 40, "n_events": 30}],
    )
    assert rows["n_events"].tolist() == ["hidden", 30]


def test_those_in_a_model_do_not_tell_the_few_left_out_of_it():
    rows = one(
        "hazard_ratios",
        [
            {"n": 38, "n_events": 20, "n_left_out": 2},
            {"n": 40, "n_events": 22, "n_left_out": 0},
        ],
    )
    assert rows["n"].tolist() == ["hidden", 40]
    both = {"n_treated": 30, "n_control": 90, "n_left_out": 2}
    (row,) = one("survival_doubly_robust", [both]).to_numpy().tolist()
    assert row == ["hidden", "hidden", "<5"]
