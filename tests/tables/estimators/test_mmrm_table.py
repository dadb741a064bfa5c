"""MMRM as a table: nlme's growth of girls and boys, with some who died."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from counterarm.tables.estimators.mmrm import mmrm_table

FOLDER = Path(__file__).parents[2] / "golden" / "trust"


def members(**changed: object) -> pd.DataFrame:
    """Return change from age 8 at ages 10, 12 and 14: three visits of 27 children."""
    data = pd.read_csv(FOLDER / "orthodont.csv")
    wide = data.pivot(index="id", columns="age", values="distance")
    sex = data.drop_duplicates("id").set_index("id")["sex"]
    rows = [
        {
            "analysis_id": "a",
            "set_id": f"{who}",
            "usubjid": f"{who}",
            "arm": "treated" if sex[who] == 1 else "control",
            "weight": 1.0,
            "window_id": f"age_{age}",
            "offset_days": age,
            "baseline_total": row[8],
            "change": row[age] - row[8],
            "is_dead": False,
        }
        for who, row in wide.iterrows()
        for age in (10, 12, 14)
    ]
    return pd.DataFrame(rows).assign(**changed)


def test_an_estimate_for_each_visit_with_counts_and_means():
    rows = mmrm_table(members())
    assert rows["visit"].tolist() == ["age_10", "age_12", "age_14"]
    assert rows["n_treated"].eq(11).all()
    assert rows["n_control"].eq(16).all()
    assert rows["note"].isna().all()
    # complete and balanced: at each visit the least squares of that visit alone
    # (an unstructured covariance with the same design at every visit), df n - 3
    assert rows["df"].to_numpy(float) == pytest.approx([24] * 3, abs=1e-3)
    last = members().query("offset_days == 14")
    girls = (last["arm"] == "treated").to_numpy(float)
    design = pd.DataFrame(
        {"one": 1.0, "girl": girls, "b": last["baseline_total"].to_numpy()}
    )
    coef, rss, *_ = np.linalg.lstsq(design.to_numpy(), last["change"].to_numpy())
    assert rows["coef"].iloc[-1] == pytest.approx(coef[1], abs=1e-5)
    inverse = np.linalg.inv(design.to_numpy().T @ design.to_numpy())
    assert rows["se"].iloc[-1] == pytest.approx(
        float(np.sqrt(rss[0] / 24 * inverse[1, 1])), abs=1e-5
    )


def test_the_dead_and_the_missing_are_counted_apart():
    rows = members()
    is_last = rows["offset_days"] == 14
    girls = rows[is_last & (rows["arm"] == "treated")].index
    rows.loc[girls[:3], ["change", "is_dead"]] = [None, True]
    rows.loc[girls[3:5], "change"] = None
    last = mmrm_table(rows).iloc[-1]
    assert last["n_treated"] == 6
    assert last["n_treated_dead"] == 3
    assert last["n_treated_missing"] == 2
    assert last["note"].startswith("truncated by death")
    assert pd.isna(mmrm_table(rows).iloc[0]["note"])


@pytest.mark.parametrize(
    ("changed", "note"),
    [
        ({"weight": 0.5}, "not fitted: "),
        (
            {"change": None},
            "not fitted: nobody was assessed at baseline and at a visit",
        ),
    ],
)
def test_what_cannot_be_fitted_has_counts_and_a_note(changed, note):
    rows = mmrm_table(members(**changed))
    assert len(rows) == 3
    assert rows["coef"].isna().all()
    assert rows["note"].str.startswith(note).all()


def test_nobody_no_rows():
    assert mmrm_table(members().iloc[:0]).empty
