"""One remark on a number."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Remark:
    """A sentence, whether it is a reason for caution, and the same in few words."""

    text: str
    caution: bool = False
    short: str = ""
