"""What every function of the trust layer refuses: levels and codes of arms."""

import numpy as np
import pandas as pd
import pytest

from counterarm.trust.bias import (
    binary_confounder,
    mean_that_moves_the_limit,
    normal_prior,
)
from counterarm.trust.borrowing import (
    EventRate,
    HybridMembers,
    cox_power_prior,
    exponential_power_prior,
)
from counterarm.trust.calibration import calibrate, fit_null
from counterarm.trust.censoring_weights import censoring_weights
from counterarm.trust.e_values import (
    as_yes_or_no,
    covariate_strength,
    e_value,
    prevalence_ratio,
)
from counterarm.trust.follow_up import cut_at
from counterarm.trust.joint_rank import joint_rank
from counterarm.trust.mmrm import fit_mmrm
from counterarm.trust.rosenbaum import rosenbaum_bounds
from counterarm.trust.tipping import tipping_point
from counterarm.trust.win_ratio import compare, matched_win_ratio, win_ratio

TIME, EVENT, ARM = [3, 1, 4, 2, 5, 6], [1, 1, 0, 1, 0, 1], [1, 0, 1, 0, 1, 0]
PAIR = [0, 0, 1, 1, 2, 2]
# controls coded 2 instead of 0, which none may take for a control or for a treated
CODED = [1, 2, 1, 2, 1, 2]
ONE_VISIT = compare(TIME, EVENT, np.zeros((6, 1)))


def mmrm(arm, **more):
    visits = np.tile([1, 2], 6)
    subject, treated = np.repeat(range(6), 2), np.repeat(arm, 2)
    value = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8]
    return fit_mmrm(subject, visits, treated, value, **more)


def no_null():
    return fit_null([0.1] * 3, [0.2] * 3, n_pseudo_treated=50)


def hybrid():
    return HybridMembers.of(TIME, EVENT, ["treated", "internal", "external"] * 2)


LEVELS = {
    "exponential power prior": lambda p: exponential_power_prior(
        *[EventRate(9, 90)] * 3, 0.5, conf_level=p
    ),
    "Cox power prior": lambda p: cox_power_prior(hybrid(), 0.5, conf_level=p),
    "normal prior": lambda p: normal_prior(-0.9, 0.2, 0.1, 0.1, conf_level=p),
    "mean of a prior": lambda p: mean_that_moves_the_limit(-0.9, 0.2, conf_level=p),
    "binary confounder": lambda p: binary_confounder(
        -0.9,
        0.2,
        log_rr=(0.7, 0.2),
        share_treated=(3, 7),
        share_control=(5, 5),
        conf_level=p,
    ),
    "calibration": lambda p: calibrate(-0.9, 0.2, no_null(), conf_level=p),
    "mmrm": lambda p: mmrm(ARM, conf_level=p),
    "win ratio": lambda p: win_ratio(ONE_VISIT, ARM, conf_level=p),
    "matched win ratio": lambda p: matched_win_ratio(
        ONE_VISIT, ARM, PAIR, conf_level=p
    ),
}


@pytest.mark.parametrize("level", [0, 1, 95, float("nan")])
@pytest.mark.parametrize("name", LEVELS)
def test_a_level_that_is_no_share_is_refused(name, level):
    with pytest.raises(ValueError, match=r"conf_level: .* is not between 0 and 1"):
        LEVELS[name](level)


ARMS = {
    "mmrm": mmrm,
    "win ratio": lambda arm: win_ratio(ONE_VISIT, arm),
    "joint rank": lambda arm: joint_rank(ONE_VISIT, arm, TIME),
    "rosenbaum": lambda arm: rosenbaum_bounds(PAIR, arm, TIME, EVENT),
    "tipping": lambda arm: tipping_point(
        TIME, EVENT, arm, np.full((6, 2), 0.5), arm="control", horizon=7
    ),
    "censoring weights": lambda arm: censoring_weights(
        TIME, EVENT, arm, np.zeros((6, 1)), names=["x"]
    ),
    "prevalence ratio": lambda arm: prevalence_ratio(EVENT, arm),
    "yes or no": lambda arm: as_yes_or_no(TIME, arm),
    "covariate strength": lambda arm: covariate_strength(
        pd.DataFrame({"x": TIME}), arm, TIME, EVENT, e_value(0.4, 0.2, 0.8)
    ),
}


@pytest.mark.parametrize("name", ARMS)
def test_a_code_of_an_arm_other_than_0_and_1_is_refused(name):
    with pytest.raises(ValueError, match="treated: only 0 and 1 are allowed, not 2"):
        ARMS[name](CODED)


def test_an_event_of_a_cause_is_refused_where_there_is_one_kind_of_event():
    with pytest.raises(ValueError, match="event: only 0 and 1 are allowed, not 2"):
        cut_at([3, 4], [1, 2], 10)
