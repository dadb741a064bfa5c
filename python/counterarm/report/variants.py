"""Names that the warehouse makes of those of the protocol: horizons and subgroups."""

import pandas as pd

# An endpoint, and a model, up to the day to which both arms were followed.
COMMON_ENDPOINT = "_COMMON"
COMMON_MODEL = "_common_horizon"
# A set of groups, and a model, within a subgroup.
SUBGROUP_SET = "subgroup "
SUBGROUP_MODEL = ": "
# What a condition may name beside the variables of the protocol: the class of a pair.
RESPONSE = "response"


def known_later(variables: pd.DataFrame) -> set[str]:
    """Return what is known only after index, by the rows of the seed `variables`."""
    if variables.empty:
        return {RESPONSE}
    later = variables.loc[variables["known_at"] == "later", "variable"]
    return {RESPONSE, *later}


def is_common(names: pd.Series) -> pd.Series:
    """Tell which endpoints or models end at the common horizon."""
    return names.str.endswith((COMMON_ENDPOINT, COMMON_MODEL))


def is_within_subgroup(models: pd.Series) -> pd.Series:
    """Tell which models are fitted within a subgroup."""
    return models.str.contains(SUBGROUP_MODEL, regex=False)


def subgroup_of(models: pd.Series) -> pd.Series:
    """Return the subgroup in the name of each model, missing where it has none."""
    return models.str.partition(SUBGROUP_MODEL)[2].replace("", None)


def arms_within_subgroups(comparisons: pd.DataFrame) -> set[str]:
    """Return the names of the groups that are arms within a subgroup."""
    of = comparisons[comparisons["comparison_set"].str.startswith(SUBGROUP_SET)]
    return {group for text in of["comparison"] for group in text.split(" vs ")}
