"""The analyses that differ from a main one in the follow-up rule alone."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from counterarm.tables.frames import sorted_by_subject


@dataclass(frozen=True)
class RuleAnalysis:
    """An analysis under a follow-up rule, and who it could compare.

    `people` are its candidates in its pool, by usubjid, who meet every criterion but
    perhaps those that ask whether covariates are known; `eligible` are those who meet
    these too, so that they are the eligible of the analysis.
    """

    analysis_id: str
    follow_up_rule: str
    people: pd.DataFrame

    @property
    def eligible(self) -> pd.DataFrame:
        """Return who is eligible, by usubjid."""
        complete = ~self.people["lacks_covariates"].astype(bool)
        return self.people[complete].reset_index(drop=True)


def rule_analyses(
    subjects: pd.DataFrame, axes: pd.DataFrame | None = None
) -> Iterator[RuleAnalysis]:
    """Yield the analysis of each follow-up rule with eligible subjects of both arms.

    `subjects` are rows of `analysis.specification_subjects`. With `axes`, rows of
    `specification_axes.csv`, only the protocol's rule and the valid ones.
    """
    in_pool = subjects[subjects["is_in_pool"].astype(bool)]
    keys = ["analysis_id", "rule_analysis_id", "follow_up_rule"]
    wanted = None if axes is None else wanted_rules(axes)
    for (main, analysis_id, rule), people in in_pool.groupby(keys, sort=True):
        if wanted is not None and (main, rule) not in wanted:
            continue
        found = RuleAnalysis(str(analysis_id), str(rule), sorted_by_subject(people))
        if found.eligible["arm"].nunique() == 2:
            yield found


def wanted_rules(axes: pd.DataFrame) -> set[tuple[str, str]]:
    """Return analysis and level of each follow-up rule that is first or valid."""
    rules = axes[axes["axis"] == "follow_up_rule"]
    kept = rules[rules["is_valid"].astype(bool) | (rules["position"] == 1)]
    return set(zip(kept["analysis_id"], kept["level"], strict=True))
