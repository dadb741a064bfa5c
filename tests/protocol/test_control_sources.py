"""Rows that say who the controls are, and from which day each of them counts."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from changed_protocol import append, check, delivered, problems

from counterarm.protocol import ProtocolError, check_protocol_files

SEEDS = Path(__file__).parents[2] / "seeds"
NAM = {"analysis_id": "nam_2023", "arm": "control"}
REGISTRY = NAM | {"studyid": "REGISTRY", "armcd": "ANY"}


@pytest.fixture
def protocol():
    seeds = delivered()
    # the grid of nam_2023 states its index rule again
    axes = seeds["specification_axes"]
    seeds["specification_axes"] = axes[axes["analysis_id"] != "nam_2023"]
    return seeds


def pool(protocol, **values):
    """Let a registry feed the controls of nam_2023 too; return the line."""
    return append(protocol, "arms", **(REGISTRY | values))


def anchor_baseline(protocol, anchor):
    """Give the controls of nam_2023 a baseline window of their own; return its line."""
    windows = protocol["windows"]
    of_nam = windows["analysis_id"] == "nam_2023"
    windows.loc[of_nam & (windows["window_id"] == "baseline"), "arm"] = "treated"
    found = {"window_id": "baseline", "anchor": anchor, "offset_days": 0}
    return append(protocol, "windows", **NAM, **found)


@pytest.mark.parametrize(
    "rule", ["enrolment", "diagnosis", "trial_entry", "visit_1", "visit_12"]
)
def test_a_registry_may_feed_the_controls_beside_pro_act(protocol, rule):
    pool(protocol, index_rule=rule)
    check(protocol)


def test_the_grid_of_pooled_controls_names_the_rule_of_each_source():
    protocol = delivered()
    pool(protocol, index_rule="enrolment")
    axes = protocol["specification_axes"]
    of_nam = (axes["analysis_id"] == "nam_2023") & (axes["axis"] == "index_rule")
    axes.loc[of_nam, "level"] = "enrolment|trial_entry"
    check(protocol)


@pytest.mark.parametrize(
    "rule", ["visit_0", "visit_", "visit_N", "visit_100", "drawn_"]
)
def test_a_visit_has_a_number(protocol, rule):
    line = pool(protocol, index_rule=rule)
    assert any(
        one.startswith(f"arms.csv line {line}: index_rule '{rule}' is none of ")
        and one.endswith("visit_N, drawn_N")
        for one in problems(protocol)
    )


def control_rule(protocol, rule):
    """Give the controls of nam_2023 an index rule; return the line."""
    arms = protocol["arms"]
    (place,) = arms.index[(arms["analysis_id"] == "nam_2023") & (arms.arm == "control")]
    arms.loc[place, "index_rule"] = rule
    return place + 2


@pytest.mark.parametrize("anchor", ["enrolment", "diagnosis", "onset"])
@pytest.mark.parametrize("rule", ["assessment", "nearest_to_matched_time", "drawn_7"])
def test_an_assessment_is_sought_from_a_day_that_rests_on_no_index(
    protocol, anchor, rule
):
    control_rule(protocol, rule)
    anchor_baseline(protocol, anchor)
    check(protocol)


def keep_all_visits(protocol, **of_matching):
    """Keep every visit of the controls of nam_2023; return the line of its matching."""
    control_rule(protocol, "all_visits")
    anchor_baseline(protocol, "trial_entry")
    matching = protocol["matching"] = protocol["matching"].astype(object)
    (place,) = matching.index[matching["analysis_id"] == "nam_2023"]
    for column, value in of_matching.items():
        matching.loc[place, column] = value
    return place + 2


@pytest.mark.parametrize("use", ["once", "each_day"])
def test_all_visits_may_be_kept_where_matching_says_how(protocol, use):
    keep_all_visits(protocol, subject_use=use)
    # sensitivity analyses with rows of matching of their own inherit the arms
    matching = protocol["matching"]
    pairs = matching["method"].isin(["nearest", "optimal"])
    free = pairs & ~matching["replacement"].eq(True)
    matching.loc[free, "subject_use"] = use
    check(protocol)


def test_several_index_days_need_a_rule_of_use(protocol):
    line = keep_all_visits(protocol)
    assert (
        f"matching.csv line {line}: subject_use must be given: in nam_2023 a subject "
        "has several index days"
    ) in problems(protocol)


def test_a_subject_is_not_matched_once_with_replacement(protocol):
    line = keep_all_visits(protocol, subject_use="once", replacement=True)
    assert (
        f"matching.csv line {line}: subject_use 'once' has no meaning with replacement"
    ) in problems(protocol)


def test_other_methods_have_no_use_of_subjects(protocol):
    line = keep_all_visits(protocol, subject_use="once", method="none")
    found = [one for one in problems(protocol) if f"line {line}" in one]
    assert any("subject_use" in one and "must be empty" in one for one in found)


def test_once_needs_ties_by_data_order(protocol):
    line = keep_all_visits(protocol, subject_use="once", tie_policy="matchit_4_7")
    assert (
        f"matching.csv line {line}: tie_policy 'matchit_4_7' is not implemented where "
        "a subject is matched once"
    ) in problems(protocol)


def test_all_visits_are_of_controls_and_of_a_window(protocol):
    line = control_rule(protocol, "all_visits")
    assert any(
        f"arms.csv line {line}: index_rule 'all_visits' needs a baseline window" in one
        for one in problems(protocol)
    )
    arms = protocol["arms"]
    of_nam = (arms["analysis_id"] == "nam_2023") & (arms["arm"] == "treated")
    arms.loc[of_nam, "index_rule"] = "all_visits"
    assert any(
        "'all_visits' can only be that of the control arm" in one
        for one in problems(protocol)
    )


def test_a_matched_time_is_of_no_day_0(protocol):
    line = control_rule(protocol, "nearest_to_matched_time")
    anchor_baseline(protocol, "trial_entry")
    assert (
        f"arms.csv line {line}: index_rule 'nearest_to_matched_time' needs a baseline "
        "window of the control arm in windows.csv that is anchored at one of "
        "diagnosis, enrolment, onset"
    ) in problems(protocol)


def test_a_baseline_from_onset_is_that_of_an_assessment(protocol):
    line = control_rule(protocol, "trial_entry")
    anchor_baseline(protocol, "onset")
    assert (
        f"arms.csv line {line}: index_rule 'trial_entry' is no assessment, and the "
        "baseline window of the control arm in windows.csv is anchored at onset"
    ) in problems(protocol)


def test_no_other_window_is_anchored_at_a_diagnosis(protocol):
    line = append(protocol, "windows", **NAM, window_id="month_24", anchor="diagnosis")
    assert (
        f"windows.csv line {line}: anchor 'diagnosis' can only be that of the window "
        "baseline"
    ) in problems(protocol)


def test_the_treated_have_no_matched_time(protocol):
    arms = protocol["arms"]
    of_nam = (arms["analysis_id"] == "nam_2023") & (arms["arm"] == "treated")
    arms.loc[of_nam, "index_rule"] = "nearest_to_matched_time"
    assert any(
        "can only be that of the control arm" in one for one in problems(protocol)
    )


@pytest.mark.parametrize("code", ["PLACEBO", "NONE"])
def test_whoever_had_no_dose_has_no_first_one(protocol, code):
    line = pool(protocol, armcd=code, index_rule="first_dose")
    assert (
        f"arms.csv line {line}: index_rule 'first_dose' selects no day: nobody in the "
        f"arm {code} had a dose, and a placebo is none"
    ) in problems(protocol)


def test_controls_of_a_registry_count_from_no_dose(tmp_path):
    for name in ("protocol", "published", "codelists", "mappings"):
        shutil.copytree(SEEDS / name, tmp_path / "seeds" / name)
    sites = tmp_path / "sites"
    (sites / "registry").mkdir(parents=True)
    (sites / "registry" / "subjects.csv").write_text("subject_id\n")
    file = tmp_path / "seeds" / "protocol" / "arms.csv"
    rows = pd.read_csv(file, dtype=str)
    rows.loc[len(rows)] = ["nam_2023", "control", "REGISTRY", "ANY", "first_dose"]
    rows.to_csv(file, index=False)
    with pytest.raises(ProtocolError) as error:
        check_protocol_files(tmp_path / "seeds" / "protocol", sites)
    assert (
        f"arms.csv line {len(rows) + 1}: index_rule 'first_dose' selects no day: "
        "REGISTRY is a registry, whose controls had no dose; write enrolment, "
        "diagnosis, visit_N or assessment"
    ) in str(error.value)


WAY = {
    "analysis_id": "nam_2023",
    "borrowing_id": "fixed",
    "method": "power_prior",
    "endpoint": "OS",
    "weight": 0.5,
    "alpha": None,
    "why": "half of each external control",
}


@pytest.fixture
def hybrid(protocol):
    """Let the site's placebo patients be controls beside those of PRO-ACT."""
    pool(protocol, studyid="HANYANG", armcd="PLACEBO", index_rule="trial_entry")
    arms = protocol["arms"]
    of_nam = (arms["analysis_id"] == "nam_2023") & (arms["arm"] == "treated")
    arms.loc[of_nam, "armcd"] = "TREATED"
    return protocol


def borrow(protocol, **values):
    """Add a row to borrowing.csv; return its line."""
    rows = [*protocol["borrowing"].to_dict("records"), WAY | values]
    protocol["borrowing"] = pd.DataFrame(rows, dtype=object)
    return len(rows) + 1


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"weight": 0},
        {"method": "internal_only", "weight": None},
        {"method": "pooled", "weight": None},
        {"method": "calibrated_power_prior", "weight": None},
        {"method": "test_then_pool", "weight": None, "alpha": 0.1},
    ],
)
def test_each_way_of_borrowing_is_a_valid_row(hybrid, values):
    borrow(hybrid, **values)
    check(hybrid)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"weight": None}, "weight must be given with the method power_prior"),
        ({"weight": 1.5}, "weight 1.5 is not a number from 0 to 1"),
        ({"alpha": 0.1}, "alpha 0.1 must be empty with the method power_prior"),
        (
            {"method": "pooled"},
            "weight 0.5 must be empty with the method pooled",
        ),
        (
            {"method": "test_then_pool", "weight": None},
            "alpha must be given with the method test_then_pool",
        ),
        (
            {"method": "commensurate"},
            "method 'commensurate' is none of calibrated_power_prior, internal_only, "
            "pooled, power_prior, test_then_pool",
        ),
        (
            {"endpoint": "PFS"},
            "endpoint 'PFS' has no row in endpoints.csv for nam_2023",
        ),
        ({"why": None}, "why must not be empty"),
    ],
)
def test_a_way_that_makes_no_sense_is_named(hybrid, values, message):
    line = borrow(hybrid, **values)
    assert f"borrowing.csv line {line}: {message}" in problems(hybrid)


def test_who_borrows_has_internal_controls(protocol):
    line = borrow(protocol)
    assert (
        f"borrowing.csv line {line}: analysis_id 'nam_2023' has no internal controls: "
        "none are of HANYANG, which feeds the treated"
    ) in problems(protocol)


def test_who_borrows_has_external_controls(hybrid):
    arms = hybrid["arms"]
    is_external = (arms["analysis_id"] == "nam_2023") & (arms["studyid"] == "PROACT")
    hybrid["arms"] = arms[~is_external].reset_index(drop=True)
    line = borrow(hybrid)
    assert (
        f"borrowing.csv line {line}: analysis_id 'nam_2023' has no external controls: "
        "all are of HANYANG, which feeds the treated"
    ) in problems(hybrid)


def test_a_way_has_a_name_of_its_own(hybrid):
    borrow(hybrid)
    borrow(hybrid, weight=0.25)
    assert any("borrowing_id 'fixed'" in one for one in problems(hybrid))


@pytest.mark.parametrize("variance", ["strata_source", "cluster_source"])
def test_a_model_by_source_is_valid_where_a_study_feeds_both_arms(hybrid, variance):
    append(hybrid, "models", **(BY_SOURCE | {"variance": variance}))
    check(hybrid)


BY_SOURCE = {
    "analysis_id": "nam_2023",
    "model_id": "unadjusted",
    "endpoint": "OS",
    "ties": "efron",
}


def test_strata_by_source_need_a_study_of_both_arms(protocol):
    line = append(protocol, "models", **(BY_SOURCE | {"variance": "strata_source"}))
    assert (
        f"models.csv line {line}: variance 'strata_source' leaves nothing to compare "
        "in nam_2023: no study feeds both arms"
    ) in problems(protocol)


def test_clusters_of_sources_are_of_several(protocol):
    append(protocol, "models", **(BY_SOURCE | {"variance": "cluster_source"}))
    check(protocol)


EXACT = {"analysis_id": "barczewska_2020", "variable": "source", "role": "exact"}
KNOWN = {
    "analysis_id": "barczewska_2020",
    "step": 20,
    "criterion": "source_known",
    "arm": "both",
    "variable": "source",
    "operator": "known",
    "value": None,
    "label": "Source known",
}


def exact_on_source(protocol):
    """Match Barczewska 2020 exactly on the source; return the line of the term."""
    append(protocol, "eligibility", **KNOWN)
    empty = dict.fromkeys(("scale", "caliper", "caliper_unit"))
    return append(protocol, "matching_terms", **(EXACT | empty))


def test_exact_matching_on_the_source_needs_a_study_of_both_arms(protocol):
    line = exact_on_source(protocol)
    assert (
        f"matching_terms.csv line {line}: variable 'source' leaves nothing to compare "
        "in barczewska_2020: no study feeds both arms"
    ) in problems(protocol)


def test_the_source_is_a_variable_to_match_exactly_on(protocol):
    exact_on_source(protocol)
    shared = {"analysis_id": "barczewska_2020", "arm": "control"}
    append(
        protocol,
        "arms",
        **shared,
        studyid="OLSZTYN",
        armcd="PLACEBO",
        index_rule="trial_entry",
    )
    arms = protocol["arms"]
    of_base = arms["analysis_id"] == "barczewska_2020"
    arms.loc[of_base & (arms["arm"] == "treated"), "armcd"] = "TREATED"
    # variants with arms of their own share no study, and are named; this one is not
    found = "\n".join(all_problems(protocol))
    assert "nothing to compare in barczewska_2020_enrolment: no study" in found
    assert "nothing to compare in barczewska_2020: no study" not in found


def all_problems(protocol):
    """Return what is wrong with a protocol, if anything."""
    try:
        check(protocol)
    except ProtocolError as error:
        return [str(one) for one in error.problems]
    return []
