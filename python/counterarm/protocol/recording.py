"""Which study records which event: rows of seeds/protocol/recorded_events.csv."""

from collections.abc import Iterable

PROACT = "PROACT"
# Stands in the seed for every study that is not PRO-ACT and has no row for an event.
ANY_SITE = "SITE"
YES, NO, IF_DELIVERED = "yes", "no", "if_delivered"


class Recording:
    """What the rows say, one per study and event (columns studyid, event, recorded).

    An event of which nothing is said is not recorded.
    """

    def __init__(self, rows: Iterable[dict]) -> None:
        self._rows = {(row["studyid"], row["event"]): row for row in rows}

    def row(self, study: object, event: object) -> dict:
        """Return the row that holds for an event in a study, empty without one."""
        own = self._rows.get((study, event))
        if own is not None or study == PROACT:
            return own or {}
        return self._rows.get((ANY_SITE, event), {})

    def says(self, study: object, event: object) -> str:
        """Return `yes`, `no` or `if_delivered` for an event in a study."""
        return str(self.row(study, event).get("recorded") or NO)

    def is_recorded(
        self, study: object, event: object, delivered: set[tuple[str, str]]
    ) -> bool:
        """Tell whether a study records an event, given what was delivered.

        `delivered` holds a pair (study, event) for every kind of event with a row.
        """
        answer = self.says(study, event)
        return answer == YES or (answer == IF_DELIVERED and (study, event) in delivered)
