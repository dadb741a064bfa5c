"""Hide small counts of who is eligible and who is matched, and their difference.

Most eligible subjects of an arm may be matched. Those who are not are then the
difference of two columns: of their number, of each level, and of the sums behind two
means. Where the difference is small, the cells of the eligible are hidden.
"""

import numpy as np
import pandas as pd

from counterarm.report.disclosure.values import (
    HIDDEN,
    blank,
    hide_in_sum,
    is_small,
    is_text,
    objects,
)

ELIGIBLE, MATCHED = "unmatched", "matched"
MEASURES = ["mean", "sd", "median", "q1", "q3"]
# Of so many, half a tenth of a standard deviation is one or more of a single subject.
ENOUGH_FOR_A_TENTH = 20


def hide_baseline(
    frame: pd.DataFrame, remainders: pd.DataFrame, below: int
) -> pd.DataFrame:
    """Hide few of a level, or without a value, and what is measured of few.

    `remainders` are the groups that leave few of another beside them (columns
    analysis_id, group_name): all their cells are hidden.
    """
    out = objects(frame.assign(smallest=None, largest=None))
    # Arrays, not cells of a frame: a table of all analyses has some 50,000 rows.
    n, missing = out["n"].to_numpy(copy=True), out["n_missing"].to_numpy(copy=True)
    percent = out["percent"].to_numpy(copy=True)
    level, group = out["level"].to_numpy(), out["group_name"].to_numpy()
    is_level = frame["level"].notna().to_numpy()
    is_left = _is_among(frame, remainders)
    keys = ["analysis_id", "sample", "variable"]
    for places in frame.groupby(keys, sort=False).indices.values():
        of_levels = places[is_level[places]]
        for name in dict.fromkeys(group[of_levels]):
            own = of_levels[group[of_levels] == name]
            # levels and missing values add up to the group, as other variables show
            total = places[~is_level[places] & (group[places] == name)][:1]
            cells = hide_in_sum([*n[own], *missing[total]], below)
            n[own] = np.array(cells[: len(own)], dtype=object)
            missing[total] = cells[len(own) :]
        # The groups of an arm add up to it: a level hidden in one is hidden in all.
        arm = [i for i in of_levels if group[i] != "control"]
        of_treated = {level[i] for i in arm if is_text(n[i])}
        for i in arm:
            if level[i] in of_treated and not is_text(n[i]):
                n[i] = HIDDEN
    # The two add up to the group, whose size other variables show.
    parts = frame[["n", "n_missing"]]
    few = parts.gt(0).fillna(False) & parts.lt(below).fillna(False)
    is_told = few.any(axis=1).to_numpy() & ~is_level
    # a variable with levels has its numbers there, and none in a group without values
    n[is_told & parts["n"].notna().to_numpy()], missing[is_told] = HIDDEN, HIDDEN
    n[is_told & few["n"].to_numpy()] = f"<{below}"
    missing[is_told & few["n_missing"].to_numpy()] = f"<{below}"

    of_difference = _few_without_match(frame, below)
    to_hide = is_left | of_difference
    for cells in (n, missing):
        cells[to_hide & np.array([not is_text(cell) for cell in cells])] = HIDDEN
    percent[[i for i in np.flatnonzero(is_level) if isinstance(n[i], str)]] = None
    out = out.assign(n=n, n_missing=missing, percent=percent)
    blank(out, to_hide | (few["n"].to_numpy() & ~is_level), MEASURES)
    return out


def _is_among(frame: pd.DataFrame, remainders: pd.DataFrame) -> np.ndarray:
    """Tell which rows are of a group that leaves few of another beside it."""
    if remainders.empty:
        return np.zeros(len(frame), dtype=bool)
    keys = ["analysis_id", "group_name"]
    named = pd.MultiIndex.from_frame(frame[keys])
    return named.isin(pd.MultiIndex.from_frame(remainders[keys]))


def _few_without_match(frame: pd.DataFrame, below: int) -> np.ndarray:
    """Tell which cells of the eligible less those of the matched are few subjects."""
    hidden = np.zeros(len(frame), dtype=bool)
    counts = pd.to_numeric(frame["n"]).fillna(0).to_numpy(float)
    missing = pd.to_numeric(frame["n_missing"]).fillna(0).to_numpy(float)
    is_level = frame["level"].notna().to_numpy()
    samples = frame["sample"].to_numpy()
    levels = frame["level"].to_numpy()
    of_arms = frame[frame["group_name"].isin(["treated", "control"])]
    keys = ["analysis_id", "variable", "group_name"]
    for rows in of_arms.groupby(keys, sort=False).indices.values():
        places = of_arms.index.to_numpy()[rows]
        before, after = (places[samples[places] == s] for s in (ELIGIBLE, MATCHED))
        if not len(before) or not len(after):
            continue
        left = dict(zip(levels[after], counts[after], strict=True))
        apart = [counts[i] - left.get(levels[i], 0.0) for i in before]
        # a variable's own row counts those with a value, if it has no levels
        unknown = [
            missing[i] - missing[after[~is_level[after]]].sum()
            for i in before[~is_level[before]]
        ]
        told = _told([*apart, *unknown], below)
        hidden[before] = told[: len(before)]
        hidden[before[~is_level[before]]] |= told[len(before) :]
    return hidden


def _told(differences: list[float], below: int) -> np.ndarray:
    """Tell which differences of two columns are to be hidden; all, where all are few.

    None where a difference is below 0: the matched then count rows or weights.
    """
    counts = np.array(differences)
    if (counts < 0).any() or np.abs(counts - counts.round()).max(initial=0) > 1e-6:
        return np.zeros(len(counts), dtype=bool)
    if is_small(counts.sum(), below):
        return np.ones(len(counts), dtype=bool)
    return np.array([isinstance(n, str) for n in hide_in_sum(counts.tolist(), below)])


def hide_balance(frame: pd.DataFrame, below: int) -> pd.DataFrame:
    """Hide shares that tell few of a level, and the few of whom nothing is known."""
    out = objects(frame)
    is_level = frame["level"].notna().to_numpy()
    of_levels = frame[is_level]
    keys = ["analysis_id", "sample", "column_name"]
    by_sample = of_levels.groupby(keys, sort=False).indices.values()
    levels = np.flatnonzero(is_level)
    for arm in ("treated", "control"):
        known = frame[f"n_{arm}"]
        count = (frame[f"mean_{arm}"] * known).to_numpy(float).round(6)
        # The size of the arm is known: of how few a variable is not known is the rest.
        size = known.groupby([frame["analysis_id"], frame["sample"]]).transform("max")
        few = (known.gt(0) & known.lt(below)).to_numpy()
        rest = ((size - known).gt(0) & (size - known).lt(below)).to_numpy()
        # as a fraction, a share tells of how many it is one
        told = rest & is_level
        for rows in by_sample:
            places = levels[rows]
            cells = hide_in_sum(count[places].tolist(), below)
            told[places] |= [isinstance(cell, str) for cell in cells]
        without, is_whole = _without_match(frame, arm, count, below)
        n = out[f"n_{arm}"].to_numpy(copy=True)
        n[rest | is_whole], n[few] = HIDDEN, f"<{below}"
        out[f"n_{arm}"] = n
        blank(out, told | few | without, [f"mean_{arm}"])
        blank(out, few | without, ["variance_ratio"])
        enough = known.ge(ENOUGH_FOR_A_TENTH).to_numpy()
        to_a_tenth = without & ~is_level & enough & ~few
        blank(out, told | few | (without & ~to_a_tenth), ["smd"])
        if to_a_tenth.any() and "smd" in frame:
            kept = to_a_tenth & out["smd"].notna().to_numpy()
            out.loc[kept, "smd"] = frame.loc[kept, "smd"].round(1)
    return out


def _without_match(
    frame: pd.DataFrame, arm: str, counts: np.ndarray, below: int
) -> tuple[np.ndarray, np.ndarray]:
    """Tell which cells of an arm's eligible less the matched are few subjects.

    `counts` are those of each level. The second array tells where it is true of the
    arm as a whole.
    """
    told, of_arm = np.zeros((2, len(frame)), dtype=bool)
    known = frame[f"n_{arm}"].to_numpy(float)
    is_level = frame["level"].notna().to_numpy()
    counts = np.where(is_level, counts, known)
    names = frame["level"].fillna("").to_numpy()
    samples = frame["sample"].to_numpy()
    keys = ["analysis_id", "column_name"]
    for rows in frame.groupby(keys, sort=False).indices.values():
        before, after = (rows[samples[rows] == name] for name in (ELIGIBLE, MATCHED))
        if not len(before) or not len(after):
            continue
        if is_small(known[before].max() - known[after].max(), below):
            told[before] = of_arm[before] = True
            continue
        left = dict(zip(names[after], counts[after], strict=True))
        apart = [counts[i] - left.get(names[i], 0.0) for i in before]
        told[before] = _told(apart, below)
    return told, of_arm


def hide_overlap(frame: pd.DataFrame, below: int) -> pd.DataFrame:
    """Hide small counts of a distribution of scores, before and after matching."""
    out = objects(frame)
    for _, rows in frame.groupby(["analysis_id", "sample", "arm"], sort=False):
        out.loc[rows.index, "n_subjects"] = hide_in_sum(
            rows["n_subjects"].tolist(), below
        )
    for _, rows in frame.groupby(["analysis_id", "arm"], sort=False):
        before, after = (rows[rows["sample"] == s] for s in (ELIGIBLE, MATCHED))
        if before.empty or after.empty:
            continue
        left = dict(zip(after["twentieth"], after["n_subjects"], strict=True))
        apart = [
            float(n) - float(left.get(twentieth, 0))
            for twentieth, n in zip(
                before["twentieth"], before["n_subjects"], strict=True
            )
        ]
        for row in before.index[_told(apart, below)]:
            if not is_text(out.loc[row, "n_subjects"]):
                out.loc[row, "n_subjects"] = HIDDEN
    return out


def hide_eligible(shown: pd.DataFrame, frame: pd.DataFrame, below: int) -> pd.DataFrame:
    """Hide how many were eligible where few of them are not in the comparison.

    `frame` are the rows of `shown` as they were.
    """
    out = objects(shown)
    for arm in ("treated", "control"):
        names = [f"n_{arm}_eligible", f"n_{arm}_used"]
        if not set(names) <= set(frame):
            continue
        apart = frame[names[0]] - frame[names[1]]
        few = apart.gt(0).fillna(False) & apart.lt(below).fillna(False)
        out.loc[few, names[0]] = HIDDEN
    return out


def hide_match_summary(frame: pd.DataFrame, below: int) -> pd.DataFrame:
    """Hide few discarded or left out, and how many were eligible if both are few."""
    out = objects(frame)
    parts = ["n_discarded", "n_left_out"]
    for row in frame.index:
        counts = frame.loc[row, parts].tolist()
        if is_small(sum(counts), below):
            out.loc[row, "n_eligible"] = HIDDEN
            out.loc[row, parts] = [f"<{below}" if n else n for n in counts]
        else:
            out.loc[row, parts] = hide_in_sum(counts, below)
    return out
