"""Associations of two categorical variables: cells and tests by hand."""

import pandas as pd
import pytest

from counterarm.tables.associations import association_counts, associations

COLUMNS = ["analysis_id", "association", "position", "population", "usubjid"]


def members(cells: dict[tuple, int]) -> pd.DataFrame:
    """Return so many members of each (row, column)."""
    levels = [pair for pair, n in cells.items() for _ in range(n)]
    return pd.DataFrame(
        [
            ("a", "progression_by_sex", 1, "treated", f"S-{i:03d}", *pair)
            for i, pair in enumerate(levels)
        ],
        columns=[*COLUMNS, "row_level", "column_level"],
    )


TWO_BY_TWO = {
    ("fast", "F"): 10,
    ("fast", "M"): 20,
    ("slow", "F"): 20,
    ("slow", "M"): 10,
    (None, "M"): 3,
    ("slow", None): 2,
}


def test_chi_square_by_hand_and_the_unknown_counted_apart():
    # n (ad - bc)^2 / product of the margins = 60 * 300^2 / 30^4 = 20/3
    found = associations(members(TWO_BY_TWO)).set_index("test")
    assert found["n"].tolist() == [60, 60, 60]
    assert found["n_not_evaluable"].tolist() == [5, 5, 5]
    assert found.loc["chi_square", "statistic"] == pytest.approx(20 / 3)
    assert found.loc["chi_square_yates", "statistic"] == pytest.approx(
        60 * (300 - 30) ** 2 / 30**4
    )
    assert found.loc["fisher_exact", "statistic"] == pytest.approx(0.25)
    assert found["df"].tolist() == [1, 1, pd.NA]
    assert found["n_expected_least"].tolist() == [15.0, 15.0, 15.0]
    assert found["note"].isna().all()


def test_cells_hold_counts_expectation_and_percent_of_the_row():
    found = association_counts(members(TWO_BY_TWO))
    assert found["n"].sum() == 60
    cell = found.set_index(["row_level", "column_level"]).loc[("fast", "F")]
    assert (cell["n"], cell["n_expected"]) == (10, 15.0)
    assert cell["pct_of_row"] == pytest.approx(100 / 3)


def test_an_empty_cell_is_a_cell_and_small_ones_are_named():
    cells = {("fast", "F"): 3, ("slow", "F"): 1, ("slow", "M"): 4}
    counted = association_counts(members(cells))
    by_cell = counted.set_index(["row_level", "column_level"])["n"]
    assert by_cell[("fast", "M")] == 0
    chi_square = associations(members(cells)).iloc[0]
    assert chi_square["note"].startswith("4 of 4 cells expect fewer than 5")


def test_one_row_only_is_not_tested_and_says_so():
    found = associations(members({("slow", "F"): 4, ("slow", "M"): 5}))
    assert found["test"].tolist() == ["chi_square"]
    assert found["p_value"].isna().all()
    assert found["n"].tolist() == [9]
    assert found["note"].str.startswith("not computed: fewer than two levels").all()


def test_nobody_known_has_a_row_too():
    found = associations(members({(None, "F"): 4}))
    assert found["n"].tolist() == [0]
    assert found["n_not_evaluable"].tolist() == [4]
    assert len(association_counts(members({(None, "F"): 4}))) == 0


def test_no_members_give_empty_tables():
    nobody = members({})
    assert len(associations(nobody)) == 0
    assert len(association_counts(nobody)) == 0
