"""One finding on what a user gave: where it stands, what is wrong, and what to do."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

CRITICAL, WARNING, NOTE = "critical", "warning", "note"


@dataclass(frozen=True)
class Finding:
    """What is wrong with a file, a row, a column or a value of the user's.

    `kind` is a name such as protocol or rejected_values; `severity` is critical
    (nothing can be built), warning or note. `source` is proact, a site, or protocol;
    `lines` are numbers as an editor shows them, `count` the rows that are meant.
    `more` holds what only this kind of finding has.
    """

    kind: str
    severity: str
    source: str | None = None
    file: str | None = None
    lines: Sequence[int] = ()
    column: str | None = None
    value: str | None = None
    reason: str | None = None
    remedy: str | None = None
    count: int = 1
    more: dict = field(default_factory=dict)

    def to_dict(self) -> dict:
        """Return plain values, for JSON; what only this kind has stands with the rest.

        `line` is the first of `lines`, for whoever needs only one.
        """
        values = asdict(self)
        more = values.pop("more")
        values["lines"] = list(self.lines)
        values["line"] = self.lines[0] if self.lines else None
        return values | more
