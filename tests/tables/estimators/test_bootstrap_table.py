"""The bootstrap of the main model, each draw fitted again by hand."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from test_rematched import ENDPOINTS, KEPT, SUBJECTS, protocol

from counterarm.survival import fit_cox
from counterarm.tables.estimators.bootstrap import (
    SHARED,
    BootstrapPlan,
    bootstrap_table,
    of_subjects,
)
from counterarm.tables.estimators.samples import eligible_outcomes
from counterarm.tables.plans import ModelPlan, plans
from counterarm.trust import draw_within_arms, random_stream

SETS = dict(enumerate(KEPT.items()))


def outcomes(**changed: object) -> pd.DataFrame:
    """The pairs of the whole analysis, ordered by set and subject."""
    by_subject = ENDPOINTS.set_index("usubjid")
    rows = [
        {
            "analysis_id": "a",
            "endpoint": "OS",
            "set_id": f"a-{number}",
            "usubjid": who,
            "treated": who.startswith("T"),
            "weight": 1.0,
            "days": float(by_subject.loc[who, "days"]),
            "is_event": bool(by_subject.loc[who, "is_event"]),
        }
        for number, pair in SETS.items()
        for who in sorted(pair)
    ]
    return pd.DataFrame(rows).assign(**changed)


def table(kind: str, draws: int = 60, **changed: object) -> pd.DataFrame:
    asked = {"analysis_id": "a", "kind": kind, "draws": draws, "seed": 7, "why": ""}
    cox = {
        "analysis_id": "a",
        "model_id": "unadjusted",
        "variance": "cluster",
        "term": "treated",
        "coef": -0.4,
        "se": 0.6,
    }
    return bootstrap_table(
        pd.DataFrame([asked]),
        changed.get("subjects", SUBJECTS),
        ENDPOINTS,
        changed.get("outcomes", outcomes()),
        pd.DataFrame([cox]),
        changed.get("protocol", protocol()),
    )


def by_hand(draws: int) -> np.ndarray:
    """Draw sets with the stored stream and fit the duplicated rows."""
    rows = outcomes()
    found = []
    for number in range(draws):
        drawn = random_stream(7, "a", number).integers(0, len(SETS), len(SETS))
        sample = pd.concat([rows[rows["set_id"] == f"a-{one}"] for one in drawn])
        fit = fit_cox(
            sample["days"],
            sample["is_event"].astype(int),
            sample["treated"].to_numpy(float)[:, None],
            names=["treated"],
        )
        found.append(fit.coef[0] if fit.is_finite[0] else math.nan)
    return np.array(found)


def test_pairs_are_drawn_whole_and_fitted_again():
    (row,) = table("pair").to_dict("records")
    wanted = by_hand(60)
    known = wanted[~np.isnan(wanted)]
    assert row["n_units"] == 6
    assert row["n_draws"] == 60
    assert row["n_failed"] == 60 - len(known)
    assert row["se_bootstrap"] == pytest.approx(known.std(ddof=1), abs=1e-9)
    assert row["bias"] == pytest.approx(known.mean() + 0.4, abs=1e-9)
    low, high = np.exp(np.quantile(known, [0.025, 0.975]))
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((low, high), rel=1e-8)
    assert (row["coef"], row["se_model"]) == (-0.4, 0.6)


def test_subjects_are_matched_anew_in_each_draw():
    """Without spread of age every draw matches somebody with somebody of its arm."""
    (row,) = table("subject", draws=25).to_dict("records")
    assert row["n_units"] == 12
    assert row["n_draws"] == 25
    assert row["se_bootstrap"] > 0
    again = table("subject", draws=25).to_dict("records")[0]
    assert row["se_bootstrap"] == again["se_bootstrap"]
    assert row["se_bootstrap"] != table("pair", draws=25)["se_bootstrap"].iloc[0]


def test_draws_without_an_estimate_are_counted_and_said():
    (row,) = table("pair", outcomes=outcomes(is_event=False)).to_dict("records")
    assert row["n_failed"] == 60
    assert row["note"] == "some draws have no estimate"
    assert pd.isna(row["se_bootstrap"])


def test_pairs_of_whom_nobody_is_evaluable_have_a_row():
    (row,) = table("pair", outcomes=outcomes(days=math.nan)).to_dict("records")
    assert (row["n_units"], row["n_draws"], row["n_failed"]) == (0, 60, 60)
    assert row["note"] == "some draws have no estimate"


def test_an_analysis_without_a_model_of_treatment_alone_has_a_note():
    whole = protocol()
    both = replace(whole, model_terms=whole.model_terms.assign(arm="both"))
    (row,) = table("pair", protocol=both).to_dict("records")
    assert row["note"] == "no model of treatment alone"
    assert pd.isna(row["se_bootstrap"])


def test_an_analysis_without_treated_has_no_rows():
    nobody = SUBJECTS[SUBJECTS["arm"] == "control"]
    assert table("subject", subjects=nobody).empty
    assert table("pair", outcomes=outcomes().iloc[:0]).empty


def test_a_drawn_subject_brings_all_of_its_index_days():
    """Of each control two days that are alike: as many units, and no other estimate."""
    plain = protocol()
    none = replace(plain, matching=plain.matching.assign(method="none"))
    is_control = SUBJECTS["arm"] == "control"
    days = pd.concat(
        [
            SUBJECTS[~is_control],
            *(
                SUBJECTS[is_control].assign(
                    usubjid=SUBJECTS.loc[is_control, "usubjid"] + f"@day{day}"
                )
                for day in (0, 90)
            ),
        ]
    )
    twice = pd.concat(
        [
            ENDPOINTS,
            *(
                ENDPOINTS.assign(usubjid=ENDPOINTS["usubjid"] + f"@day{day}")
                for day in (0, 90)
            ),
        ]
    )
    asked = pd.DataFrame(
        [{"analysis_id": "a", "kind": "subject", "draws": 8, "seed": 7, "why": ""}]
    )
    model = ModelPlan("a", "unadjusted", "OS", "breslow", "cluster")
    (settings,) = plans(asked, BootstrapPlan)

    def drawn(subjects: pd.DataFrame, endpoints: pd.DataFrame):
        eligible = eligible_outcomes(subjects, endpoints, "a", "OS")
        return of_subjects(eligible, none, model, settings)

    once, several = drawn(SUBJECTS, ENDPOINTS), drawn(days, twice)
    assert once[0] == several[0] == 12
    # every control has its copy in each draw: weights of 2 of the controls
    assert not np.isnan(several[1]).all()
    for number in range(8):
        stream = random_stream(7, "a", number)
        people = SUBJECTS.sort_values("usubjid")
        treated = (people["arm"] == "treated").to_numpy(float)
        rows = people.iloc[draw_within_arms(treated, stream)]
        own = rows.merge(ENDPOINTS, on="usubjid")
        weight = np.where(own["arm"] == "treated", 1, 2)
        repeated = own.loc[own.index.repeat(weight)]
        fit = fit_cox(
            repeated["days"],
            repeated["is_event"].astype(int),
            (repeated["arm"] == "treated").to_numpy(float)[:, None],
            names=["treated"],
            ties="breslow",
        )
        wanted = fit.coef[0] if fit.is_finite[0] else math.nan
        assert several[1][number] == pytest.approx(wanted, abs=1e-8, nan_ok=True)


def test_pairs_that_share_a_subject_are_not_independent():
    shared = outcomes()
    controls = ~shared["treated"]
    shared.loc[controls, "usubjid"] = [f"C@day{i}" for i in range(controls.sum())]
    (row,) = table("pair", outcomes=shared).to_dict("records")
    assert SHARED in row["note"]
