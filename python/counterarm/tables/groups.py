"""The compared groups: who is in them, and whether their rows are weighted."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import infer_dtype

from counterarm.survival import CommonTau, common_tau
from counterarm.tables.candidates import subject_of
from counterarm.tables.comparisons import among, title
from counterarm.tables.frames import numbers

NONE, WEIGHTS, REPEATED = "none", "case weights", "repeated subjects"
SET_KEYS = ["analysis_id", "endpoint", "comparison_set"]


@dataclass(frozen=True)
class SurvivalSample:
    """Rows of one group or comparison as arrays, in an order that is total.

    `group` is the place of each row's group among the alphabetical names of those
    compared; `subject` and `matched_set` are codes, the same in all samples of a table.
    `entry` is the day after time zero on which a row comes under observation, 0 where
    it is observed from time zero on. `competing` names the competing event that came
    first, "" where none did.
    """

    time: np.ndarray
    event: np.ndarray
    weight: np.ndarray
    subject: np.ndarray
    matched_set: np.ndarray
    group: np.ndarray
    entry: np.ndarray
    competing: np.ndarray

    @cached_property
    def delayed_entry(self) -> np.ndarray | None:
        """Return days of entry, or None where every row is observed from time zero."""
        return self.entry if (self.entry > 0).any() else None

    @cached_property
    def is_repeated(self) -> bool:
        """Tell whether a subject has several rows: matched sets, or index days."""
        return len(np.unique(self.subject)) < len(self.subject)

    @cached_property
    def weighting(self) -> str:
        """Say how rows count: `none` where each is one subject of weight 1."""
        if (self.weight != 1).any():
            return WEIGHTS
        return REPEATED if self.is_repeated else NONE

    @property
    def case_weights(self) -> np.ndarray | None:
        """Return the weights, or None where rows need none."""
        return None if self.weighting == NONE else self.weight

    @property
    def subject_clusters(self) -> np.ndarray | None:
        """Return subjects as clusters where one has several rows."""
        return self.subject if self.is_repeated else None


@dataclass(frozen=True)
class SurvivalGroup:
    """One group of one comparison set."""

    analysis_id: str
    endpoint: str
    comparison_set: str
    name: str
    sample: SurvivalSample

    @property
    def keys(self) -> dict[str, Any]:
        """Return the columns that name it in a table of groups."""
        return {
            "analysis_id": self.analysis_id,
            "endpoint": self.endpoint,
            "group_name": self.name,
        }


@dataclass(frozen=True)
class SurvivalComparison:
    """Groups of a set that are compared, in order of position."""

    groups: tuple[SurvivalGroup, ...]
    sample: SurvivalSample

    @property
    def title(self) -> str:
        """Name it: the later group before the earlier, treated vs control."""
        return title(group.name for group in self.groups)

    @property
    def first_code(self) -> int:
        """Return the code in `sample.group` of the group that the title names first."""
        names = sorted(group.name for group in self.groups)
        return names.index(self.groups[-1].name)


def read_groups(members: pd.DataFrame) -> list[SurvivalGroup]:
    """Return the groups of `analysis.group_members`, by set and position.

    The frame is sorted once, as codes; a group is a slice of its columns.
    """
    if members.empty:
        return []
    codes = {
        column: coded_texts(members[column])
        for column in [*SET_KEYS, "group_name", "usubjid", "set_id"]
    }
    of_name = np.unique(subject_of(codes["usubjid"][0]), return_inverse=True)[1]
    days = members["days"].to_numpy(float)
    position = members["position"].to_numpy(float)
    least_to_most = [codes["set_id"][1], codes["usubjid"][1], days]
    least_to_most += [codes["group_name"][1], position]
    least_to_most += [codes[column][1] for column in reversed(SET_KEYS)]
    order = np.lexsort(least_to_most)
    columns = {
        "time": days[order],
        "event": members["is_event"].to_numpy(bool)[order],
        "weight": members["weight"].to_numpy(float)[order],
        "subject": of_name[codes["usubjid"][1]][order],
        "matched_set": codes["set_id"][1][order],
        "group": np.zeros(len(order), int),
        "entry": entry_days(members)[order],
        "competing": competing_events(members)[order],
    }
    names = [*SET_KEYS, "group_name"]
    keys = np.column_stack([codes[column][1][order] for column in names])
    changes = (keys[1:] != keys[:-1]).any(axis=1)
    starts = np.flatnonzero(np.r_[True, changes])
    groups = []
    for start, stop in zip(starts, np.r_[starts[1:], len(order)], strict=True):
        analysis_id, endpoint, comparison_set, name = (
            str(codes[column][0][code])
            for column, code in zip(names, keys[start], strict=True)
        )
        rows = {name: values[start:stop] for name, values in columns.items()}
        sample = SurvivalSample(**rows)
        groups.append(
            SurvivalGroup(analysis_id, endpoint, comparison_set, name, sample)
        )
    return groups


def coded_texts(values: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct texts in order, and each row's place among them.

    As `np.unique`, which would sort all rows, where here only the distinct ones are.
    """
    held = values.to_numpy(object)
    if infer_dtype(held, skipna=False) != "string":
        held = held.astype(str).astype(object)
    place, distinct = pd.factorize(held, sort=True)
    return distinct, place


def entry_days(members: pd.DataFrame) -> np.ndarray:
    """Return the days of entry, 0 where a row has none or the frame has no column."""
    if "entry_days" not in members:
        return np.zeros(len(members))
    return np.nan_to_num(numbers(members, "entry_days"), nan=0.0)


def competing_events(members: pd.DataFrame) -> np.ndarray:
    """Return the competing event of each row, "" where it has none."""
    if "competing_event" not in members:
        return np.full(len(members), "", dtype=object)
    return members["competing_event"].astype(object).fillna("").to_numpy()


def groups_once(groups: Iterable[SurvivalGroup]) -> list[SurvivalGroup]:
    """Return each group of an analysis and endpoint, as the first set has it."""
    first: dict[tuple[str, ...], SurvivalGroup] = {}
    for group in groups:
        first.setdefault(tuple(group.keys.values()), group)
    return [first[key] for key in sorted(first)]


def common_taus(groups: Iterable[SurvivalGroup]) -> dict[tuple[str, str], CommonTau]:
    """Return, by analysis and endpoint, the day to which the arms were both followed.

    The arms are the groups of an analysis's first comparison set.
    """
    arms: dict[tuple[str, str], list[SurvivalGroup]] = {}
    for group in groups:
        known = arms.setdefault((group.analysis_id, group.endpoint), [])
        if not known or known[0].comparison_set == group.comparison_set:
            known.append(group)
    return {
        key: common_tau({group.name: group.sample.time for group in own})
        for key, own in arms.items()
    }


def comparisons(
    groups: Iterable[SurvivalGroup],
) -> Iterator[tuple[dict, list[SurvivalComparison]]]:
    """Yield the keys and comparisons of each set.

    All groups together where there are more than two, then every pair.
    """

    def keys(group: SurvivalGroup) -> tuple[str, str, str]:
        return group.analysis_id, group.endpoint, group.comparison_set

    for values, own in groupby(groups, key=keys):
        yield (
            dict(zip(SET_KEYS, values, strict=True)),
            [
                SurvivalComparison(chosen, joined(chosen))
                for chosen in among(tuple(own))
            ],
        )


def joined(groups: Sequence[SurvivalGroup]) -> SurvivalSample:
    """Return the rows of several groups, coded by the alphabet of their names."""
    ordered = sorted(groups, key=lambda group: group.name)
    samples = [group.sample for group in ordered]
    columns = ["time", "event", "weight", "subject", "matched_set"]
    columns += ["entry", "competing"]
    return SurvivalSample(
        **{
            name: np.concatenate([getattr(sample, name) for sample in samples])
            for name in columns
        },
        group=np.repeat(np.arange(len(samples)), [len(s.time) for s in samples]),
    )
