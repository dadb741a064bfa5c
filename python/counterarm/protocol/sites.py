"""Whether the studies that arms.csv names are delivered.

A study that was not delivered gives an analysis of nobody. Whether that is a mistake
depends on the purpose of the analysis:

- An analysis that repeats a published paper, or is based on one and takes its arms, is
  shipped to everybody; its site is the paper's, which others do not have. It is passed
  over, with a note.
- Any other analysis was added for its site: without it there is a mistake, in arms.csv
  or in the delivery.
- A name that is nearly that of a delivered site which no analysis names is a slip of
  the pen, whatever the analysis is for. (A site that another analysis names is meant.)

Seldom wrong, and at worst loud: the remedy is one row of arms.csv, or a row less in
analyses.csv.
"""

from collections.abc import Collection, Iterator
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from counterarm.findings import NOTE, Finding
from counterarm.intake.locate import site_folders
from counterarm.intake.roles import REGISTRY, SEED
from counterarm.protocol.arms import PROACT
from counterarm.protocol.problem import Problem, at, is_empty
from counterarm.protocol.resolved import Resolved

NEARNESS = 0.75


def delivered_studies(sites_dir: Path) -> set[str]:
    """Return the study of each site's folder: its name in capitals."""
    if not sites_dir.is_dir():
        return set()
    return {folder.name.upper() for folder in site_folders(sites_dir)}


def reproduced_analyses(published: Path) -> set[str]:
    """Return the analyses that repeat a paper, from seeds/published/."""
    file = published / "ledger_sources.csv"
    if not file.is_file():
        return set()
    return set(pd.read_csv(file, dtype=str)["analysis_id"].dropna())


def site_findings(
    seeds: dict[str, pd.DataFrame], folder: Path, sites_dir: Path
) -> tuple[list[Problem], list[Finding]]:
    """Return the studies missing by mistake, and notes on what is skipped.

    `seeds` are the rows of the protocol in `folder`, `sites_dir` is the delivery's.
    """
    protocol = Resolved(seeds)
    delivered = delivered_studies(sites_dir)
    reproduced = reproduced_analyses(folder.parent / "published")
    problems = list(missing_studies(protocol, delivered, reproduced))
    roles = folder.parent / "mappings" / f"{SEED}.csv"
    problems += undosed_controls(protocol, registries(roles))
    return problems, list(notes(protocol, delivered, reproduced, problems))


def registries(roles: Path) -> set[str]:
    """Return the studies that site_roles.csv calls registries."""
    if not roles.is_file():
        return set()
    rows = pd.read_csv(roles, dtype=str, keep_default_na=False)
    return set(rows.loc[rows["role"] == REGISTRY, "site"].str.strip().str.upper())


def undosed_controls(
    protocol: Resolved, registries: Collection[str]
) -> Iterator[Problem]:
    """Yield a problem for controls of a registry that would count from a dose."""
    for line, row in protocol.all["arms"]:
        is_control = (row["arm"], row["index_rule"]) == ("control", "first_dose")
        if is_control and row["studyid"] in registries:
            yield at(
                *("arms", line, "index_rule", "first_dose"),
                f"selects no day: {row['studyid']} is a registry, whose controls had "
                "no dose",
                "write enrolment, diagnosis, visit_N or assessment",
            )


def missing_studies(
    protocol: Resolved, delivered: set[str], reproduced: set[str]
) -> Iterator[Problem]:
    """Yield a problem for each study of arms.csv that is missing by mistake."""
    named = {row["studyid"] for _, row in protocol.all["arms"]}
    unnamed = delivered - named
    for line, row in protocol.all["arms"]:
        study, analysis = row["studyid"], row["analysis_id"]
        if is_empty(study) or study in delivered | {PROACT}:
            continue
        meant = get_close_matches(str(study).upper(), unnamed | {PROACT}, 1, NEARNESS)
        if not meant and is_of_a_paper(protocol, analysis, study, reproduced):
            continue
        sites = ", ".join(sorted(delivered)) or "no site"
        yield at(
            *("arms", line, "studyid", study),
            f"is not a delivered site, so that {analysis} would have no {row['arm']} "
            f"subjects; delivered: {sites}",
            f"did you mean {meant[0]!r}?"
            if meant
            else "deliver its folder, or name in arms.csv the site that you have",
        )


def is_of_a_paper(
    protocol: Resolved, analysis: object, study: object, reproduced: set[str]
) -> bool:
    """Tell whether a study feeds an analysis that repeats a paper, or a variant."""
    paper = analysis if analysis in reproduced else protocol.based_on.get(analysis)
    return paper in reproduced and study in protocol.values("arms", paper, "studyid")


def notes(
    protocol: Resolved,
    delivered: set[str],
    reproduced: set[str],
    problems: list[Problem],
) -> Iterator[Finding]:
    """Yield a note for each site without an analysis, and each analysis without."""
    wrong = {problem.value for problem in problems}
    absent: dict[object, list[str]] = {}
    for analysis in protocol.based_on:
        for study in sorted(protocol.values("arms", analysis, "studyid") - {None}):
            if study not in delivered | {PROACT} | wrong:
                absent.setdefault(study, []).append(str(analysis))
    for study, analyses in absent.items():
        yield Finding(
            kind="site_not_delivered",
            severity=NOTE,
            source=str(study).lower(),
            file="seeds/protocol/arms.csv",
            column="studyid",
            value=str(study),
            reason=f"{study} is not delivered: {shortened(analyses)} skipped",
            remedy="nothing, if you do not have that site; else deliver its folder",
            count=len(analyses),
        )
    named = {row["studyid"] for _, row in protocol.all["arms"]}
    for study in sorted(delivered - named):
        yield Finding(
            kind="site_without_analysis",
            severity=NOTE,
            source=study.lower(),
            file="seeds/protocol/arms.csv",
            column="studyid",
            value=study,
            reason=f"{study} is delivered, and no analysis names it",
            remedy=f"counterarm analyses add NAME --from ONE --main --site {study}",
        )


def shortened(analyses: list[str]) -> str:
    """Name the first analyses and the number of the others, with a verb."""
    if len(analyses) == 1:
        return f"{analyses[0]} is"
    if len(analyses) <= 3:
        return f"{', '.join(analyses)} are"
    return f"{', '.join(analyses[:2])} and {len(analyses) - 2} others are"
