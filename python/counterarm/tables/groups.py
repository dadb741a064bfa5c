"""The compared groups: who is in them, and whether their rows are weighted."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from counterarm.survival import CommonTau, common_tau

KEYS = ["analysis_id", "endpoint", "group_name"]
NONE, WEIGHTS, REPEATED = "none", "case weights", "repeated subjects"


@dataclass(frozen=True)
class Sample:
    """Rows of one group or comparison as arrays, in an order that is total.

    `subject` and `matched_set` are codes.
    """

    time: np.ndarray
    event: np.ndarray
    group: np.ndarray
    weight: np.ndarray
    subject: np.ndarray
    matched_set: np.ndarray

    @property
    def weighting(self) -> str:
        """Say how rows count: `none` where each is one subject of weight 1."""
        if (self.weight != 1).any():
            return WEIGHTS
        return REPEATED if self.is_repeated else NONE

    @property
    def is_repeated(self) -> bool:
        """Tell whether a subject stands in several matched sets."""
        return len(np.unique(self.subject)) < len(self.subject)

    @property
    def case_weights(self) -> np.ndarray | None:
        """Return the weights, or None where rows need none."""
        return None if self.weighting == NONE else self.weight

    @property
    def subject_clusters(self) -> np.ndarray | None:
        """Return subjects as clusters where one has several rows."""
        return self.subject if self.is_repeated else None

    def of(self, name: str) -> "Sample":
        """Return the rows of one group; subjects and sets keep their codes."""
        mine = self.group == name
        return Sample(**{key: values[mine] for key, values in vars(self).items()})


def sample_of(rows: pd.DataFrame) -> Sample:
    """Return the arrays of rows of `analysis.group_members`."""
    keys = ["days", "usubjid", "set_id", "group_name"]
    ordered = rows.sort_values(keys, kind="stable")
    return Sample(
        time=ordered["days"].to_numpy(float),
        event=ordered["is_event"].to_numpy(bool),
        group=ordered["group_name"].to_numpy(str),
        weight=ordered["weight"].to_numpy(float),
        subject=pd.factorize(ordered["usubjid"])[0],
        matched_set=pd.factorize(ordered["set_id"])[0],
    )


def groups_once(members: pd.DataFrame) -> Iterator[tuple[dict, Sample]]:
    """Yield keys and rows of every group, from the first set that names it."""
    first = members.groupby(KEYS)["comparison_set"].transform("min")
    for values, group in members[members["comparison_set"] == first].groupby(KEYS):
        yield dict(zip(KEYS, values, strict=True)), sample_of(group)


def common_taus(members: pd.DataFrame) -> dict[tuple[str, str], CommonTau]:
    """Return, by analysis and endpoint, the day to which the arms were both followed.

    The arms are the groups of an analysis's first comparison set.
    """
    keys = ["analysis_id", "endpoint"]
    first = members.groupby(keys)["comparison_set"].transform("min")
    arms = members[members["comparison_set"] == first]
    return {
        values: common_tau(
            {
                str(name): group["days"].to_numpy(float)
                for name, group in rows.groupby("group_name")
            }
        )
        for values, rows in arms.groupby(keys)
    }


def comparisons(
    rows: pd.DataFrame,
) -> Iterator[tuple[list[str], pd.DataFrame]]:
    """Yield names, in order of position, and members of each comparison of a set.

    All groups together where there are more than two, then every pair.
    """
    order = rows.drop_duplicates("group_name").sort_values("position")
    names = order["group_name"].tolist()
    if len(names) > 2:
        yield names, rows
    by_group = dict(list(rows.groupby("group_name")))
    for pair in combinations(names, 2):
        yield list(pair), pd.concat([by_group[name] for name in pair])


def title(names: list[str]) -> str:
    """Name a comparison: the later group before the earlier, treated vs control."""
    return " vs ".join(reversed(names))
