"""Function and survival together: win ratios and joint ranks of the matched."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from counterarm.tables.candidates import is_repeated
from counterarm.tables.frames import COUNT, NUMBER, TEXT, numbers, typed_frame
from counterarm.tables.match_inputs import is_treated, naming
from counterarm.trust import (
    JointRank,
    WinRatio,
    compare,
    joint_rank,
    matched_win_ratio,
    win_ratio,
)

WIN_TYPES = {
    "analysis_id": TEXT,
    "follow_up_rule": TEXT,
    "pairing": TEXT,
    "margin": NUMBER,
    "wins": COUNT,
    "losses": COUNT,
    "ties": COUNT,
    "win_ratio": NUMBER,
    "log_se": NUMBER,
    "ci_low": NUMBER,
    "ci_high": NUMBER,
    "win_odds": NUMBER,
    "win_odds_ci_low": NUMBER,
    "win_odds_ci_high": NUMBER,
    "net_benefit": NUMBER,
    "net_benefit_se": NUMBER,
    "net_benefit_ci_low": NUMBER,
    "net_benefit_ci_high": NUMBER,
    "p_value": NUMBER,
    "note": TEXT,
}
RANK_TYPES = {
    "analysis_id": TEXT,
    "follow_up_rule": TEXT,
    "group_name": TEXT,
    "n": COUNT,
    "mean_rank": NUMBER,
    "fs_t": NUMBER,
    "fs_variance": NUMBER,
    "fs_z": NUMBER,
    "ancova_coef": NUMBER,
    "ancova_se": NUMBER,
    "p_value": NUMBER,
    "note": TEXT,
}
# Any larger change is better; no smallest difference that matters is agreed on.
MARGIN = 0.0
ARTEFACT = "as recorded, wins by death show whose deaths are recorded"
WEIGHTED = "not computed: sets are not one treated and one control of weight 1"


@dataclass(frozen=True)
class Matched:
    """The matched of an analysis, one element per subject, ordered by set.

    `change` is subjects x planned visits in their order, NaN where there is none;
    `n_left_out` counts sets of which somebody is not evaluable.
    """

    analysis_id: str
    follow_up_rule: str
    rows: pd.DataFrame
    change: np.ndarray
    n_left_out: int

    @property
    def notes(self) -> list[str]:
        """Return what to beware of under the follow-up rule, and what is left out."""
        notes = [ARTEFACT] if self.follow_up_rule == "as_recorded" else []
        if self.n_left_out:
            notes.append(f"{self.n_left_out} sets left out: not evaluable")
        return notes

    @property
    def is_of_pairs(self) -> bool:
        """Tell whether each set is one treated and one control, of weight 1."""
        sets = self.rows.groupby("set_id")["arm"].agg(["size", "nunique"])
        weights = self.rows["weight"].to_numpy(float)
        is_once = not is_repeated(self.rows["usubjid"])
        return bool((sets == 2).all(axis=None) and (weights == 1).all() and is_once)


def matched_by_analysis(members: pd.DataFrame) -> Iterator[Matched]:
    """Yield the matched of each analysis whose days and events are known.

    `members` are rows of `analysis.joint_members`, one per subject and planned visit.
    A set of which somebody's days are not known is left out, and counted. A visit that
    is planned in one arm only is unknown in the other.
    """
    unknown = members.loc[members["days"].isna(), ["analysis_id", "set_id"]]
    unknown = unknown.drop_duplicates()
    left_out = unknown["analysis_id"].value_counts()
    known = members.merge(unknown, how="left", indicator="found")
    known = known[known["found"] == "left_only"].drop(columns="found")
    for (name, rule), own in known.groupby(["analysis_id", "follow_up_rule"]):
        keys = ["set_id", "usubjid"]
        rows = own.sort_values(keys, kind="stable").drop_duplicates(keys)
        visits = own.groupby("window_id")["offset_days"].min()
        change = (
            own.assign(change=numbers(own, "change"))
            .pivot(index=keys, columns="window_id", values="change")
            .reindex(
                index=pd.MultiIndex.from_frame(rows[keys]),
                columns=visits.sort_values(kind="stable").index,
            )
        )
        if rows["arm"].nunique() == 2:
            yield Matched(
                str(name),
                str(rule),
                rows.reset_index(drop=True),
                change.to_numpy(),
                int(left_out.get(name, 0)),
            )


def win_ratio_table(members: pd.DataFrame) -> pd.DataFrame:
    """Compare function and survival by pairs and all against all.

    `members` are rows of `analysis.joint_members`. Two rows per analysis: `matched`
    (each treated against the control of its pair) and `unmatched` (against every
    matched control). Sets other than pairs have a note instead.
    """
    rows = []
    for matched in matched_by_analysis(members):
        keys = {
            "analysis_id": matched.analysis_id,
            "follow_up_rule": matched.follow_up_rule,
            "margin": MARGIN,
        }
        if not matched.is_of_pairs:
            rows += [
                keys | {"pairing": pairing, "note": WEIGHTED}
                for pairing in ("matched", "unmatched")
            ]
            continue
        with naming(matched.analysis_id, "the win ratio"):
            treated, comparisons = is_treated(matched.rows), compared(matched)
            sets = matched.rows["set_id"].to_numpy()
            found = {
                "matched": matched_win_ratio(comparisons, treated, sets),
                "unmatched": win_ratio(comparisons, treated),
            }
        rows += [
            keys | {"pairing": pairing} | win_columns(one, matched.notes)
            for pairing, one in found.items()
        ]
    return typed_frame(rows, WIN_TYPES)


def joint_rank_table(members: pd.DataFrame) -> pd.DataFrame:
    """Rank the matched together by survival, then function, one row per arm.

    `members` are rows of `analysis.joint_members`. The tests (Finkelstein-Schoenfeld,
    and analysis of covariance of the ranks on the total at baseline) compare the arms
    and are in both rows; p_value is that of the latter. Who has no total at baseline
    is left out and counted in the note; sets other than pairs have a note only.
    """
    rows: list[dict[str, object]] = []
    for matched in matched_by_analysis(members):
        keys: dict[str, object] = {
            "analysis_id": matched.analysis_id,
            "follow_up_rule": matched.follow_up_rule,
        }
        arms = ("treated", "control")
        if not matched.is_of_pairs:
            rows += [keys | {"group_name": arm, "note": WEIGHTED} for arm in arms]
            continue
        has_baseline = matched.rows["baseline_total"].notna().to_numpy()
        kept = replace(
            matched,
            rows=matched.rows[has_baseline].reset_index(drop=True),
            change=matched.change[has_baseline],
        )
        notes = kept.notes
        if not has_baseline.all():
            notes.append(f"{int((~has_baseline).sum())} without a total at baseline")
        if kept.rows["arm"].nunique() < 2:
            notes.append("not computed: an arm is empty")
            rows += [
                keys | {"group_name": arm, "note": "; ".join(notes)} for arm in arms
            ]
            continue
        with naming(matched.analysis_id, "the joint rank"):
            treated = is_treated(kept.rows)
            found = joint_rank(
                compared(kept), treated, numbers(kept.rows, "baseline_total")
            )
        tests = test_columns(found) | {"note": "; ".join(notes) or None}
        for arm, who, mean in (
            ("treated", treated, found.mean_rank_treated),
            ("control", ~treated, found.mean_rank_control),
        ):
            counts = {"group_name": arm, "n": int(who.sum()), "mean_rank": mean}
            rows.append(keys | counts | tests)
    return typed_frame(rows, RANK_TYPES)


def compared(matched: Matched) -> np.ndarray:
    """Compare every matched subject with every other."""
    return compare(
        numbers(matched.rows, "days"),
        matched.rows["is_event"].astype(bool),
        matched.change,
        margin=MARGIN,
    )


def win_columns(found: WinRatio, notes: list[str]) -> dict[str, object]:
    """Return a win ratio as columns."""
    names = [name for name in WIN_TYPES if hasattr(found, name) and name != "note"]
    said = "; ".join([*notes, *([found.note] if found.note else [])])
    return {name: getattr(found, name) for name in names} | {"note": said or None}


def test_columns(found: JointRank) -> dict[str, object]:
    """Return the tests of a joint rank as columns."""
    names = ("fs_t", "fs_variance", "fs_z", "ancova_coef", "ancova_se")
    return {name: getattr(found, name) for name in names} | {
        "p_value": found.ancova_p_value
    }
