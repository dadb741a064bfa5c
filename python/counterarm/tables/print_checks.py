"""Tables of the checks that compare the printed numbers of a paper with each other."""

import pandas as pd

from counterarm.printed_numbers import Check, Printed, blamed, parse_printed, run_checks
from counterarm.printed_numbers.kinds import KINDS
from counterarm.tables.frames import COUNT, FLAG, NUMBER, TEXT, typed_frame

KEY_TYPES = {"paper": TEXT, "check_id": TEXT}
CHECK_TYPES = KEY_TYPES | {
    "rule": TEXT,
    "kind": TEXT,
    "formula": TEXT,
    "numbers": TEXT,
    "expected": TEXT,
    "verdict": TEXT,
    "explanation": TEXT,
    "corrections": TEXT,
}
NUMBER_TYPES = KEY_TYPES | {
    "location": TEXT,
    "group_name": TEXT,
    "quantity": TEXT,
    "role": TEXT,
    "published": TEXT,
    "is_blamed": FLAG,
    "is_determined": FLAG,
    "is_allowed": FLAG,
    "other_numbers": TEXT,
}
PRINTED_TYPES = {
    "paper": TEXT,
    "location": TEXT,
    "group_name": TEXT,
    "quantity": TEXT,
    "published": TEXT,
    "published_value": NUMBER,
    "bound": TEXT,
    "decimals": COUNT,
    "printed_low": NUMBER,
    "printed_high": NUMBER,
    "value_note": TEXT,
}
# Of longer lists only the first and the number of the rest are given.
MOST_LISTED = 8


def printed_numbers(published: pd.DataFrame) -> pd.DataFrame:
    """Return the value of each published number, with the interval that prints so.

    Columns of `published`: paper, location, group, quantity, value. Null values have
    the reason in `value_note`; limits of a bound as "<0.001" are open, thus null.
    """
    rows = []
    for row in published.to_dict("records"):
        printed = parse_printed(str(row["value"]), str(row["quantity"]))
        known = printed.value is not None
        rows.append(
            {
                "paper": row["paper"],
                "location": row["location"],
                "group_name": row["group"],
                "quantity": row["quantity"],
                "published": printed.text,
                "published_value": printed.number if known else None,
                "bound": printed.bound,
                "decimals": printed.decimals if known else None,
                "printed_low": lower_end(printed),
                "printed_high": upper_end(printed),
                "value_note": printed.reason,
            }
        )
    return typed_frame(rows, PRINTED_TYPES)


def lower_end(printed: Printed) -> float | None:
    """Return the least value that prints so, None without one."""
    if printed.value is None or printed.bound == "below":
        return None
    return printed.number if printed.bound else printed.low


def upper_end(printed: Printed) -> float | None:
    """Return the greatest value that prints so, None without one."""
    if printed.value is None or printed.bound == "above":
        return None
    return printed.number if printed.bound else printed.high


def all_printed(published: pd.DataFrame, elsewhere: pd.DataFrame) -> pd.DataFrame:
    """Return the numbers of both tables of printed numbers, as text."""
    both = pd.concat([published, elsewhere], ignore_index=True)
    return both.astype(object).where(both.notna(), None)


def print_checks(
    published: pd.DataFrame, elsewhere: pd.DataFrame, relations: pd.DataFrame
) -> pd.DataFrame:
    """Return one row per check of printed numbers, with its verdict.

    Errors are those of `counterarm.printed_numbers.run_checks`.
    """
    rows = [
        {
            "paper": check.paper,
            "check_id": check.check_id,
            "rule": check.rule,
            "kind": check.kind,
            "formula": KINDS[check.kind].formula,
            "numbers": listed(
                [number for numbers in check.items.values() for number in numbers]
            ),
            "expected": check.finding.expected or None,
            "verdict": check.finding.verdict,
            "explanation": check.finding.explanation,
            "corrections": "; ".join(check.finding.corrections) or None,
        }
        for check in in_order(run_checks(all_printed(published, elsewhere), relations))
    ]
    return typed_frame(rows, CHECK_TYPES)


def print_check_numbers(
    published: pd.DataFrame, elsewhere: pd.DataFrame, relations: pd.DataFrame
) -> pd.DataFrame:
    """Return one row per check and number in it, with what the check means for it."""
    rows = []
    checks = in_order(run_checks(all_printed(published, elsewhere), relations))
    for check, in_doubt in zip(checks, blamed(checks), strict=True):
        determined, allowed = check.determined(), check.allowed()
        numbers = [
            (role, number) for role, some in check.items.items() for number in some
        ]
        for role, number in numbers:
            location, group_name, quantity = number.place
            others = [other for _, other in numbers if other.place != number.place]
            rows.append(
                {
                    "paper": check.paper,
                    "check_id": check.check_id,
                    "location": location,
                    "group_name": group_name,
                    "quantity": quantity,
                    "role": role,
                    "published": number.text,
                    "is_blamed": number.place in in_doubt,
                    "is_determined": number.place in determined,
                    "is_allowed": number.place in allowed - determined,
                    "other_numbers": listed(others),
                }
            )
    return typed_frame(rows, NUMBER_TYPES)


def in_order(checks: list[Check]) -> list[Check]:
    """Return the checks in the order of their keys."""
    return sorted(checks, key=lambda check: (check.paper, check.check_id))


def listed(numbers: list[Printed]) -> str:
    """Return printed numbers with their places, for people."""
    texts = [f"{number.text} ({'; '.join(number.place)})" for number in numbers]
    if len(texts) > MOST_LISTED:
        rest = len(texts) - MOST_LISTED
        texts = [*texts[:MOST_LISTED], f"and {rest} more"]
    return ", ".join(texts)
