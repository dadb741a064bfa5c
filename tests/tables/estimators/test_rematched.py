"""Subgroups matched again: eight on paper, where the pairs can be counted by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from counterarm.survival import fit_cox
from counterarm.tables.estimators.rematched import rematched_table
from counterarm.tables.estimators.samples import Protocol

# subject, arm, sex, age, days, dead
PEOPLE = [
    ("T1", "treated", "F", 50, 300, True),
    ("T2", "treated", "F", 60, 500, False),
    ("T3", "treated", "F", 70, 200, True),
    ("T4", "treated", "M", 50, 270, True),
    ("T5", "treated", "M", 60, 380, True),
    ("T6", "treated", "M", 70, 520, False),
    ("C1", "control", "F", 54, 250, True),
    ("C2", "control", "F", 64, 310, True),
    ("C3", "control", "F", 74, 410, False),
    ("C4", "control", "M", 51, 290, True),
    ("C5", "control", "M", 61, 330, True),
    ("C6", "control", "M", 71, 180, True),
]
SUBJECTS = pd.DataFrame(
    [(n, arm, sex, float(age), True) for n, arm, sex, age, _, _ in PEOPLE],
    columns=["usubjid", "arm", "sex", "age", "is_eligible"],
).assign(analysis_id="a")
ENDPOINTS = pd.DataFrame(
    [(n, days, dead) for n, _, _, _, days, dead in PEOPLE],
    columns=["usubjid", "days", "is_event"],
).assign(analysis_id="a", endpoint="OS")
# The pairs of the whole analysis, by age alone in order of the treated: each woman has
# the man one year older, and the men what is left.
KEPT = {"T1": "C4", "T2": "C5", "T3": "C6", "T4": "C1", "T5": "C2", "T6": "C3"}
ANEW = {"women": {"T1": "C1", "T2": "C2", "T3": "C3"}}
ANEW["men"] = {"T4": "C4", "T5": "C5", "T6": "C6"}
ASKED = pd.DataFrame([{"analysis_id": "a", "subgroup_set": "sex", "why": ""}])


def protocol(*, by_score: bool = False) -> Protocol:
    names = (
        [("age", "distance")] if not by_score else [("age", "score"), ("sex", "score")]
    )
    terms = pd.DataFrame(
        [
            {
                "analysis_id": "a",
                "variable": name,
                "role": role,
                "scale": 1.0 if role == "distance" else np.nan,
                "caliper": np.nan,
                "caliper_unit": None,
            }
            for name, role in names
        ]
    )
    matching = {
        "analysis_id": "a",
        "method": "nearest",
        "score_scale": None,
        "match_order": "data",
        "ratio": 1,
        "replacement": False,
        "tie_policy": "first",
        "discard": None,
    }
    model = {"analysis_id": "a", "model_id": "unadjusted", "endpoint": "OS"}
    term = {"analysis_id": "a", "model_id": "unadjusted", "position": 1}
    return Protocol(
        matching=pd.DataFrame([matching]),
        terms=terms,
        models=pd.DataFrame([model | {"variance": "cluster", "ties": "efron"}]),
        model_terms=pd.DataFrame(
            [term | {"term": "treated", "arm": "treated", "variable": None}]
        ),
        variables=pd.DataFrame(
            {"variable": ["age", "sex"], "kind": ["numeric", "categorical"]}
        ),
    )


def outcomes() -> pd.DataFrame:
    """Each subject by its own sex."""
    rows = [
        {
            "analysis_id": "a",
            "subgroup_set": "sex",
            "position": place,
            "subgroup": name,
            "usubjid": person[0],
            "outcome": "met" if person[2] == sex else "not met",
        }
        for place, (name, sex) in enumerate([("women", "F"), ("men", "M")], 1)
        for person in PEOPLE
    ]
    return pd.DataFrame(rows)


def members() -> pd.DataFrame:
    """The kept pairs, each in the subgroup of its treated."""
    sexes = {person[0]: person[2] for person in PEOPLE}
    return pd.DataFrame(
        [
            {
                "analysis_id": "a",
                "subgroup": name,
                "set_id": treated,
                "usubjid": who,
                "arm": arm,
                "outcome": "met" if sexes[treated] == sex else "not met",
            }
            for name, sex in (("women", "F"), ("men", "M"))
            for treated, control in KEPT.items()
            for who, arm in ((treated, "treated"), (control, "control"))
        ]
    )


def fitted(pairs: dict[str, str]):
    """Fit the pairs by hand: treated on days and events, clustered by pair."""
    by_subject = ENDPOINTS.set_index("usubjid")
    rows = [by_subject.loc[who] for pair in pairs.items() for who in pair]
    return fit_cox(
        [row["days"] for row in rows],
        [int(row["is_event"]) for row in rows],
        np.tile([1.0, 0.0], len(pairs))[:, None],
        names=["treated"],
        cluster=np.repeat(np.arange(len(pairs)), 2),
    )


def cox() -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "analysis_id": "a",
                "model_id": f"unadjusted: {name}",
                "variance": "cluster",
                "term": "treated",
                "coef": coef,
                "se": 0.5,
                "hazard_ratio": np.exp(coef),
                "ci_low": 0.1,
                "ci_high": 2.0,
                "p_value": 0.5,
                "n_events": 5,
                "note": None,
            }
            for name, coef in (("women", -0.5), ("men", 0.25))
        ]
    )


def table(**changed: object) -> pd.DataFrame:
    given = {"subjects": SUBJECTS, "outcomes": outcomes(), "protocol": protocol()}
    given |= {"members": members(), "cox": cox()} | changed
    return rematched_table(
        ASKED,
        given["subjects"],
        ENDPOINTS,
        given["outcomes"],
        given["members"],
        given["cox"],
        given["protocol"],
    )


def test_each_subgroup_has_its_kept_and_its_new_pairs():
    rows = table().set_index(["subgroup", "pairs"])
    assert rows.index.tolist() == [
        *(("women", "kept"), ("women", "rematched")),
        *(("men", "kept"), ("men", "rematched")),
    ]
    for name, pairs in ANEW.items():
        wanted, found = fitted(pairs), rows.loc[name, "rematched"]
        assert found["coef"] == pytest.approx(wanted.coef[0], abs=1e-10)
        assert found["se"] == pytest.approx(wanted.se[0], abs=1e-10)
        assert found["n_sets"] == 3
        assert rows.loc[name, "kept"]["coef"] == {"women": -0.5, "men": 0.25}[name]


def test_controls_outside_the_subgroup_are_counted():
    """All kept controls of the women are men; rematched there can be none."""
    rows = table().set_index(["subgroup", "pairs"])
    assert rows["n_control_outside"].tolist() == [3, 0, 3, 0]
    assert rows["n_treated"].eq(3).all()
    assert rows["n_control"].eq(3).all()


def test_interaction_is_tested_in_both_kinds_of_pairs():
    """Of two subgroups it is the square of Altman and Bland's z."""
    rows = table().set_index(["pairs", "subgroup"])
    kept = rows.loc["kept", "interaction_statistic"].to_numpy(float)
    assert kept == pytest.approx([0.75**2 / (2 * 0.25)] * 2)
    anew = rows.loc["rematched"]
    coef, se = anew["coef"].to_numpy(float), anew["se"].to_numpy(float)
    wanted = (coef[0] - coef[1]) ** 2 / (se**2).sum()
    assert anew["interaction_statistic"].to_numpy(float) == pytest.approx([wanted] * 2)
    assert anew["interaction_df"].eq(1).all()


def test_delayed_entry_is_taken_over():
    """C2 comes under observation at day 205, after the first death on day 200."""
    late = ENDPOINTS.assign(entry_days=0)
    late.loc[late["usubjid"] == "C2", "entry_days"] = 205
    found = rematched_table(
        ASKED, SUBJECTS, late, outcomes(), members(), cox(), protocol()
    ).set_index(["subgroup", "pairs"])
    by_subject = late.set_index("usubjid")
    rows = [by_subject.loc[who] for pair in ANEW["women"].items() for who in pair]
    wanted = fit_cox(
        [row["days"] for row in rows],
        [int(row["is_event"]) for row in rows],
        np.tile([1.0, 0.0], 3)[:, None],
        names=["treated"],
        entry=[row["entry_days"] for row in rows],
        cluster=np.repeat(np.arange(3), 2),
    )
    coef = found.loc[("women", "rematched"), "coef"]
    assert coef == pytest.approx(wanted.coef[0], abs=1e-10)
    assert coef != pytest.approx(fitted(ANEW["women"]).coef[0], abs=1e-3)


def test_a_term_that_does_not_vary_is_left_out_of_the_score():
    rows = table(protocol=protocol(by_score=True)).set_index(["pairs", "subgroup"])
    notes = rows.loc["rematched", "note"]
    assert notes.str.startswith("score without sex, which does not vary").all()
    assert rows.loc["rematched", "coef"].notna().all()


def test_an_empty_arm_has_a_note_and_no_interaction():
    nobody = outcomes()
    is_control = nobody["usubjid"].str.startswith("C") & (nobody["subgroup"] == "men")
    nobody.loc[is_control, "outcome"] = "not evaluable"
    rows = table(outcomes=nobody).set_index(["pairs", "subgroup"])
    note = rows.loc[("rematched", "men"), "note"]
    assert note == "not matched: no control subject in the subgroup"
    assert rows.loc["rematched", "interaction_p"].isna().all()
    assert rows.loc["kept", "interaction_p"].notna().all()


def test_kept_pairs_without_an_estimate_have_a_note():
    of_women = members()[members()["subgroup"] == "women"]
    rows = table(members=of_women, cox=cox().head(0)).set_index(["pairs", "subgroup"])
    assert rows.loc["kept", "note"].to_dict() == {
        "women": "analysis.cox has no model of the subgroup",
        "men": "nobody of the subgroup is matched",
    }
    assert rows.loc["rematched", "coef"].notna().all()


def test_an_analysis_without_a_model_of_treatment_alone_has_a_note():
    whole = protocol()
    both = replace(whole, model_terms=whole.model_terms.assign(arm="both"))
    (row,) = table(protocol=both).to_dict("records")
    assert row["note"] == "no model of treatment alone"


def test_an_analysis_without_treated_has_no_rows():
    assert table(subjects=SUBJECTS[SUBJECTS["arm"] == "control"]).empty
