"""One placebo comparison: controls set against controls by an analysis's whole path."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from counterarm.matching import NoScoreError, fit_propensity_score
from counterarm.survival import fit_cox
from counterarm.survival.cox import Ties
from counterarm.tables.match_inputs import needs_score, score_design
from counterarm.tables.pairing import Pairing
from counterarm.tables.trust.main_model import TREATED


@dataclass(frozen=True)
class Estimate:
    """The log hazard ratio of one comparison, NaN with a note where there is none."""

    n_pairs: int
    n_events: int
    coef: float = math.nan
    se: float = math.nan
    note: str | None = None


@dataclass(frozen=True, eq=False)
class FollowUpOf:
    """Days and events under one follow-up rule, NaN days where not evaluable."""

    days: np.ndarray
    is_event: np.ndarray


class Procedure:
    """What an analysis does with its eligible subjects: score, pairs, Cox model.

    Built once of the same subjects, whose values do not depend on who is treated; then
    `estimate` repeats the path of `matching.propensity_scores`, `matching.pairs` and
    `analysis.cox` (treatment alone, variance clustered by matched set) under any arms.
    """

    def __init__(
        self,
        subjects: pd.DataFrame,
        own: pd.DataFrame,
        plan: pd.Series,
        variables: pd.DataFrame,
        ties: Ties,
    ) -> None:
        """Take subjects by usubjid, the analysis's matching rows and its way with ties.

        ValueError as `Pairing` and `design_matrix`, for values that are not known.
        """
        self.pairing = Pairing(subjects, own, plan)
        self.is_linear = plan.get("score_scale") == "linear"
        self.design = None
        if needs_score(own):
            self.design, self.names = score_design(subjects, own, variables)
        self.ties = ties

    def estimate(
        self, treated: np.ndarray, of_treated: FollowUpOf, of_controls: FollowUpOf
    ) -> Estimate:
        """Match the flagged subjects with the others and fit the hazard ratio.

        `treated` and the arrays of both follow-ups have an element per subject; the
        arms may be followed under different rules.
        """
        try:
            matches = self.pairing.pairs(treated, self._score(treated))
        except NoScoreError as error:
            return Estimate(0, 0, note=f"no score: {error}")
        sets, n_controls = np.unique(matches.treated_index, return_counts=True)
        if len(sets) == 0:
            return Estimate(0, 0, note="no pair within the calipers")
        number = np.repeat(np.arange(len(sets)), n_controls)
        rows = np.concatenate([sets, matches.control_index])
        cluster = np.concatenate([np.arange(len(sets)), number])
        weight = np.concatenate([np.ones(len(sets)), 1 / n_controls[number]])
        arm = np.arange(len(rows)) < len(sets)
        days = np.where(arm, of_treated.days[rows], of_controls.days[rows])
        events = np.where(arm, of_treated.is_event[rows], of_controls.is_event[rows])
        known = np.isfinite(days)
        n_events = int(events[known].sum())
        try:
            fit = fit_cox(
                days[known],
                events[known],
                arm[known, None].astype(float),
                names=[TREATED],
                cluster=cluster[known],
                weights=None if (weight == 1).all() else weight[known],
                ties=self.ties,
            )
        except ValueError as error:
            return Estimate(len(matches), n_events, note=f"not fitted: {error}")
        if not fit.converged:
            return Estimate(len(matches), n_events, note=fit.warning)
        return Estimate(len(matches), n_events, float(fit.coef[0]), float(fit.se[0]))

    def _score(self, treated: np.ndarray) -> np.ndarray | None:
        if self.design is None:
            return None
        fit = fit_propensity_score(self.design, treated, names=self.names)
        return fit.linear_predictor if self.is_linear else fit.score


def draw_scores(
    is_treated: np.ndarray, score: np.ndarray | None, exact: np.ndarray | None
) -> np.ndarray:
    """Return the probability of treatment of each eligible subject, of which draws are.

    The propensity score of the analysis; without one the share of treated in the
    subject's exact stratum, which is the score that exact matching implies; without
    strata the share of all. 0 where a stratum has nobody treated.
    """
    if score is not None:
        return score
    codes = np.zeros(len(is_treated), dtype=np.intp) if exact is None else exact
    treated = np.bincount(codes, weights=is_treated, minlength=codes.max() + 1)
    return (treated / np.bincount(codes))[codes]
