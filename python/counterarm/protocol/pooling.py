"""Whether what an analysis does by source has sources to do it by."""

from collections.abc import Iterator

from counterarm.protocol.choices import BY_SOURCE
from counterarm.protocol.problem import Problem, at
from counterarm.protocol.resolved import Resolved

SOURCE = "source"


def pooling_problems(protocol: Resolved) -> Iterator[Problem]:
    """Yield a problem for strata, clusters or exact matching by a source of no use.

    Within a source that feeds one arm only nothing is compared: strata and exact
    matching need a study that feeds both. Clusters need two studies.
    """
    reported: set[tuple] = set()
    for analysis in protocol.based_on:
        if not protocol.is_sound(analysis, "arms", "models", "matching_terms"):
            continue
        studies = {
            arm: {
                row["studyid"]
                for _, row in protocol.rows("arms", analysis)
                if row["arm"] == arm
            }
            for arm in ("treated", "control")
        }
        shared = studies["treated"] & studies["control"]
        asked = [
            ("models", line, "variance", row["variance"])
            for line, row in protocol.rows("models", analysis)
            if row["variance"] in BY_SOURCE
        ] + [
            ("matching_terms", line, "variable", SOURCE)
            for line, row in protocol.rows("matching_terms", analysis)
            if (row["variable"], row["role"]) == (SOURCE, "exact")
        ]
        for place in asked:
            by_cluster = place[3] == "cluster_source"
            is_of_use = (
                len(studies["treated"] | studies["control"]) > 1
                if by_cluster
                else bool(shared)
            )
            if is_of_use or place[:2] in reported:
                continue
            reported.add(place[:2])
            yield at(
                *place,
                f"makes one cluster of {analysis}, all of whose subjects are of one "
                "study"
                if by_cluster
                else f"leaves nothing to compare in {analysis}: no study feeds both "
                "arms",
                "choose another variance"
                if place[0] == "models"
                else "delete the row, or let one study feed both arms",
            )
