"""Which groups are described, and which are compared with which."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TypeVar

import numpy as np
import pandas as pd

from counterarm.tables.candidates import is_repeated

# Weights that differ by less than this are equal: they are sums of fractions.
SAME_WEIGHT = 1e-9
MEMBER = [
    "analysis_id",
    "comparison_set",
    "position",
    "group_name",
    "set_id",
    "usubjid",
    "weight",
]
T = TypeVar("T")


@dataclass(frozen=True)
class Group:
    """A group of one sample, and whether its subjects have unequal weights.

    `places` are the places of its rows among those of the sample, in their order;
    `usubjid` and `weight` have an element for each.
    """

    name: str
    places: np.ndarray
    usubjid: np.ndarray
    weight: np.ndarray
    is_weighted: bool


@dataclass(frozen=True)
class Comparison:
    """Groups that are compared with each other, as `treated vs control`."""

    name: str
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Sample:
    """The groups of one analysis and sample, and the comparisons among them."""

    analysis_id: str
    sample: str
    rows: pd.DataFrame
    groups: tuple[Group, ...]
    comparisons: tuple[Comparison, ...]


def samples(
    subjects: pd.DataFrame, matched: pd.DataFrame, members: pd.DataFrame
) -> Iterator[Sample]:
    """Yield the eligible (unmatched) and the matched of every analysis.

    The eligible have the arms. The matched have the arms and the groups of every
    comparison set in `members` (rows of `analysis.group_members`, of any endpoint), in
    the order of their position. A group in several sets is one group; a name that a
    later set gives to others becomes `set: name`. Sets of more
    than two groups are compared as a whole and by pairs, the later group first. The
    arms within a subgroup are groups and are not compared: so many tests of what was
    matched would tell nothing.
    """
    eligible = subjects[subjects["is_eligible"].astype(bool)]
    eligible = eligible.assign(set_id="", weight=1.0)
    for analysis_id, own in eligible.groupby("analysis_id"):
        yield sample_of(analysis_id, "unmatched", own, {"arms": arms_of(own)})
    for analysis_id, own in matched.groupby("analysis_id"):
        of_analysis = members[members["analysis_id"] == analysis_id]
        yield sample_of(
            analysis_id,
            "matched",
            own,
            {"": arms_of(own)} | sets_of(of_analysis),
            described_only=set(
                of_analysis.loc[of_analysis["subgroup"].notna(), "comparison_set"]
            ),
        )


def arms_of(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the rows of each arm that is there, the control first."""
    return {name: own for name, own in rows.groupby("arm")}


def sets_of(members: pd.DataFrame) -> dict[str, dict[str, pd.DataFrame]]:
    """Return the keys of each group's members by set and, in their order, by group."""
    keys = ["comparison_set", "position", "group_name", "set_id", "usubjid"]
    once = members[keys].drop_duplicates().sort_values(keys, kind="stable")
    return {
        str(name): {
            str(group): rows for group, rows in own.groupby("group_name", sort=False)
        }
        for name, own in once.groupby("comparison_set")
    }


def sample_of(
    analysis_id: object,
    sample: str,
    rows: pd.DataFrame,
    sets: dict[str, dict[str, pd.DataFrame]],
    described_only: Collection[str] = (),
) -> Sample:
    """Return the groups of one sample, and the comparisons of all sets but some."""
    ordered = rows.sort_values(["usubjid", "set_id"], kind="stable", ignore_index=True)
    place = {key: i for i, key in enumerate(keys_of_members(ordered))}
    groups: dict[str, Group] = {}
    comparisons: dict[str, Comparison] = {}
    for set_name, of_set in sets.items():
        own = []
        for name, members in of_set.items():
            found = {place[key] for key in keys_of_members(members) if key in place}
            group = group_of(name, ordered, np.array(sorted(found), dtype=int))
            known = groups.get(name)
            if known is not None and not np.array_equal(known.places, group.places):
                group = replace(group, name=f"{set_name}: {name}")
            own.append(groups.setdefault(group.name, group))
        for compared in () if set_name in described_only else among(own):
            name = title(group.name for group in compared)
            comparisons.setdefault(name, Comparison(name, tuple(reversed(compared))))
    return Sample(
        str(analysis_id),
        sample,
        ordered,
        tuple(groups.values()),
        tuple(comparisons.values()),
    )


def keys_of_members(rows: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Yield the set and the subject of each row."""
    return zip(rows["set_id"], rows["usubjid"], strict=True)


def among(groups: Sequence[T]) -> Iterator[tuple[T, ...]]:
    """Yield all groups of a set, where they are more than two, and every pair."""
    if len(groups) > 2:
        yield tuple(groups)
    yield from combinations(groups, 2)


def title(names: Iterable[str]) -> str:
    """Name a comparison: the later group before the earlier, `treated vs control`."""
    return " vs ".join(reversed(list(names)))


def members_once(members: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `analysis.group_members` without the endpoint, each once.

    The arms within a subgroup are left out: function is asked of the protocol's groups.
    """
    return members.loc[members["subgroup"].isna(), MEMBER].drop_duplicates()


def group_order(rows: pd.DataFrame) -> list[str]:
    """Return the groups of one comparison set in the order of the protocol."""
    order = rows.drop_duplicates("group_name").sort_values(["position", "group_name"])
    return order["group_name"].tolist()


def group_of(name: str, rows: pd.DataFrame, places: np.ndarray) -> Group:
    """Return a group; it is weighted where its subjects do not all weigh the same."""
    usubjid = rows["usubjid"].to_numpy(object)[places]
    weight = rows["weight"].to_numpy(float)[places]
    _, of_subjects = subject_weights(usubjid, weight)
    unlike = len(of_subjects) > 0 and np.ptp(of_subjects) > SAME_WEIGHT
    is_weighted = bool(unlike or is_repeated(usubjid))
    return Group(name, places, usubjid, weight, is_weighted)


def subject_weights(
    usubjid: np.ndarray, weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the place of each subject's first row, and its weight over all rows."""
    _, first, subject = np.unique(usubjid, return_index=True, return_inverse=True)
    return first, np.bincount(subject, weights=weight)
