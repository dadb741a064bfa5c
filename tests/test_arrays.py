"""Every array is checked in one place, and errors begin with its name."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from counterarm.arrays import codes, columns_of, flags, follow_up, numbers
from counterarm.longitudinal import signed_rank_tests
from counterarm.matching import balance, fit_propensity_score, match_nearest
from counterarm.survival import fit_cox, kaplan_meier, kaplan_meier_curves, log_rank
from counterarm.trust import rosenbaum_bounds

NA = pd.NA


@pytest.mark.parametrize(
    "values",
    [
        [1, 2],
        [True, False],
        np.array([1, 2], dtype=np.int8),
        np.array([1, 2], dtype=object),
        [Decimal(1), Decimal(2)],
        pd.Series([1, 2], dtype="Int64", index=[7, 7]),
        pd.Series([1.0, 2.0], dtype="Float64"),
        pd.Categorical([1, 2]),
    ],
)
def test_numbers_of_every_kind_are_floats(values):
    found = numbers(values, "x", 2)
    assert found.dtype == float
    assert found.tolist() == (
        [1, 0] if isinstance(next(iter(values)), bool) else [1, 2]
    )


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([None, NA], "x: 2 missing values, the first in row 0"),
        (pd.Series([1, NA], dtype="Int64"), "x: 1 missing value, the first in row 1"),
        (pd.Series([NA, True], dtype="boolean"), "x: 1 missing value, .* row 0"),
        ([0.0, np.inf], "x: infinite values, the first in row 1"),
        (["1", "2"], "x: not numeric .it holds text"),
        ([1, "2"], "x: not numeric .it holds text"),
        (pd.Categorical(["1", "2"]), "x: not numeric .it holds text"),
        (pd.Series(["a", NA], dtype="string"), "x: not numeric"),
        (pd.Series(pd.to_datetime(["2020-01-01"])), "x: not numeric"),
        ([[1, 2]], "x: one dimension expected, not 2"),
        (1.0, "x: one dimension expected, not 0"),
        ([1, 2, 3], "x: 3 values for 2 rows"),
    ],
)
def test_what_is_not_a_number_is_refused_by_name(values, message):
    with pytest.raises(ValueError, match=message):
        numbers(values, "x", 2)


def test_labels_and_flags_are_refused_by_name():
    assert codes(["b", "a", "b"], "g", 3)[1].tolist() == [1, 0, 1]
    # NumPy alone would make the label "nan" of a NaN among texts
    for labels in (["a", NA], ["a", None], ["a", np.nan], [1.0, np.nan]):
        with pytest.raises(ValueError, match="g: 1 missing value, the first in row 1"):
            codes(labels, "g", 2)
    for mixed in (["1", 1], np.array(["a", 1], dtype=object)):
        with pytest.raises(ValueError, match="g: labels that cannot be sorted"):
            codes(mixed, "g", 2)
    with pytest.raises(ValueError, match="x: only 0 and 1 are allowed, not 2"):
        flags([0, 2], "x")
    with pytest.raises(ValueError, match="entry: not before time in 1 rows"):
        follow_up([1, 2], [1, 1], [0, 2])


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda x: log_rank(x, [1, 1, 1], [1, 1, 2]), "time"),
        (lambda x: log_rank([1, 2, 3], x, [1, 1, 2]), "event"),
        (lambda x: log_rank([1, 2, 3], [1, 1, 1], x), "group"),
        (lambda x: log_rank([1, 2, 3], [1, 1, 1], [1, 1, 2], strata=x), "strata"),
        (lambda x: log_rank([1, 2, 3], [1, 1, 1], [1, 1, 2], cluster=x), "cluster"),
        (lambda x: log_rank([1, 2, 3], [1, 1, 1], [1, 1, 2], weights=x), "weights"),
        (lambda x: kaplan_meier([1, 2, 3], [1, 1, 1], entry=x), "entry"),
        (lambda x: kaplan_meier_curves([1, 2, 3], [1, 1, 1], x), "group"),
        (lambda x: fit_cox([1, 2, 3], [1, 1, 1], x, names=["age"]), "age"),
        (
            lambda x: fit_cox([1, 2, 3], [1, 1, 1], pd.DataFrame({"age": x})),
            "age",
        ),
        (lambda x: match_nearest(x, [0, 1, 0]), "score"),
        (lambda x: match_nearest([1, 2, 3], x), "treated"),
        (lambda x: match_nearest([1, 2, 3], [0, 1, 0], exact=x), "exact"),
        (lambda x: balance(x, [0, 1, 0]), "values"),
        (lambda x: fit_propensity_score(pd.DataFrame({"a": x}), [0, 1, 0]), "a"),
        (lambda x: rosenbaum_bounds([1, 1, 2], [1, 0, 1], x, [1, 1, 1]), "time"),
    ],
)
def test_pd_na_is_named_wherever_it_comes(call, name):
    values = pd.Series([1, NA, 0], dtype="Int64")
    with pytest.raises(ValueError, match=f"^{name}: 1 missing value, .* row 1"):
        call(values)


def test_columns_are_found_by_name_and_missed_by_name():
    data = pd.DataFrame({"t": [1, 2], "s": ["a", "b"]})
    t, other, pair = columns_of(data, time="t", event=[1, 0], cluster=("t", "s"))
    assert t.tolist() == [1, 2] and other == [1, 0]
    assert [column.name for column in pair] == ["t", "s"]
    with pytest.raises(ValueError, match="time: data have no column 'days'"):
        columns_of(data, time="days")
    with pytest.raises(ValueError, match="time: 't' names a column, but no data"):
        columns_of(None, time="t")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["1", "2"], "differences: not numeric"),
        ([np.inf, 1, -2], "differences: infinite values, the first in row 0"),
        ([[1, 2]], "differences: one dimension expected"),
    ],
)
def test_differences_may_be_unknown_but_not_text_or_infinite(values, message):
    with pytest.raises(ValueError, match=message):
        signed_rank_tests(values)


def test_signed_ranks_tie_what_is_equal_but_for_rounding():
    # 0.3 / 3 - 0.1 is no difference, and 0.3 - 0.2 and 0.1 have one rank
    near = signed_rank_tests([0.3 / 3 - 0.1, 0.3 - 0.2, -0.1, 0.5])
    exact = signed_rank_tests([0.0, 0.1, -0.1, 0.5])
    for ours, theirs in zip(near, exact, strict=True):
        assert ours.rank_sum == theirs.rank_sum == 4.5 or ours.test == "wilcoxon_pratt"
        assert ours.p_value == theirs.p_value
