"""p values of counts in two groups."""

import numpy as np
from scipy.stats import chi2_contingency, fisher_exact

from counterarm.printed_numbers.finding import (
    CANNOT_TELL,
    CONSISTENT,
    CONTRADICTION,
    Finding,
    Items,
    change,
    one,
)
from counterarm.printed_numbers.printed import overlap


def count_test(items: Items, options: dict[str, str]) -> Finding:
    """Check the p value of a count in two groups against the usual tests of it.

    Roles: yes (one count for each group), and no or total. Pearson's chi-square with
    and without Yates's correction and Fisher's exact test are tried; the explanation
    says which gives the printed p. With the option `test=unnamed` a p value that none
    gives is no contradiction, for the paper may have used another.
    """
    yes = [count.count for count in items["yes"]]
    if "no" in items:
        no = [count.count for count in items["no"]]
    else:
        no = [
            total.count - count
            for total, count in zip(items["total"], yes, strict=True)
        ]
    p = one(items, "p")
    stated = f"{yes[0]}:{no[0]} against {yes[1]}:{no[1]}"
    if min(no) < 0:
        return Finding(CONTRADICTION, "", f"{stated}: more than there are")
    values = count_p_values(np.array([yes, no]))
    listed = ", ".join(f"{name} {value:.4f}" for name, value in values.items())
    fits = [name for name, value in values.items() if overlap(value, value, p)]
    bound = {"below": "below ", "above": "above "}.get(p.bound or "", "")
    printed = f"printed {bound}{p.text.lstrip('<>')}"
    if fits:
        return Finding(
            CONSISTENT, listed, f"{stated}: {printed} is that of {', '.join(fits)}"
        )
    if options.get("test") == "unnamed":
        return Finding(
            CANNOT_TELL,
            listed,
            f"{stated}: {printed} is none of {listed}; the paper names no test",
        )
    return Finding(
        CONTRADICTION,
        listed,
        f"{stated}: {printed} is none of {listed}",
        (change(p, f"one of {listed}"),),
    )


def count_p_values(table: np.ndarray) -> dict[str, float]:
    """Return the p values of a table of 2 x 2 counts by test."""
    if (table.sum(axis=0) == 0).any() or (table.sum(axis=1) == 0).any():
        return {"chi-square": 1.0, "chi-square with Yates": 1.0, "Fisher": 1.0}
    return {
        "chi-square": float(chi2_contingency(table, correction=False).pvalue),
        "chi-square with Yates": float(chi2_contingency(table).pvalue),
        "Fisher": float(fisher_exact(table).pvalue),
    }
