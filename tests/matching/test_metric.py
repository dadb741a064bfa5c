"""Scaled covariates: which of them have a part in the distance."""

import numpy as np
import pytest

from counterarm.matching import match_nearest, scaled_covariates

# the first differs between the arms, and in neither varies
BETWEEN = [[0.0, 1], [0, 3], [1, 2], [1, 5]]
# the first differs in the last subject only, who is discarded
OF_DISCARDED = [[0.0, 1], [0, 3], [0, 2], [0, 5], [1, 9]]


def test_what_varies_only_between_the_arms_has_no_within_arm_scale_and_no_part():
    # within arms: sums of squares 2 and 4.5, of which the variance is half
    found = scaled_covariates(BETWEEN, [0, 0, 1, 1], "scaled_euclidean")
    assert found == pytest.approx(np.array([[1], [3], [2], [5]]) / np.sqrt(3.25))
    alone = [row[:1] for row in BETWEEN]
    pairs = match_nearest(
        None, [0, 0, 1, 1], covariates=alone, distance="scaled_euclidean"
    )
    assert pairs.treated_index.tolist() == [2, 3]


@pytest.mark.parametrize(
    "distance",
    ["mahalanobis", "robust_mahalanobis", "scaled_euclidean", "euclidean"],
)
def test_what_varies_only_among_the_discarded_has_no_part(distance):
    arms, discard = [0, 0, 1, 1, 0], [0, 0, 0, 0, 1]
    found, alone = (
        scaled_covariates(rows, arms, distance, discard=discard)[:4]
        for rows in (OF_DISCARDED, [row[1:] for row in OF_DISCARDED])
    )
    between, wanted = (
        np.linalg.norm(points[:2, None] - points[None, 2:], axis=2)
        for points in (found, alone)
    )
    assert between == pytest.approx(wanted)
