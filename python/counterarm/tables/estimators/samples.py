"""Who is eligible in an analysis, with their days and events."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from counterarm.tables.frames import sorted_by_subject
from counterarm.tables.plans import ModelPlan
from counterarm.tables.trust.path import treatment_models


@dataclass(frozen=True)
class Protocol:
    """How analyses are matched and modelled: rows of the protocol, all inherited.

    `matching`, `terms`, `models` and `model_terms` are those of
    `protocol.analysis_matching` and so on, `variables` those of variables.csv.
    """

    matching: pd.DataFrame
    terms: pd.DataFrame
    models: pd.DataFrame
    model_terms: pd.DataFrame
    variables: pd.DataFrame

    @classmethod
    def of(cls, tables: Mapping[str, pd.DataFrame]) -> "Protocol":
        """Take the tables by the names that they have in the warehouse."""
        return cls(
            matching=tables["analysis_matching"],
            terms=tables["analysis_matching_terms"],
            models=tables["analysis_models"],
            model_terms=tables["analysis_model_terms"],
            variables=tables["variables"],
        )

    def plan(self, analysis_id: str) -> pd.Series:
        """Return the row of matching of an analysis, named by it."""
        return self.matching.set_index("analysis_id").loc[analysis_id]

    def own_terms(self, analysis_id: str) -> pd.DataFrame:
        """Return the matching terms of an analysis."""
        return self.terms[self.terms["analysis_id"] == analysis_id]

    def variants(self) -> dict[str, dict[str, ModelPlan]]:
        """Return the variances of each analysis's main model."""
        return treatment_models(self.models, self.model_terms)


def eligible_outcomes(
    subjects: pd.DataFrame, endpoints: pd.DataFrame, analysis_id: str, endpoint: str
) -> pd.DataFrame:
    """Return the eligible subjects of an analysis by usubjid, with days and is_event.

    `subjects` are rows of `cohort.subjects`, `endpoints` of `cohort.endpoints`, whose
    entry_days are kept where they have any. Who is not evaluable has no days. Empty
    unless both arms have somebody.
    """
    is_own = (subjects["analysis_id"] == analysis_id) & subjects["is_eligible"]
    own = subjects[is_own.astype(bool)]
    of_endpoint = endpoints[
        (endpoints["analysis_id"] == analysis_id) & (endpoints["endpoint"] == endpoint)
    ]
    names = ["usubjid", "days", "is_event", "entry_days"]
    kept = [name for name in names if name in of_endpoint]
    rows = own.merge(of_endpoint[kept], on="usubjid", how="left")
    return sorted_by_subject(rows if rows["arm"].nunique() == 2 else rows.head(0))
