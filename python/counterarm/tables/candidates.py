"""The subject of a candidate: under all_visits a subject has several candidates."""

import numpy as np
import pandas as pd

from counterarm.survival._robust import Cluster

# SQL: macros/subject_of.sql
MARK = "@day"


def subject_of(usubjid: object) -> np.ndarray:
    """Return the subject of each candidate, by the `usubjid` of tables of cohorts.

    The index rule all_visits marks it with the index day, as SUBJECT@day182.
    """
    names = np.asarray(usubjid, dtype=object)
    return np.array([str(name).partition(MARK)[0] for name in names], dtype=object)


def has_several_days(usubjid: object) -> bool:
    """Return whether any row belongs to the index rule all_visits."""
    return any(MARK in str(name) for name in np.asarray(usubjid, dtype=object))


def is_repeated(usubjid: object) -> bool:
    """Return whether a subject has several rows, from sets or index days."""
    return bool(pd.Series(subject_of(usubjid)).duplicated().any())


def set_clusters(set_id: object, usubjid: object) -> Cluster:
    """Return the clusters of a variance by matched set.

    By set; where a subject may have several index days, two-way by set and subject,
    which may be nested.
    """
    sets = np.asarray(set_id)
    return (sets, subject_of(usubjid)) if has_several_days(usubjid) else sets
