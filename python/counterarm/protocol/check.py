"""Check the protocol as a whole: every row, and the rows that must fit together."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from counterarm.findings import Finding
from counterarm.protocol.arms import arm_problems, follow_up_problems
from counterarm.protocol.borrowing import borrowing_problems
from counterarm.protocol.clocks import clock_problems
from counterarm.protocol.covariates import covariate_problems
from counterarm.protocol.dose_contrasts import dose_contrast_problems
from counterarm.protocol.doses import dose_group_problems
from counterarm.protocol.endpoints import endpoint_problems
from counterarm.protocol.estimators import estimator_problems
from counterarm.protocol.groups import (
    duplicate_problems,
    group_name_problems,
    key_problems,
    position_problems,
    subgroup_name_problems,
)
from counterarm.protocol.index_days import index_day_problems
from counterarm.protocol.levels import COVARIATES, known_levels
from counterarm.protocol.matching import matching_problems
from counterarm.protocol.models import model_problems
from counterarm.protocol.pooling import pooling_problems
from counterarm.protocol.problem import Problem, at, is_empty, numbered
from counterarm.protocol.reading import read_seeds
from counterarm.protocol.resolved import Resolved, with_optional
from counterarm.protocol.rows import row_checks
from counterarm.protocol.sequences import bin_problems, step_problems
from counterarm.protocol.sites import site_findings
from counterarm.protocol.specifications import specification_problems
from counterarm.protocol.trust import trust_problems
from counterarm.protocol.variables import (
    assumed_check,
    levels_of,
    missing_variables,
    variable_checks,
)
from counterarm.protocol.windows import window_problems

# Seeds of which every analysis needs a row, its own or an inherited one.
NEEDED = ["arms", "windows", "eligibility", "endpoints", "matching", "groups"]


class ProtocolError(ValueError):
    """Everything in the protocol seeds that makes no sense, a line for each."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(
            f"the protocol has {len(problems)} problem(s):\n"
            + "\n".join(f"- {problem}" for problem in problems)
        )
        self.problems = problems


def check_protocol(
    seeds: dict[str, pd.DataFrame],
    variables: pd.DataFrame,
    terms: pd.DataFrame | None = None,
    parameters: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Check the protocol and digest it, one row per seed.

    `seeds` maps the name of a file in `seeds/protocol/` to its rows in file order;
    `variables` names what a row may refer to, with its kind; `terms` are the rows of
    controlled_terms.csv, without which countries and races are not checked, and
    `parameters` of analysis_parameters.csv, without which the codes and units of
    measurements are not. The result
    holds seed, n_rows and sha256 (of the rows' values, so that two runs of the same
    protocol can be determined from two protocols).

    Raises `ProtocolError` naming file, line, column and value of every row that names
    an unknown analysis, variable, operator, level or choice, leaves a needed column
    empty, holds what is not a valid name or no number in its range, repeats another or
    contradicts it, and of every analysis that could not be built to its end.
    """
    problems = list(find_problems(seeds, variables, terms, parameters))
    if problems:
        raise ProtocolError(problems)
    return pd.DataFrame(
        {
            "seed": name,
            "n_rows": len(rows),
            "sha256": hashlib.sha256(rows.to_csv(index=False).encode()).hexdigest(),
        }
        for name, rows in sorted(seeds.items())
    )


def check_protocol_files(folder: Path, sites_dir: Path | None = None) -> list[Finding]:
    """Check the files of `seeds/protocol/` themselves; raises as `check_protocol`.

    With `sites_dir`, the folder of the delivered sites, a study of arms.csv that is
    missing by mistake is a problem too; returns notes on what is skipped.
    """
    problems, notes = file_problems(folder, sites_dir)
    if problems:
        raise ProtocolError(problems)
    return notes


def file_problems(
    folder: Path, sites_dir: Path | None = None
) -> tuple[list[Problem], list[Finding]]:
    """Return what is wrong with the files of `seeds/protocol/`, and notes on sites."""
    seeds, problems = read_seeds(folder)
    unreadable = {(one.seed, one.column) for one in problems if one.line in (None, 1)}
    file = folder.parent / "codelists" / "controlled_terms.csv"
    terms = pd.read_csv(file, dtype=str) if file.is_file() else None
    file = folder.parent / "adam" / "analysis_parameters.csv"
    parameters = pd.read_csv(file, dtype=str) if file.is_file() else None
    variables = seeds.pop("variables")
    # A column or file that is not there is reported once, not for each of its rows.
    missing = {f"{seed}.csv" for seed, column in unreadable if column is None}
    problems += [
        one
        for one in find_problems(seeds, variables, terms, parameters)
        if (one.seed, one.column) not in unreadable
        and not any(name in one.reason for name in missing)
    ]
    if sites_dir is None:
        return problems, []
    wrong = {(one.seed, one.line) for one in problems}
    of_sites, notes = site_findings(seeds, folder, sites_dir)
    problems += [one for one in of_sites if (one.seed, one.line) not in wrong]
    return problems, notes


def find_problems(
    seeds: dict[str, pd.DataFrame],
    variables: pd.DataFrame,
    terms: pd.DataFrame | None = None,
    parameters: pd.DataFrame | None = None,
) -> Iterator[Problem]:
    """Yield everything that makes no sense: rows one by one, then rows together."""
    seeds = {name: plain(with_optional(name, rows)) for name, rows in seeds.items()}
    variables = plain(variables)
    known = {name for name in seeds["analyses"]["analysis_id"] if not is_empty(name)}
    kinds = {
        name: COVARIATES.get(name, kind)
        for name, kind in zip(variables["variable"], variables["kind"], strict=True)
    }
    levels = known_levels(terms) | levels_of(variables)
    formulas = set(variables["variable"][variables["source"] == "formula"])
    own_checks = {
        "variables": variable_checks(parameters),
        "assumed_values": assumed_check(kinds, levels, formulas),
    }
    single = list(inheritance_problems(seeds["analyses"]))
    for name, rows in (seeds | {"variables": variables}).items():
        checks = row_checks(name, known, kinds, levels)
        if name in own_checks:
            checks.append(own_checks[name])
        for line, row in numbered(rows):
            for check in checks:
                for column, reason, *remedy in check(row):
                    value = row.get(column)
                    single.append(at(name, line, column, value, reason, *remedy))
    yield from single
    yield from missing_variables(variables)
    protocol = Resolved(seeds, single)
    seeds = protocol.seeds
    yield from duplicate_problems(seeds)
    yield from key_problems(seeds | {"variables": variables}, protocol.broken)
    yield from step_problems(seeds["eligibility"])
    yield from arm_problems(protocol)
    yield from window_problems(protocol)
    yield from endpoint_problems(protocol)
    yield from clock_problems(protocol)
    yield from follow_up_problems(protocol)
    yield from dose_group_problems(protocol)
    yield from matching_problems(seeds)
    known_at = dict(zip(variables["variable"], variables["known_at"], strict=True))
    yield from covariate_problems(protocol, known_at)
    yield from model_problems(protocol)
    yield from specification_problems(protocol)
    yield from dose_contrast_problems(seeds)
    yield from bin_problems(seeds["pair_bounds"])
    yield from trust_problems(protocol)
    yield from estimator_problems(protocol)
    yield from borrowing_problems(protocol)
    yield from pooling_problems(protocol)
    yield from index_day_problems(protocol)
    groups, subgroups = seeds["groups"], seeds["subgroups"]
    yield from position_problems("groups", groups, "comparison_set", "group_name")
    yield from position_problems("subgroups", subgroups, "subgroup_set", "subgroup")
    yield from group_name_problems(groups)
    yield from subgroup_name_problems(subgroups, groups)
    for name in NEEDED:
        given = set(seeds[name]["analysis_id"])
        for line, row in numbered(seeds["analyses"]):
            if not {row["analysis_id"], row["based_on"]} & given:
                yield at(
                    "analyses",
                    line,
                    "analysis_id",
                    row["analysis_id"],
                    f"has no row in {name}.csv, nor has an analysis it is based on",
                )


def plain(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with None in each empty cell, whatever wrote it."""
    cells = rows.astype(object)
    return cells.mask(cells.isna() | (cells == ""), None)


def inheritance_problems(analyses: pd.DataFrame) -> Iterator[Problem]:
    """Yield a problem for analyses named twice or based on what cannot be inherited."""
    based_on = dict(zip(analyses["analysis_id"], analyses["based_on"], strict=True))
    for line, row in numbered(analyses):
        name, base = row["analysis_id"], row["based_on"]
        if (analyses["analysis_id"] == name).sum() > 1:
            yield at("analyses", line, "analysis_id", name, "occurs more than once")
        if is_empty(base):
            continue
        if base not in based_on:
            yield at("analyses", line, "based_on", base, "is not an analysis")
        elif not is_empty(based_on[base]):
            yield at(
                "analyses",
                line,
                "based_on",
                base,
                "is itself based on another; name that one",
            )
