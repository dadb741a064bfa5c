"""Whether counts of few people are hidden: by default where the patients are real."""

from counterarm.warehouse.reader import Warehouse

# The least count of people that is shown where small ones are hidden.
LEAST_SHOWN = 5


def least_shown(warehouse: Warehouse, *, show_small_cells: bool) -> int | None:
    """Return the count below which people are hidden, None where none are.

    What is made for readers (report, summary, export of `results`) hides them unless
    the delivery is known to be synthetic, or it is asked to show them; the tables never
    do.
    """
    if show_small_cells:
        return None
    settings = warehouse.rows(
        warehouse.table("results.provenance", "kind", "name", "value")
    )
    is_synthetic = ("setting", "delivery_is_real", "false") in settings
    return None if is_synthetic else LEAST_SHOWN


def shown(count: int, below: int | None) -> str:
    """Write a count of people, or that it is small."""
    return f"<{below}" if below and 0 < count < below else f"{count:,}"
