"""Rows of the protocol that a table is made by, as objects with named fields."""

from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields
from typing import Literal, TypeVar

import pandas as pd

Plan = TypeVar("Plan")


def plans(rows: pd.DataFrame, kind: type[Plan]) -> Iterator[Plan]:
    """Yield the rows, in their order, as plans of a kind (a dataclass).

    A field that has a default may lack its column. KeyError, naming it, for any other.
    """
    names = [
        field.name
        for field in fields(kind)  # type: ignore[arg-type]
        if field.default is MISSING or field.name in rows.columns
    ]
    columns = [rows[name].tolist() for name in names]
    for values in zip(*columns, strict=True):
        yield kind(**dict(zip(names, values, strict=True)))


@dataclass(frozen=True)
class ModelPlan:
    """A Cox model in one variance: a row of `analysis.model_plans`.

    `restriction` says in words to whom or to what time it is restricted, null for
    nobody and none.
    """

    analysis_id: str
    model_id: str
    endpoint: str
    ties: Literal["efron", "breslow"]
    variance: str
    follow_up_rule: str | None = None
    restriction: str | None = None


@dataclass(frozen=True)
class MatchingPlan:
    """How an analysis is matched: what a row of the protocol's `matching` says of it.

    `discard` is null where nobody is discarded.
    """

    analysis_id: str
    method: str
    discard: str | None


@dataclass(frozen=True)
class ContrastPlan:
    """A variant of a contrast of doses: a row of the protocol's `dose_contrasts`.

    `variances`, `horizons` and `models` are lists joined by a bar.
    """

    analysis_id: str
    contrast_id: str
    endpoint: str
    variant: str
    method: str
    landmark: float | None
    variances: str
    horizons: str
    models: str


@dataclass(frozen=True)
class MainModel:
    """The model of treatment alone that is questioned: a row of `main_models`."""

    analysis_id: str
    model_id: str
    endpoint: str
    ties: Literal["efron", "breslow"]


@dataclass(frozen=True)
class NullPlan:
    """An empirical null: a row of the protocol's `placebo_nulls`.

    `draws` and `seed` are null where nothing is drawn at random, `reference_analysis`
    where the treated keep the follow-up of the analysis.
    """

    analysis_id: str
    null_id: str
    kind: str
    reference_analysis: str | None
    draws: float | None
    seed: float | None


@dataclass(frozen=True)
class SweepPlan:
    """A tipping point: a row of the protocol's `tipping_sweeps`.

    `deltas` are numbers joined by a bar.
    """

    analysis_id: str
    arm: Literal["treated", "control"]
    deltas: str
    m: float
    seed: float


@dataclass(frozen=True)
class EValuePlan:
    """A result that a hidden confounder would explain: a row of `analysis.e_values`.

    `endpoint` is that of the analysis's main model; `rr` is null where the model has no
    estimate.
    """

    analysis_id: str
    endpoint: str
    outcome: str
    limit: float
    rr: float
    e_value: float
    e_value_limit: float
