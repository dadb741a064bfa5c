"""What a check says of the numbers it was given."""

from dataclasses import dataclass

from counterarm.printed_numbers.printed import Printed

CONSISTENT = "consistent"
CONTRADICTION = "contradiction"
CANNOT_TELL = "cannot tell"

Items = dict[str, list[Printed]]


@dataclass(frozen=True)
class Finding:
    """The verdict on one set of printed numbers.

    `expected` is what the other numbers make of the judged one, in the form it is
    printed; `corrections` are the changes of a single number that would correct it.
    `is_exact` is False where a consistent number does not follow from the others as
    printed, but is only one of several that they allow within their rounding.
    """

    verdict: str
    expected: str
    explanation: str
    corrections: tuple[str, ...] = ()
    is_exact: bool = True


def judged(
    holds: bool,
    expected: str,
    explanation: str,
    corrections: tuple[str, ...] = (),
    *,
    is_exact: bool = True,
) -> Finding:
    """Return a finding that is consistent or a contradiction."""
    if holds:
        return Finding(CONSISTENT, expected, explanation, is_exact=is_exact)
    return Finding(CONTRADICTION, expected, explanation, corrections)


def one(items: Items, role: str) -> Printed:
    """Return the only number of a role."""
    (number,) = items[role]
    return number


def option_of(options: dict[str, str], name: str) -> str:
    """Return an option of a relation, or a clear error."""
    if name not in options:
        raise ValueError(f"the relation lacks the option {name}=...")
    return options[name]


def change(printed: Printed, to: object) -> str:
    """Name a correction: which number, to what."""
    return f"{printed.name}: {printed.text} to {to}"
