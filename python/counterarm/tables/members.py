"""Groups that are compared: who is in them, and which with which."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd

MEMBER = [
    "analysis_id",
    "comparison_set",
    "position",
    "group_name",
    "set_id",
    "usubjid",
    "weight",
]


def members_once(members: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `analysis.group_members` without the endpoint, each once.

    The arms within a subgroup are left out: function is asked of the protocol's groups.
    """
    return members.loc[members["subgroup"].isna(), MEMBER].drop_duplicates()


def group_order(rows: pd.DataFrame) -> list[str]:
    """Return the groups of one comparison set in the order of the protocol."""
    order = rows.drop_duplicates("group_name").sort_values(["position", "group_name"])
    return order["group_name"].tolist()


def comparisons(names: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield title and groups of all together, where more than two, and of each pair.

    The title names the later group first, as in `treated vs control`.
    """
    if len(names) > 2:
        yield " vs ".join(reversed(names)), names
    for pair in combinations(names, 2):
        yield " vs ".join(reversed(pair)), list(pair)


def is_weighted(weights: pd.Series) -> bool:
    """Tell whether any member counts for more or less than one subject."""
    return bool((np.abs(weights.to_numpy(float) - 1) > 1e-12).any())
