"""Tables of ascertainment and censoring weights, against the formulas' goldens."""

import pandas as pd
import pytest

from counterarm.tables.cox import COX_TYPES
from counterarm.tables.frames import typed_frame
from counterarm.tables.trust.ascertainment import ascertainment_table
from counterarm.tables.trust.censoring import (
    censoring_weights_table,
    with_censoring_weights,
)

STATUS = {"yes": "DEAD", "no": "ALIVE", "none": None}
RULES = pd.DataFrame(
    {"rule": ["as_recorded", "window", "window", "horizon"], "days": [None, 91, 182, 9]}
)


def members(golden, rule: str, **columns: object) -> pd.DataFrame:
    """Return the eight subjects of ascertainment.json as rows of follow_up_members."""
    found = golden("ascertainment.json")
    rows = [
        {
            "analysis_id": "a",
            "follow_up_rule": rule,
            "arm": "control",
            "usubjid": subject["id"],
            "pseudo_trial_id": "PT001" if subject["spacing"] == 42 else None,
            "deaths_recorded": "full" if subject["spacing"] == 42 else None,
            "vital_status": STATUS[subject["row"]],
            "last_visit_days": subject["last"],
            "recorded_event_days": subject["death"],
            "days": ruled["time"],
            "is_event": ruled["event"] == 1,
            "gap_q95": float(subject["spacing"]),
            "gap_q99": 91.0,
        }
        for subject, ruled in zip(found["subjects"], found[rule], strict=True)
    ]
    frame = pd.DataFrame(rows).assign(**columns)
    whole = ["last_visit_days", "recorded_event_days", "days"]
    return frame.astype(dict.fromkeys(whole, "Int64"))


def values(table: pd.DataFrame, **where: object) -> dict[tuple[str, int], float]:
    rows = table[(table[list(where)] == pd.Series(where)).all(axis=1)]
    names = zip(rows["measure"], rows["window_days"], strict=True)
    return dict(zip(names, rows["value"], strict=True))


def test_eight_subjects_have_the_golden_ascertainment(golden):
    wanted = golden("ascertainment.json")
    for rule in ("as_recorded", "window_91"):
        table = ascertainment_table(members(golden, rule), RULES)
        found = values(table, pseudo_trial_id="all")
        assert found["share_known", 0] == wanted["share_known"]
        assert found["reverse_km_median", 0] == wanted["reverse_km_median"][rule]
        oe = wanted["oe_182"]
        assert found["deaths_observed", 182] == oe["observed"]
        assert found["deaths_expected", 182] == pytest.approx(oe["expected"])
        assert found["observed_over_expected", 182] == pytest.approx(oe["ratio"])
        # days past the last visit of the dead: 64, 16, 220, 20, 144
        assert found["share_late", 91] == pytest.approx(2 / 5)
        assert found["share_late", 182] == pytest.approx(1 / 5)
        assert set(table["follow_up_rule"]) == {rule}
        assert set(table["window_days"]) == {0, 91, 182}


def test_recording_pseudo_trials_stand_apart_and_small_ones_only_in_their_sum(golden):
    table = ascertainment_table(members(golden, "as_recorded"), RULES)
    assert set(table["pseudo_trial_id"]) == {"all", "recording"}
    recording = table[table["pseudo_trial_id"] == "recording"].set_index("measure")
    # a, b, c and d, of whom three have a row
    assert recording.loc["share_known", ["value", "n"]].tolist() == [0.75, 4]
    five = pd.concat([members(golden, "as_recorded")] * 5)
    table = ascertainment_table(five, RULES)
    assert values(table, pseudo_trial_id="PT001")["share_known", 0] == 0.75


def test_a_registry_of_the_controls_records_and_stands_apart_as_one_trial(golden):
    registry = {"deaths_recorded": "site", "pseudo_trial_id": "NORWAY"}
    given = members(golden, "as_recorded", **registry)
    many = pd.concat(
        [given.assign(usubjid=given["usubjid"] + str(copy)) for copy in range(9)]
    )
    controls = ascertainment_table(many, RULES)
    assert set(controls["pseudo_trial_id"]) == {"all", "recording", "NORWAY"}
    for column in ("value", "n"):
        by_group = {
            name: rows.set_index(["measure", "window_days"])[column]
            for name, rows in controls.groupby("pseudo_trial_id")
        }
        same = by_group["NORWAY"].index
        assert by_group["recording"][same].equals(by_group["NORWAY"])
    treated = ascertainment_table(many.assign(arm="treated"), RULES)
    assert set(treated["pseudo_trial_id"]) == {"all"}


def test_medians_are_by_vital_status_of_those_there_are(golden):
    table = ascertainment_table(members(golden, "window_91"), RULES)
    found = values(table, pseudo_trial_id="all")
    # no row: censored on 259 and 301; alive: on 427; of the dead e on 391, with b and h
    # at risk, and h on 427
    assert found["reverse_km_median_no_row", 0] == 280
    assert found["reverse_km_median_alive", 0] == 427
    assert found["reverse_km_median_dead", 0] == 427


def test_what_does_not_exist_is_null_and_says_why(golden):
    living = members(golden, "as_recorded", recorded_event_days=pd.NA, is_event=False)
    table = ascertainment_table(living.astype({"recorded_event_days": "Int64"}), RULES)
    assert (table["value"].notna() | table["note"].notna()).all()
    notes = table.set_index(["pseudo_trial_id", "measure", "window_days"])["note"]
    assert notes["all", "share_late", 91] == "no recorded death"
    assert "no death during the trial" in notes["all", "observed_over_expected", 91]


def test_who_died_on_no_known_day_or_was_never_seen_is_in_no_window(golden):
    rows = members(golden, "as_recorded")
    more = pd.concat([rows, rows.iloc[[1, 1]]], ignore_index=True)
    more.loc[8, "recorded_event_days"] = pd.NA
    more.loc[9, "last_visit_days"] = pd.NA
    table = ascertainment_table(more, RULES)
    ratio = table[
        (table["measure"] == "observed_over_expected") & (table["window_days"] == 182)
    ].set_index("pseudo_trial_id")
    wanted = golden("ascertainment.json")["oe_182"]["ratio"]
    assert ratio.loc["all", "value"] == pytest.approx(wanted)
    assert ratio.loc["all", "n"] == 8


def test_a_window_shorter_than_the_gaps_between_visits_has_a_note(golden):
    table = ascertainment_table(members(golden, "as_recorded", gap_q99=120.0), RULES)
    late = table[
        (table["measure"] == "share_late") & (table["pseudo_trial_id"] == "all")
    ]
    by_window = late.set_index("window_days")["note"]
    assert "shorter than the gaps" in by_window[91]
    assert pd.isna(by_window[182])


@pytest.fixture
def design(golden) -> pd.DataFrame:
    """Return lung as rows of ipcw_design, each subject a set."""
    rows = golden("lung_ipcw.csv").rename(columns={"time": "days"})
    rows["usubjid"] = rows["id"].map("{:03d}".format)
    rows["set_id"] = rows["usubjid"]
    rows["arm"] = rows["treated"].map({0: "control", 1: "treated"})
    rows["is_event"] = rows["died"] == 1
    long = rows.melt(
        id_vars=["set_id", "usubjid", "arm", "days", "is_event"],
        value_vars=["age", "ecog", "wt"],
    )
    return long.assign(
        value=long["value"].astype(str),
        kind="numeric",
        analysis_id="a",
        follow_up_rule="window_91",
    )


def test_lung_has_the_golden_weights_in_the_table(golden, design):
    wanted = golden("ipcw.json")["lung"]
    table = censoring_weights_table(design).set_index("arm")
    for column, name in (
        ("n", "n"),
        ("n_months", "rows"),
        ("mean", "weight_mean"),
        ("min", "weight_min"),
        ("max", "weight_max"),
        ("p99", "p99"),
    ):
        assert table.loc["all", column] == pytest.approx(wanted[name], abs=1e-7)
    arms = table.loc[["control", "treated"]]
    assert arms["n_months"].sum() == wanted["rows"]
    assert arms["n"].sum() == wanted["n"]
    mean = (arms["mean"] * arms["n_months"]).sum() / wanted["rows"]
    assert mean == pytest.approx(wanted["weight_mean"], abs=1e-7)
    assert (table["truncated_at_high"] == table.loc["all", "p99"]).all()


def test_models_with_censoring_weights_are_the_golden_ones(golden, design):
    wanted = golden("ipcw.json")["lung"]
    fitted = with_censoring_weights(typed_frame([], COX_TYPES), design)
    models = fitted.set_index("model_id")
    assert models.index.tolist() == ["ipcw", "ipcw_truncated"]
    assert models.loc["ipcw", "coef"] == pytest.approx(wanted["coef"], abs=1e-7)
    assert models.loc["ipcw", "se"] == pytest.approx(wanted["robust_se"], abs=1e-7)
    assert models.loc["ipcw_truncated", "coef"] != models.loc["ipcw", "coef"]
    assert set(models["note"]) == {"censoring weights"}
    assert set(models["follow_up_rule"]) == {"window_91"}
    assert list(fitted.columns) == list(COX_TYPES)


def test_what_separates_has_a_row_without_estimate_in_both_tables(design):
    last = (design["days"] >= 400) & ~design["is_event"]
    values = last.map({True: "1", False: "0"})
    apart = design.assign(is_event=design["is_event"] | ~last, value=values)
    apart = apart[apart["variable"] == "age"]
    weights = censoring_weights_table(apart)
    assert weights["mean"].isna().all()
    assert weights["note"].str.contains("no censoring weights").all()
    assert weights["note"].str.contains("months of censoring").all()
    fitted = with_censoring_weights(typed_frame([], COX_TYPES), apart)
    assert fitted["coef"].isna().all()
    assert fitted["note"].str.startswith("not fitted: no censoring weights").all()


def test_without_matched_subjects_nothing_is_added(design):
    fitted = typed_frame([], COX_TYPES)
    assert with_censoring_weights(fitted, design.iloc[:0]).equals(fitted)
    assert censoring_weights_table(design.iloc[:0]).empty
    none = ascertainment_table(
        pd.DataFrame(columns=["analysis_id", "follow_up_rule", "arm"]).assign(
            usubjid=None,
            pseudo_trial_id=None,
            deaths_recorded=None,
            vital_status=pd.Series(dtype="string"),
            last_visit_days=None,
            recorded_event_days=None,
            days=None,
            is_event=None,
            gap_q95=None,
            gap_q99=None,
        ),
        RULES,
    )
    assert none.empty
