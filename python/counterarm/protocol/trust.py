"""What must fit together in the seeds of the checks of a result."""

from collections.abc import Iterator

from counterarm.protocol.choices import BY_METHOD, PAIR_COLUMNS
from counterarm.protocol.problem import Problem, at, is_empty, is_number, near
from counterarm.protocol.resolved import Resolved

NULLS, SWEEPS, PRIORS = "placebo_nulls", "tipping_sweeps", "bias_priors"
# What a row must say by its kind; of the columns named here it says nothing else.
BY_KIND: dict[str, dict[str, list[str]]] = {
    NULLS: {
        "procedure": ["draws", "seed"],
        "ascertainment": ["reference_analysis", "draws", "seed"],
        "pseudo_trial": [],
    },
    PRIORS: {
        "normal": ["bias_mean", "bias_sd"],
        "confounder": [
            "log_rr_mean",
            "log_rr_sd",
            "share_treated",
            "share_control",
            "share_n",
        ],
    },
}
LARGEST_DELTA = 1000
PAIRED = [name for name, needed in BY_METHOD.items() if needed == PAIR_COLUMNS]


def trust_problems(protocol: Resolved) -> Iterator[Problem]:
    """Yield a problem for every row that leaves out what its kind needs, and others.

    A null is of an analysis that makes pairs; its reference is an analysis whose
    controls have the same index day. Deltas are numbers from 0, each once, that start
    at 1 and go one way. The verdict rests on one prior at most.
    """
    for seed in BY_KIND:
        yield from kind_problems(protocol, seed)
    for line, row in protocol.all[NULLS]:
        if (NULLS, line) not in protocol.broken:
            yield from method_problems(protocol, line, row)
            yield from reference_problems(protocol, line, row)
    for line, row in protocol.all[SWEEPS]:
        if not is_empty(row["deltas"]):
            yield from delta_problems(line, row)
    chosen = [
        line
        for line, row in protocol.all[PRIORS]
        if str(row["is_in_verdict"]).lower() == "true"
    ]
    for line in chosen[1:]:
        yield at(
            *(PRIORS, line, "is_in_verdict", "true"),
            f"is true in line {chosen[0]} too",
            "let the verdict use one prior",
        )


def kind_problems(protocol: Resolved, seed: str) -> Iterator[Problem]:
    """Yield a problem for each column that a kind needs and lacks, or does not use."""
    used = {column for columns in BY_KIND[seed].values() for column in columns}
    for line, row in protocol.all[seed]:
        kind = row["kind"]
        if kind not in BY_KIND[seed]:
            continue
        needed = BY_KIND[seed][kind]
        for column in sorted(used):
            if column in needed and is_empty(row[column]):
                yield at(
                    *(seed, line, column, None),
                    f"must be given with the kind {kind}",
                    "give it a value",
                )
            elif column not in needed and not is_empty(row[column]):
                yield at(
                    *(seed, line, column, row[column]),
                    f"must be empty with the kind {kind}",
                    "empty it, or correct the kind",
                )


def method_problems(protocol: Resolved, line: int, row: dict) -> Iterator[Problem]:
    """Yield a problem for a null of an analysis whose method makes no pairs."""
    analysis = row["analysis_id"]
    for _, plan in protocol.rows("matching", analysis):
        method = plan["method"]
        if protocol.is_sound(analysis, "matching") and method not in PAIRED:
            yield at(
                *(NULLS, line, "analysis_id", analysis),
                f"is matched by the method {method}, which makes no pairs",
                f"name an analysis with the method {' or '.join(PAIRED)}",
            )


def reference_problems(protocol: Resolved, line: int, row: dict) -> Iterator[Problem]:
    """Yield a problem for a reference that is no analysis, or has another index day."""
    analysis, reference = row["analysis_id"], row["reference_analysis"]
    if is_empty(reference):
        return
    if reference not in protocol.based_on:
        yield at(
            *(NULLS, line, "reference_analysis", reference),
            "is not an analysis in analyses.csv",
            near(reference, protocol.based_on) or "name the analysis of another rule",
        )
        return
    rules = [
        {
            arm["index_rule"]
            for _, arm in protocol.rows("arms", name)
            if arm["arm"] == "control"
        }
        for name in (analysis, reference)
    ]
    if protocol.is_sound(analysis, "arms") and rules[0] != rules[1]:
        yield at(
            *(NULLS, line, "reference_analysis", reference),
            "has another index_rule of the controls in arms.csv: days of the two do "
            "not start together",
            f"name an analysis with the index rules of {analysis}",
        )


def delta_problems(line: int, row: dict) -> Iterator[Problem]:
    """Yield a problem for deltas that are no rising or falling series from 1."""
    place = (SWEEPS, line, "deltas", row["deltas"])
    parts = str(row["deltas"]).split("|")
    for part in parts:
        if not is_number(part) or not 0 <= float(part) <= LARGEST_DELTA:
            yield at(
                *place,
                f"holds {part!r}, which is not a number from 0 to {LARGEST_DELTA}",
                "join numbers by |, as in 1|1.5|2",
            )
            return
    deltas = [float(part) for part in parts]
    one_way = sorted(set(deltas))
    if deltas[0] != 1 or deltas not in (one_way, one_way[::-1]):
        yield at(
            *place,
            "does not rise or fall from 1, each number once",
            "begin with 1, the same hazard for those not ascertained",
        )
