"""The true effects are in the made-up patients, and can be found again."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from lifelines import CoxPHFitter

from counterarm.demo import write_demo
from counterarm.demo.cohort import draw_cohort
from counterarm.demo.patients import (
    BULBAR,
    HAZARD,
    LIMB_AND_BULBAR,
    MONTH,
    draw_patients,
    generator,
    latent_items,
)
from counterarm.demo.proact import draw_block
from counterarm.demo.site_plans import SITE_PLANS

N = 6_000


def test_the_same_draw_dies_later_by_the_root_of_the_hazard_ratio():
    # S = exp(-(t/b)^k h), so equal S needs t proportional to h^(-1/k)
    untreated = draw_patients(generator(3), 500)
    treated = draw_patients(generator(3), 500, hazard_ratio=0.7)
    late = untreated.death_day > 10
    ratio = treated.death_day[late] / untreated.death_day[late]
    assert ratio == pytest.approx(0.7 ** (-1 / HAZARD.shape), rel=1e-12)


def test_a_cox_model_finds_the_hazard_ratio_and_the_coefficients():
    frames = []
    for arm, hazard_ratio in enumerate((1.0, 0.7)):
        drawn = draw_patients(generator(11, arm), N, hazard_ratio=hazard_ratio)
        frames.append(
            pd.DataFrame(
                {
                    "treated": arm,
                    "age": drawn.age,
                    "bulbar": np.isin(drawn.onset, (BULBAR, LIMB_AND_BULBAR)),
                    "score": 48 - drawn.loss,
                    "log_slope": np.log(drawn.slope),
                    "riluzole": drawn.riluzole,
                    "day": np.minimum(drawn.death_day, 1500),
                    "died": drawn.death_day <= 1500,
                }
            ).astype(float)
        )
    fit = CoxPHFitter().fit(pd.concat(frames), "day", "died").summary
    truth = {
        "treated": np.log(0.7),
        **{
            name: getattr(HAZARD, name)
            for name in ("age", "bulbar", "score", "log_slope", "riluzole")
        },
    }
    for name, value in truth.items():
        error = fit.loc[name, "se(coef)"]
        assert fit.loc[name, "coef"] == pytest.approx(value, abs=3.5 * error), name
    assert fit.loc["treated", "se(coef)"] < 0.03


@pytest.mark.parametrize("site", SITE_PLANS)
@pytest.mark.parametrize("hazard_ratio", [0.5, 1.0])
def test_deaths_over_expected_deaths_of_a_large_site_is_the_hazard_ratio(
    site, hazard_ratio
):
    plan = replace(SITE_PLANS[site], patients=8_000)
    cohort = draw_cohort(generator(2, plan.site_number), plan, hazard_ratio, 1.0)
    drawn = cohort.patients
    followed = np.where(cohort.died, drawn.death_day, cohort.last_day)
    cumulative = (followed / HAZARD.scale_days) ** HAZARD.shape
    expected = (cumulative * np.exp(drawn.linear_predictor)).sum()
    found = cohort.died.sum() / expected
    error = 3.5 / np.sqrt(cohort.died.sum())
    assert found == pytest.approx(hazard_ratio, rel=error)


def test_no_patient_of_proact_is_treated():
    block = draw_block(np.arange(2_000), 2_000, seed=1, number=0)
    drawn = block.patients
    cumulative = (drawn.death_day / HAZARD.scale_days) ** HAZARD.shape
    mean = (cumulative * np.exp(drawn.linear_predictor)).mean()
    assert mean == pytest.approx(1.0, abs=3.5 / np.sqrt(2_000))
    assert drawn.slope_ratio == 1.0


def test_the_slope_ratio_scales_the_loss_after_day_zero_and_not_before():
    drawn = draw_patients(generator(4), 400, slope_ratio=0.5)
    plain = replace(drawn, slope_ratio=1.0)
    who, months = np.arange(400), 6.0

    def lost(patients, day):
        at = np.full(400, day)
        return 48 - latent_items(patients, who, at).sum(axis=1)

    start = lost(drawn, 0.0)
    # as long as no item has reached zero
    later = drawn.loss + months * drawn.slope
    mild = (drawn.shares * later[:, None] < 4).all(axis=1)
    assert mild.mean() > 0.6
    assert start[mild] == pytest.approx(drawn.loss[mild], abs=1e-9)
    fall = (lost(drawn, months * MONTH) - start)[mild]
    assert fall == pytest.approx(0.5 * months * drawn.slope[mild], rel=1e-9)
    assert lost(drawn, -60.0) == pytest.approx(lost(plain, -60.0))


def test_the_written_deaths_follow_the_hazard_ratio(tmp_path):
    deaths = []
    for hazard_ratio in (0.2, 1.0):
        demo = write_demo(
            tmp_path / str(hazard_ratio), subjects=300, hazard_ratio=hazard_ratio
        )
        events = pd.read_csv(demo.sites_directory / "hanyang" / "events.csv")
        deaths.append((events["event"] == "DEATH").sum())
    assert deaths[0] < 0.5 * deaths[1]
