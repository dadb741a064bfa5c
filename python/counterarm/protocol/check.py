"""Check the protocol as a whole: every row, and the rows that must fit together."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from counterarm.protocol.choices import ARMS
from counterarm.protocol.dose_contrasts import dose_contrast_problems
from counterarm.protocol.groups import (
    duplicate_problems,
    group_name_problems,
    position_problems,
    subgroup_name_problems,
)
from counterarm.protocol.matching import matching_problems
from counterarm.protocol.rows import at, is_empty, row_checks

# Seeds of which every analysis needs a row, its own or an inherited one.
NEEDED = ["arms", "windows", "eligibility", "endpoints", "matching", "groups"]


class ProtocolError(ValueError):
    """Everything in the protocol seeds that makes no sense, a line for each."""


def check_protocol(
    seeds: dict[str, pd.DataFrame], variables: pd.DataFrame
) -> pd.DataFrame:
    """Check the protocol and digest it, one row per seed.

    `seeds` maps the name of a file in `seeds/protocol/` to its rows in file order;
    `variables` names what a row may refer to, with its kind. The result holds seed,
    n_rows and sha256 (of the rows' values, so that two runs of the same protocol can
    be told from two protocols).

    Raises `ProtocolError` naming file, line, column and value of every row that names
    an unknown analysis, variable, operator or choice, leaves a needed column empty,
    compares with what is no number, repeats another or contradicts it.
    """
    problems = list(find_problems(seeds, variables))
    if problems:
        raise ProtocolError(
            f"the protocol makes no sense in {len(problems)} place(s):\n"
            + "\n".join(f"- {problem}" for problem in problems)
        )
    return pd.DataFrame(
        {
            "seed": name,
            "n_rows": len(rows),
            "sha256": hashlib.sha256(rows.to_csv(index=False).encode()).hexdigest(),
        }
        for name, rows in sorted(seeds.items())
    )


def check_protocol_files(folder: Path) -> None:
    """Check the files of `seeds/protocol/` themselves; raises as `check_protocol`."""
    seeds = {
        file.stem: pd.read_csv(file, dtype=object) for file in folder.glob("*.csv")
    }
    variables = seeds.pop("variables")
    check_protocol(seeds, variables)


def find_problems(
    seeds: dict[str, pd.DataFrame], variables: pd.DataFrame
) -> Iterator[str]:
    """Yield a text for every row that makes no sense."""
    analyses = seeds["analyses"]
    yield from inheritance_problems(analyses)
    known = set(analyses["analysis_id"])
    kinds = dict(zip(variables["variable"], variables["kind"], strict=True))
    for name, rows in seeds.items():
        if name == "analyses":
            continue
        checks = row_checks(name, known, kinds)
        for line, row in enumerate(rows.to_dict("records"), start=2):
            for check in checks:
                for column, text in check(row):
                    yield at(name, line, column, row.get(column), text)
    yield from step_problems(seeds["eligibility"])
    yield from dose_group_problems(seeds["dose_groups"])
    yield from index_problems(seeds)
    yield from matching_problems(seeds)
    yield from dose_contrast_problems(seeds)
    yield from bin_problems(seeds["pair_bounds"])
    yield from duplicate_problems(seeds)
    groups, subgroups = seeds["groups"], seeds["subgroups"]
    yield from position_problems("groups", groups, "comparison_set", "group_name")
    yield from position_problems("subgroups", subgroups, "subgroup_set", "subgroup")
    yield from group_name_problems(groups)
    yield from subgroup_name_problems(subgroups, groups)
    yield from pair_window_problems(seeds["windows"])
    for name in NEEDED:
        given = set(seeds[name]["analysis_id"])
        for line, row in enumerate(analyses.to_dict("records"), start=2):
            if not {row["analysis_id"], row["based_on"]} & given:
                yield at(
                    "analyses",
                    line,
                    "analysis_id",
                    row["analysis_id"],
                    f"has no row in {name}.csv, nor has an analysis it is based on",
                )


def inheritance_problems(analyses: pd.DataFrame) -> Iterator[str]:
    """Yield a text for analyses named twice or based on what cannot be inherited."""
    based_on = dict(zip(analyses["analysis_id"], analyses["based_on"], strict=True))
    for line, row in enumerate(analyses.to_dict("records"), start=2):
        name, base = row["analysis_id"], row["based_on"]
        if (analyses["analysis_id"] == name).sum() > 1:
            yield at("analyses", line, "analysis_id", name, "stands more than once")
        if is_empty(base):
            continue
        if base not in based_on:
            yield at("analyses", line, "based_on", base, "is no analysis")
        elif not is_empty(based_on[base]):
            yield at(
                "analyses",
                line,
                "based_on",
                base,
                "is itself based on another; name that one",
            )


def step_problems(eligibility: pd.DataFrame) -> Iterator[str]:
    """Yield a text for rows of one step that name another criterion than its first."""
    first: dict[tuple, object] = {}
    for line, row in enumerate(eligibility.to_dict("records"), start=2):
        named = first.setdefault((row["analysis_id"], row["step"]), row["criterion"])
        if row["criterion"] != named:
            yield at(
                "eligibility",
                line,
                "criterion",
                row["criterion"],
                f"stands in step {row['step']}, which is {named!r}; number it apart",
            )


def dose_group_problems(groups: pd.DataFrame) -> Iterator[str]:
    """Yield a text for dose groups of one analysis that share a number of doses."""
    seen: dict[str, list[tuple[float, float, str]]] = {}
    for line, row in enumerate(groups.to_dict("records"), start=2):
        if is_empty(row["min_doses"]):
            continue
        low = float(row["min_doses"])
        high = float("inf") if is_empty(row["max_doses"]) else float(row["max_doses"])
        others = seen.setdefault(row["analysis_id"], [])
        for other_low, other_high, name in others:
            if low <= other_high and other_low <= high:
                yield at(
                    "dose_groups",
                    line,
                    "dose_group",
                    row["dose_group"],
                    f"shares a number of doses with {name!r}",
                )
        others.append((low, high, row["dose_group"]))


def bin_problems(bounds: pd.DataFrame) -> Iterator[str]:
    """Yield a text for bins that do not lie side by side from end to end."""
    bins = bounds.assign(line=range(2, len(bounds) + 2))[bounds["kind"] == "bin"]
    for _, own in bins.groupby(["analysis_id", "variable"]):
        rows = own.sort_values("position", key=pd.to_numeric).to_dict("records")
        for place, row in enumerate(rows):
            if place == 0:
                follows = is_empty(row["low"])
            else:
                before = rows[place - 1]["high"]
                follows = not is_empty(before) and row["low"] == before
            if not follows:
                yield at(
                    "pair_bounds",
                    row["line"],
                    "low",
                    row["low"],
                    "is not where the bin before it ends (the first begins empty)",
                )
        if not is_empty(rows[-1]["high"]):
            yield at(
                "pair_bounds",
                rows[-1]["line"],
                "high",
                rows[-1]["high"],
                "must be empty in the last bin, so that every pair is in one",
            )


def index_problems(seeds: dict[str, pd.DataFrame]) -> Iterator[str]:
    """Yield a text for arms indexed at an assessment that no window can find."""
    windows = seeds["windows"]
    based_on = seeds["analyses"].set_index("analysis_id")["based_on"].to_dict()
    for line, row in enumerate(seeds["arms"].to_dict("records"), start=2):
        name = row["analysis_id"]
        if row["index_rule"] != "assessment" or name not in based_on:
            continue
        own = windows[windows["analysis_id"] == name]
        if own.empty:
            own = windows[windows["analysis_id"] == based_on.get(name)]
        found = own[
            (own["window_id"] == "baseline")
            & (own["anchor"] == "trial_entry")
            & own["arm"].isin([row["arm"], "both"])
        ]
        if found.empty and row["arm"] in ARMS:
            yield at(
                "arms",
                line,
                "index_rule",
                "assessment",
                f"needs a baseline window of the {row['arm']} arm in windows.csv that "
                "is anchored at trial_entry",
            )


def pair_window_problems(windows: pd.DataFrame) -> Iterator[str]:
    """Yield a text for windows anchored at a pair whose treated has no such window."""
    treated = windows[windows["arm"] == "treated"]
    targets = set(zip(treated["analysis_id"], treated["window_id"], strict=True))
    for line, row in enumerate(windows.to_dict("records"), start=2):
        if row["anchor"] == "pair" and row["arm"] == "control":
            if (row["analysis_id"], row["window_id"]) in targets:
                continue
            yield at(
                "windows",
                line,
                "anchor",
                "pair",
                f"needs a window {row['window_id']} of the arm treated to follow",
            )
