"""The bootstrap of the main model, each draw fitted again by hand."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from test_rematched import ENDPOINTS, KEPT, SUBJECTS, protocol

from counterarm.survival import fit_cox
from counterarm.tables.estimators.bootstrap import bootstrap_table
from counterarm.trust import random_stream

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
