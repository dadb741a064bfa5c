"""Hide counts of few people, and the cells from which they could be worked out."""

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from counterarm.report.disclosure.cohort import (
    hide_balance,
    hide_baseline,
    hide_eligible,
    hide_match_summary,
    hide_overlap,
)
from counterarm.report.disclosure.groups import (
    hide_means,
    hide_rematched,
    hide_subgroups,
)
from counterarm.report.disclosure.sources import hide_borrowing, hide_sources
from counterarm.report.disclosure.survival import (
    hide_curves,
    hide_groups,
    hide_incidence,
    hide_models,
    hide_years,
    without_hidden_groups,
)
from counterarm.report.disclosure.tables import hide_in_table
from counterarm.report.disclosure.trust import (
    hide_ascertainment,
    hide_levels,
    hide_measures,
    hide_pairs,
    hide_ranks,
    hide_sentences,
    hide_visits,
    hide_weights,
    hide_wins,
)
from counterarm.report.disclosure.values import (
    HIDDEN,
    blank,
    hide_in_sum,
    is_small,
    objects,
)
from counterarm.report.reading import Results

INDIVIDUAL = ("function_course", "response_differences")
# Counts of subgroups, draws or levels, and a table that counts specifications.
OF_NO_PERSONS = frozenset(
    (
        *("n_classes", "n_draws", "n_estimated", "n_failed", "n_levels", "n_pairings"),
        *("n_parameters", "n_rules", "n_subgroups", "n_without_estimate"),
    )
)
# Tables that would count again, or date, what the table of their groups hides. Under a
# constant hazard the standard error of a fit is a function of the events alone.
OF_GROUPS = frozenset(
    (
        *("survival_steps", "cumulative_incidence", "extrapolation"),
        *("extrapolation_curves", "extrapolation_differences"),
        "extrapolation_parameters",
    )
)
# the count in a note, of one to three digits
SUBJECTS = re.compile(r"(?<![\d,.])(?<!than )(\d{1,3})(?= (?:subject|set|pair)s?\b)")
WITHOUT_PERSONS = ("specification_summary",)


def suppress(results: Results, below: int) -> Results:
    """Return the results without counts of 1 to `below` - 1 people.

    Such a count becomes `<below`. Where the other cells and their sum would tell it,
    the next smallest cell is `hidden` too, steps of an attrition are put together, and
    shares and rates of a hidden count go with it. Values of single subjects (lines,
    bars, smallest and largest value) are left out, and curves end where fewer than
    `below` are at risk.

    Raises `ValueError` for a `below` under 2, which would hide nothing.
    """
    if below < 2:
        raise ValueError(f"suppress below {below}: 2 is the least that hides a count")
    tables = dict(results.tables)

    def rest(few: int) -> pd.DataFrame:
        left = results.of("group_remainders")
        return left if left.empty else left[left["n_remaining"] < few]

    rules: dict[str, Callable[[pd.DataFrame, int], pd.DataFrame]] = {
        "ascertainment": hide_ascertainment,
        "attrition_flow": _attrition,
        "analysis_summary": _summary,
        "baseline_by_group": lambda f, n: hide_baseline(f, rest(n), n),
        "borrowed_estimates": hide_borrowing,
        "censoring_weights": hide_weights,
        "covariate_balance": hide_balance,
        "cumulative_incidence": hide_incidence,
        "function_by_quarter": _means,
        "function_change": _changes,
        "joint_rank": hide_ranks,
        "hazard_ratios": _models,
        "ledger": _ledger,
        "match_summary": hide_match_summary,
        "response_course": _changes,
        "response_persistence": _persistence,
        "adverse_event_rates": _harm,
        "safety_summary": _harm,
        "safety_table": _harm,
        "response_by_subgroup": _responses,
        "mmrm": hide_visits,
        "subdistribution": _models,
        "subgroup_matches": hide_rematched,
        "rosenbaum": hide_pairs,
        "score_overlap": hide_overlap,
        "source_flow": hide_sources,
        "survival_by_group": lambda f, n: hide_groups(f, rest(n), n),
        "survival_steps": hide_curves,
        "file_quality": _files,
        "gate_findings": _findings,
        "win_ratio": hide_wins,
    }
    for name, whole in results.tables.items():
        frame = tables[name] = _notes(whole, below)
        if name in INDIVIDUAL:
            tables[name] = frame.head(0)
        elif {"estimate", "value"} <= set(frame):
            tables[name] = _estimates(frame, below)
        elif not frame.empty and name not in WITHOUT_PERSONS:
            tables[name] = rules.get(name, _any)(frame, below)
    sets = results.of("analysis_subgroups")
    for name in ("hazard_ratios", "subdistribution", "survival_by_group"):
        if name in tables:
            was = results.tables[name]
            tables[name] = hide_subgroups(tables[name], was, sets, below)
    if "survival_by_group" in tables:
        groups = tables["survival_by_group"] = hide_years(tables["survival_by_group"])
        for name in OF_GROUPS & set(tables):
            tables[name] = without_hidden_groups(tables[name], groups)
    for hide in (hide_levels, hide_measures, hide_sentences):
        tables = hide(tables, results.tables)
    return replace(results, tables=tables, suppress_below=below)


def _any(frame: pd.DataFrame, below: int) -> pd.DataFrame:
    """Hide small counts by the names of columns: n, n_..., and what rests on them."""
    ends = ("_n", "_events")
    counts = [c for c in frame if c == "n" or c.startswith("n_") or c.endswith(ends)]
    counts = [c for c in counts if pd.api.types.is_numeric_dtype(frame[c])]
    counts = [c for c in counts if c not in OF_NO_PERSONS]
    if not counts:
        return frame
    out = objects(frame)
    small = frame[counts].gt(0).fillna(False) & frame[counts].lt(below).fillna(False)
    for column in counts:
        out.loc[small[column], column] = f"<{below}"
    shares = [c for c in frame if c.startswith(("pct", "percent", "share", "rate"))]
    blank(out, small.any(axis=1).to_numpy(), shares)
    # what is left of the subjects of a row, or of a model, is a count as well
    if {"n", "n_events"} <= set(counts):
        rest = frame["n"] - frame["n_events"]
        few = rest.gt(0).fillna(False) & rest.lt(below).fillna(False)
        out.loc[few & ~small["n_events"], "n_events"] = HIDDEN
    if "n_left_out" in counts:
        for column in {"n", "n_treated", "n_control"} & set(counts):
            out.loc[small["n_left_out"] & ~small[column], column] = HIDDEN
    return out


def _notes(frame: pd.DataFrame, below: int) -> pd.DataFrame:
    """Hide in a note of how few subjects it speaks."""
    if "note" not in frame or not frame["note"].notna().any():
        return frame

    def hide(found: re.Match) -> str:
        return f"<{below}" if is_small(int(found[1]), below) else found[1]

    notes = [
        SUBJECTS.sub(hide, n) if isinstance(n, str) else None for n in frame["note"]
    ]
    return frame.assign(note=pd.Series(notes, frame.index, dtype=object))


def _summary(frame: pd.DataFrame, below: int) -> pd.DataFrame:
    return hide_eligible(_any(frame, below), frame, below)


def _models(frame: pd.DataFrame, below: int) -> pd.DataFrame:
    return hide_models(_any(frame, below), frame, below)


def _changes(frame: pd.DataFrame, below: int) -> pd.DataFrame:
    return _any(hide_means(frame, below), below)


def _persistence(frame: pd.DataFrame, below: int) -> pd.DataFrame:
    """Hide counts that add up to the pairs with less progression, and their medians."""
    out = objects(frame)
    for _, rows in frame.groupby("analysis_id", sort=False):
        out.loc[rows.index, "n_pairs"] = hide_in_sum(rows["n_pairs"].tolist(), below)
    is_hidden = np.array([isinstance(n, str) for n in out["n_pairs"]], dtype=bool)
    blank(out, is_hidden, [c for c in out if c.startswith("median")])
    return out


def _attrition(frame: pd.DataFrame, below: int) -> pd.DataFrame:
    """Put steps together until what they left out is nobody or enough.

    Where candidates are index days, subjects are counted: one may have many days.
    """
    rows = []
    for _, arm in frame.groupby(["analysis_id", "arm"], sort=False):
        steps = _of_subjects(arm.sort_values("step").to_dict("records"))
        merged = [steps[0]]
        for step in steps[1:]:
            if len(merged) > 1 and is_small(_left_out(merged[-1]), below):
                merged[-1] = _together(merged[-1], step)
            else:
                merged.append(step)
        while len(merged) > 2 and is_small(_left_out(merged[-1]), below):
            last = merged.pop()
            merged[-1] = _together(merged[-1], last)
        for step in merged[1:]:
            parts = (step["n_failed"], step["n_not_evaluable"])
            if any(is_small(part, below) for part in parts):
                step["n_failed"] = step["n_not_evaluable"] = HIDDEN
            if is_small(step["n_before"] - step["n_after"], below):
                step["n_after"] = HIDDEN
        for step in merged:
            for column in ("n_before", "n_after"):
                if is_small(step[column], below):
                    step[column] = f"<{below}"
                    if step is not merged[0]:
                        step["n_failed"] = step["n_not_evaluable"] = HIDDEN
            if "n_subjects" in step:
                step["n_subjects"] = step["n_after"]
        rows += merged
    return pd.DataFrame(rows, columns=frame.columns).astype(object)


def _of_subjects(steps: list[dict]) -> list[dict]:
    """Return steps with counts of subjects instead of those of their index days."""
    shown = [(step.get("n_subjects"), step["n_after"]) for step in steps]
    if all(subjects in (None, days) for subjects, days in shown):
        return steps
    before = steps[0]["n_subjects"]
    counted = []
    for step in steps:
        after = step["n_subjects"]
        counts = {"n_before": before, "n_failed": before - after, "n_after": after}
        counted.append(step | counts | {"n_not_evaluable": 0})
        before = after
    return counted


def _left_out(step: dict) -> int:
    return step["n_before"] - step["n_after"]


def _together(first: dict, second: dict) -> dict:
    return {
        **second,
        "criterion": f"{first['criterion']}+{second['criterion']}",
        "label": f"{first['label']}; {second['label']}",
        "n_before": first["n_before"],
        "n_failed": first["n_failed"] + second["n_failed"],
        "n_not_evaluable": first["n_not_evaluable"] + second["n_not_evaluable"],
    }


def _means(frame: pd.DataFrame, below: int) -> pd.DataFrame:
    return frame[frame["n_subjects"] >= below].reset_index(drop=True)


def _responses(frame: pd.DataFrame, below: int) -> pd.DataFrame:
    """Hide cells until no sum over classes or subgroups tells a small one."""
    columns = [
        "n_decreased",
        "n_no_change",
        "n_increased",
        "n_without_class",
        "n_pairs",
    ]
    out = objects(frame)
    for _, rows in frame.groupby("analysis_id", sort=False):
        counts = rows[columns].to_numpy(dtype=float)
        hidden = hide_in_table(counts, _sums(rows, len(columns)), below)
        for i, row in enumerate(rows.index):
            for j, column in enumerate(columns):
                if hidden[i, j]:
                    small = 0 < counts[i, j] < below
                    out.loc[row, column] = f"<{below}" if small else HIDDEN
            if hidden[i].any():
                shares = ["pct_decreased", "pct_no_change", "pct_increased"]
                blank(out, [row], [*shares, "ratio", "p_value"])
    return out


def _sums(rows: pd.DataFrame, width: int) -> np.ndarray:
    """Return what is known to be 0: classes less pairs, and a set less the whole."""
    size = len(rows)
    sums = []
    for i in range(size):
        one = np.zeros((size, width))
        one[i] = [1] * (width - 1) + [-1]
        sums.append(one.ravel())
    whole = np.flatnonzero(rows["subgroup"] == "all")
    for name in rows["subgroup_set"].unique() if len(whole) else []:
        members = np.flatnonzero(rows["subgroup_set"] == name)
        if whole[0] in members:
            continue
        for j in range(width):
            one = np.zeros((size, width))
            one[members, j] = 1
            one[whole[0], j] = -1
            sums.append(one.ravel())
    return np.array(sums)


def _harm(frame: pd.DataFrame, below: int) -> pd.DataFrame:
    """Hide the events of few subjects too, which a rate or a share would tell."""
    out = _any(frame, below)
    few = np.array([is_small(n, below) for n in frame["n_subjects"]], dtype=bool)
    few |= np.array([is_small(n, below) for n in frame["n_events"]], dtype=bool)
    out.loc[few & frame["n_events"].gt(0).to_numpy(na_value=False), "n_events"] = HIDDEN
    return out


def _files(frame: pd.DataFrame, below: int) -> pd.DataFrame:
    out = _any(frame, below)
    parts = ["n_kept", "n_duplicate", "n_rejected"]
    for row in frame.index:
        out.loc[row, parts] = hide_in_sum(frame.loc[row, parts].tolist(), below)
    return out


def _findings(frame: pd.DataFrame, below: int) -> pd.DataFrame:
    """Hide in how few rows an expectation failed: a row may be a patient."""
    out = objects(frame)
    few = np.array([is_small(count, below) for count in frame["unexpected_count"]])
    out.loc[few, ["observed", "unexpected_count"]] = [HIDDEN, f"<{below}"]
    # an example row may name a subject: reason and advice are kept, the row is not
    has_reason = out["message"].str.contains("Why: ", regex=False).eq(True).to_numpy()
    out.loc[few & ~has_reason, "message"] = HIDDEN
    out["message"] = out["message"].str.replace(r"(?s)^.*?(?=Why: )", "", regex=True)
    return out


def _estimates(frame: pd.DataFrame, below: int) -> pd.DataFrame:
    """Hide whole numbers that may be counts: the name of an estimate need not say."""
    out = objects(frame)
    values = frame["value"]
    few = [is_small(v, below) and _is_whole(v) for v in values]
    out.loc[few, "value"] = f"<{below}"
    return out


def _ledger(frame: pd.DataFrame, below: int) -> pd.DataFrame:
    """Hide whole numbers that may be counts: the ledger does not say which are."""
    out = objects(frame)
    for row, value in frame["ours_value"].items():
        if is_small(value, below) and _is_whole(value):
            out.loc[row, ["ours", "ours_value"]] = [f"<{below}", None]
    return out


def _is_whole(value: float) -> bool:
    """Tell whether a value is a count, or a sum of weights that is one but for 1e-9."""
    return abs(value - round(value)) < 1e-9
