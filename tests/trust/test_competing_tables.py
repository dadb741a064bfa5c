"""Tables of competing risks on pbc against R's survfit, cmprsk and finegray."""

import numpy as np
import pandas as pd
import pytest

from counterarm.survival import fit_cox
from counterarm.tables.competing import (
    causes_by_endpoint,
    cumulative_incidence,
    cumulative_incidence_tests,
)
from counterarm.tables.subdistribution import subdistribution

ENDPOINT, COMPETING = "DEATHFREE", "TRANSPLANT"
ENDPOINTS = pd.DataFrame(
    {
        "analysis_id": "a",
        "endpoint": [ENDPOINT, ENDPOINT, "OS"],
        "arm": "both",
        "event": ["DEATH", COMPETING, "DEATH"],
        "role": [None, "competing", None],
    }
)

SOURCES = pd.DataFrame(
    {
        "analysis_id": "a",
        "endpoint": ENDPOINT,
        "arm": ["treated", "control"],
        "event": COMPETING,
        "studyid": ["ULM", "REGISTRY"],
        "treatment": "counted",
    }
)
IGNORED = SOURCES.assign(treatment=["counted", "ignored"])


def members_of(rows: pd.DataFrame, endpoint: str) -> pd.DataFrame:
    """Return the patients of pbc as members of two groups, death being the event."""
    treated = rows["treated"] == 1
    return pd.DataFrame(
        {
            "analysis_id": "a",
            "endpoint": endpoint,
            "comparison_set": "arms",
            "position": np.where(treated, 2, 1),
            "group_name": np.where(treated, "treated", "control"),
            "arm": np.where(treated, "treated", "control"),
            "set_id": [f"a-{i}" for i in range(len(rows))],
            "usubjid": [f"S-{i:03}" for i in range(len(rows))],
            "weight": 1.0,
            "days": rows["time"],
            "is_event": rows["state"] == 2,
            "competing_event": np.where(rows["state"] == 1, COMPETING, None),
            "entry_days": pd.array([None] * len(rows), dtype="Int64"),
        }
    )


@pytest.fixture
def pbc(golden):
    return golden("pbc_competing.csv"), golden("competing.json")


@pytest.fixture
def members(pbc):
    rows, _ = pbc
    return pd.concat([members_of(rows, ENDPOINT), members_of(rows, "OS")])


def test_only_endpoints_with_competing_events_have_rows(members):
    assert causes_by_endpoint(ENDPOINTS) == {("a", ENDPOINT): [ENDPOINT, COMPETING]}
    without = ENDPOINTS.iloc[[0, 2]]
    for table in (cumulative_incidence, cumulative_incidence_tests):
        assert set(table(members, ENDPOINTS, SOURCES)["endpoint"]) == {ENDPOINT}
        assert table(members, without, SOURCES).empty


def test_incidence_is_that_of_survfit(members, pbc):
    _, answers = pbc
    found = cumulative_incidence(members, ENDPOINTS, SOURCES)
    for row in answers["aalen_johansen"]:
        group = "treated" if row["group"] == "trt01=1" else "control"
        until = found[(found["group_name"] == group) & (found["day"] <= row["time"])]
        for cause, name in ((ENDPOINT, "death"), (COMPETING, "tx")):
            last = until[until["cause"] == cause].iloc[-1]
            assert last["incidence"] == pytest.approx(row[f"cif_{name}"], abs=1e-9)
            assert last["std_err"] == pytest.approx(row[f"se_{name}"], abs=1e-9)
    # R's log interval of the incidence itself
    row = found[(found["cause"] == ENDPOINT) & (found["incidence"] > 0)].iloc[10]
    factor = np.exp(1.959963984540054 * row["std_err"] / row["incidence"])
    assert row["ci_low"] == pytest.approx(row["incidence"] / factor)
    assert row["ci_high"] == pytest.approx(row["incidence"] * factor)


def test_grays_test_is_that_of_cmprsk(members, pbc):
    _, answers = pbc
    found = cumulative_incidence_tests(members, ENDPOINTS, SOURCES).set_index("cause")
    assert found["comparison"].unique().tolist() == ["treated vs control"]
    for cause, place in ((COMPETING, 0), (ENDPOINT, 1)):
        wanted = answers["gray"][place]
        assert found.loc[cause, "statistic"] == pytest.approx(wanted["stat"], abs=1e-8)
        assert found.loc[cause, "p_value"] == pytest.approx(wanted["pv"], abs=1e-8)


def test_grays_test_says_why_it_was_not_made(members):
    late = members.assign(entry_days=pd.array([1] * len(members), dtype="Int64"))
    weighted = members.assign(weight=0.5)
    nobody = members.assign(competing_event=None)
    for rows, words in (
        (late, "not implemented for delayed entry"),
        (weighted, "not implemented for weighted or repeated rows"),
    ):
        found = cumulative_incidence_tests(rows, ENDPOINTS, SOURCES)
        assert found["definition"].tolist() == [f"not computed: {words}"] * 2
    found = cumulative_incidence_tests(nobody, ENDPOINTS, SOURCES).set_index("cause")
    assert found.loc[COMPETING, "definition"] == "not computed: nobody has TRANSPLANT"
    assert pd.notna(found.loc[ENDPOINT, "p_value"])


@pytest.fixture
def design(pbc, members):
    rows, _ = pbc
    own = members_of(rows, ENDPOINT).assign(model_id="aged")
    terms = [
        own.assign(position=1, term="treated", value=rows["treated"].astype(float)),
        own.assign(position=2, term="age", value=rows["age"].astype(float)),
    ]
    return pd.concat(terms)


def models(*variances: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "analysis_id": "a",
            "model_id": "aged",
            "endpoint": ENDPOINT,
            "ties": "efron",
            "variance": variances,
            "follow_up_rule": "as_recorded",
        }
    )


def test_both_hazard_ratios_are_those_of_r(design, pbc, golden):
    _, answers = pbc
    found = subdistribution(design, models("naive"), ENDPOINTS, SOURCES)
    own = found[found["is_of_interest"]].set_index(["method", "term"])
    by_finegray = golden("competing.r.json")["finegray_coxph"]
    assert own.loc["fine_gray", "coef"].tolist() == pytest.approx(
        by_finegray["coef"], abs=1e-7
    )
    assert own.loc["fine_gray", "se"].tolist() == pytest.approx(
        by_finegray["robust_se"], abs=1e-7
    )
    by_cause = answers["cause_specific"]
    assert own.loc["cause_specific", "coef"].tolist() == pytest.approx(
        by_cause["coef"], abs=1e-7
    )
    assert own.loc["cause_specific", "se"].tolist() == pytest.approx(
        by_cause["se"], abs=1e-7
    )
    assert set(found["cause"]) == {ENDPOINT, COMPETING}


@pytest.mark.parametrize("variance", ["cluster_source", "strata_source", "two_way"])
def test_a_cause_is_fitted_with_the_variance_that_its_row_names(design, variance):
    """As by hand: a Cox model of that cause with the clusters or strata named."""
    source = design["usubjid"].str[-1].where(design["usubjid"].str[-1] < "4", "rest")
    found = subdistribution(
        design.assign(source=source), models(variance), ENDPOINTS, SOURCES
    )
    rows = found[found["method"].eq("cause_specific") & found["is_of_interest"]]
    first = design[design["term"] == "treated"].sort_values("set_id")
    second = design[design["term"] == "age"].sort_values("set_id")
    by = source[design["term"] == "treated"].loc[first.index].to_numpy(str)
    sets, people = first["set_id"].to_numpy(), first["usubjid"].to_numpy()
    wanted = fit_cox(
        first["days"].to_numpy(float),
        first["is_event"].to_numpy(bool),
        np.column_stack([first["value"], second["value"]]),
        **{
            "cluster_source": {"cluster": by, "robust": True},
            "strata_source": {"strata": by},
            "two_way": {"cluster": (sets, people), "robust": True},
        }[variance],
    )
    assert rows["coef"].tolist() == pytest.approx(wanted.coef, abs=1e-9)
    assert rows["se"].tolist() == pytest.approx(wanted.se, abs=1e-9)
    if variance == "cluster_source":
        few = "5 sources: with so few clusters a robust variance is too small"
        assert rows["note"].str.contains(few).all()


def test_a_model_without_a_form_has_a_note(design):
    found = subdistribution(design, models("strata", "cluster"), ENDPOINTS, SOURCES)
    rows = found[found["method"] == "fine_gray"].set_index("variance")
    assert rows.loc["strata", "coef"].isna().all()
    assert set(rows.loc["strata", "note"]) == {
        "not fitted: not implemented with the variance strata"
    }
    assert rows.loc["cluster", "coef"].notna().all()
    late = design.assign(entry_days=pd.array([1] * len(design), dtype="Int64"))
    found = subdistribution(late, models("naive"), ENDPOINTS, SOURCES)
    rows = found.groupby("method")["coef"].count()
    assert rows.to_dict() == {"cause_specific": 4, "fine_gray": 0}


def test_a_cause_that_an_arm_does_not_record_has_no_0_there(members, design):
    found = cumulative_incidence(members, ENDPOINTS, IGNORED)
    shown = set(zip(found["group_name"], found["cause"], strict=True))
    assert shown == {
        ("treated", ENDPOINT),
        ("treated", COMPETING),
        ("control", ENDPOINT),
    }
    words = "TRANSPLANT is not recorded in every arm (control)"
    tests = cumulative_incidence_tests(members, ENDPOINTS, IGNORED).set_index("cause")
    assert tests.loc[COMPETING, "definition"] == f"not computed: {words}"
    assert pd.notna(tests.loc[ENDPOINT, "p_value"])
    assert tests.loc[ENDPOINT, "definition"].endswith(words)
    ratios = subdistribution(design, models("naive"), ENDPOINTS, IGNORED)
    of_cause = ratios[~ratios["is_of_interest"]]
    assert of_cause["coef"].isna().all()
    assert of_cause["n_events"].isna().all()
    assert set(of_cause["note"]) == {f"not fitted: {words}"}
    assert set(ratios.loc[ratios["is_of_interest"], "note"]) == {words}


def test_a_competing_event_of_one_arm_is_not_recorded_in_the_other(members):
    of_treated = ENDPOINTS.assign(arm=["both", "treated", "both"])
    found = cumulative_incidence(members, of_treated, SOURCES)
    control = found[found["group_name"] == "control"]
    assert set(control["cause"]) == {ENDPOINT}
