"""How one analysis makes pairs of its eligible subjects, whoever of them is treated."""

import numpy as np
import pandas as pd

from counterarm.matching import (
    CandidatePairs,
    Matches,
    caliper_width,
    candidate_pairs,
    match_greedy,
    match_nearest,
    match_optimal,
)
from counterarm.matching.matches import make_matches
from counterarm.tables.candidates import subject_of
from counterarm.tables.frames import numbers
from counterarm.tables.match_inputs import (
    covariates,
    discarded,
    named_calipers,
    score_caliper,
    strata,
)


class Pairing:
    """The protocol's matching rows of one analysis, with its subjects' values.

    Values are read once, so that the same subjects can be matched again under other
    arms: the real ones for `matching.pairs`, drawn ones for `analysis.placebo_null`.
    """

    def __init__(
        self,
        eligible: pd.DataFrame,
        own: pd.DataFrame,
        plan: pd.Series | None = None,
    ) -> None:
        """Take eligible subjects, matching terms and the matching row of an analysis.

        Without the row, only `allowed` can be asked. ValueError for an exact variable
        that is not known of every subject.
        """
        self.plan = plan
        self.own = own
        self.exact = strata(eligible, own)
        self.calipers = named_calipers(eligible, own)
        self.distance_terms = [
            (numbers(eligible, term.variable), float(term.scale))
            for term in own[own["role"] == "distance"].itertuples()
        ]
        self.covariates = covariates(eligible, own)
        is_once = plan is not None and plan.get("subject_use") == "once"
        self.subjects = subject_of(eligible["usubjid"]) if is_once else None

    def pairs(self, treated: np.ndarray, score: np.ndarray | None) -> Matches:
        """Match the subjects; indices point into all of them.

        `treated` has a flag per subject, `score` its propensity score on the plan's
        scale, None for matching by distance. Who lacks common support is discarded
        first, where the plan requires it. ValueError as the functions of matching.
        """
        kept = ~discarded(score, treated, self.plan["discard"])
        if not self.distance_terms:
            return self._nearest(treated, score, np.arange(len(treated)), kept)
        if not kept.all():
            place = np.flatnonzero(kept)
            found = self.in_order(treated, score, kept)
            return make_matches(
                place[found.treated_index],
                place[found.control_index],
                found.match_round,
                found.distance,
            )
        return self.in_order(treated, score, slice(None))

    def allowed(
        self, treated: np.ndarray, kept: np.ndarray | slice = slice(None)
    ) -> CandidatePairs:
        """Return the pairs that exact variables and calipers allow, with distances."""
        return candidate_pairs(
            treated[kept],
            exact=None if self.exact is None else self.exact[kept],
            variable_calipers=self._widths(kept),
            distance_terms=[
                (values[kept], scale) for values, scale in self.distance_terms
            ],
        )

    def in_order(
        self, treated: np.ndarray, score: np.ndarray | None, kept: np.ndarray | slice
    ) -> Matches:
        """Match the subjects that `kept` selects, in the order in which it does.

        Indices of the result point into what was selected. Nobody is discarded.
        """
        plan = self.plan
        if self.distance_terms:
            if plan["ratio"] != 1 or plan["replacement"]:
                raise ValueError(
                    "matching.csv: distance terms go with ratio 1 and replacement false"
                )
            pairs = self.allowed(treated, kept)
            is_optimal = plan["method"] == "optimal"
            unit_id = None if self.subjects is None else self.subjects[kept]
            match = match_optimal if is_optimal else match_greedy
            return match(pairs, unit_id=unit_id)
        rows = np.arange(len(treated))[kept]
        return self._nearest(treated, score, rows, np.ones(len(rows), dtype=bool))

    def _nearest(
        self,
        treated: np.ndarray,
        score: np.ndarray | None,
        rows: np.ndarray,
        kept: np.ndarray,
    ) -> Matches:
        """Match the subjects at `rows`, of which those not `kept` are discarded."""
        plan = self.plan
        among = rows[kept]
        distance = plan.get("distance")
        by_covariates = not pd.isna(distance)
        width = None if score is None else score_caliper(self.own, score[among])
        return match_nearest(
            None if score is None else score[rows],
            treated[rows],
            covariates=self.covariates.iloc[rows] if by_covariates else None,
            distance=distance if by_covariates else "score",
            ratio=int(plan["ratio"]),
            replace=bool(plan["replacement"]),
            order=plan["match_order"],
            exact=None if self.exact is None else self.exact[rows],
            score_caliper=width,
            variable_calipers=[
                (values[rows], caliper_width(values[among], wide, unit))
                for values, wide, unit in self.calipers
            ],
            discard=~kept,
            tie_policy=plan["tie_policy"],
            unit_id=None if self.subjects is None else self.subjects[rows],
        )

    def _widths(
        self, kept: np.ndarray | slice
    ) -> list[tuple[np.ndarray, float]] | None:
        """Return values and width of each caliper, in SD of those not discarded."""
        found = [
            (values[kept], caliper_width(values[kept], width, unit))
            for values, width, unit in self.calipers
        ]
        return found or None
