"""Whether counts of few people are hidden: by default where the patients are real."""

import duckdb

# The least count of people that is shown where small ones are hidden.
LEAST_SHOWN = 5

_IS_REAL = """
    select count(*) = 0
    from results.provenance
    where kind = 'setting' and name = 'delivery_is_real' and value = 'false'
"""


def least_shown(
    connection: duckdb.DuckDBPyConnection, *, show_small_cells: bool
) -> int | None:
    """Return the count below which people are hidden, None where none are.

    What is made for readers (report, summary, export of `results`) hides them unless
    the delivery is known to be synthetic, or it is asked to show them; the tables never
    do.
    """
    if show_small_cells:
        return None
    (is_real,) = connection.execute(_IS_REAL).fetchone()
    return LEAST_SHOWN if is_real else None


def shown(count: int, below: int | None) -> str:
    """Write a count of people, or that it is small."""
    return f"<{below}" if below and 0 < count < below else f"{count:,}"
