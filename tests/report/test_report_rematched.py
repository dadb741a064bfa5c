"""What the report says of subgroups that were matched again."""

import pandas as pd
import pytest

from counterarm.report.disclosure.cells import suppress
from counterarm.report.reading import Results
from counterarm.report.remarks.subgroups import on_rematched


def rows() -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "subgroup_set": "sex",
                "subgroup": subgroup,
                "pairs": pairs,
                "variance": variance,
                "coef": coef,
                "hazard_ratio": ratio,
                "ci_low": ratio / 2,
                "ci_high": ratio * 2,
                "interaction_p": p,
            }
            for variance in ("cluster", "naive")
            for subgroup, pairs, coef, ratio, p in (
                ("women", "kept", -0.6931, 0.5, 0.04),
                ("women", "rematched", -0.2231, 0.8, 0.4),
                ("men", "kept", 0.0, 1.0, 0.04),
                ("men", "rematched", 0.0, 1.0, 0.4),
            )
        ]
    )


def test_both_kinds_of_pairs_and_their_interactions_are_said_once():
    (remark,) = on_rematched(rows(), "cluster")
    assert remark.text == (
        "Sex: women 0.50 (0.25 to 1.00) with kept pairs, 0.80 (0.40 to 1.60) matched "
        "again; men 1.00 (0.50 to 2.00) with kept pairs, 1.00 (0.50 to 2.00) matched "
        "again; interaction: p = 0.040 (kept), p = 0.400 (rematched). Where the two "
        "differ, the subgroup's result depends on controls from outside it."
    )
    # 0.8 / 0.5 is more than 1.25
    assert remark.caution


def test_what_hardly_moves_is_no_caution():
    like = rows().assign(coef=0.1)
    assert not on_rematched(like, "naive")[0].caution
    assert on_rematched(like, "strata") == []


COUNTS = ["n_treated", "n_control", "n_sets", "n_events", "n_control_outside"]


def counted(*subgroups: tuple[int, ...]) -> pd.DataFrame:
    """Return one row per subgroup with these counts, of kept pairs."""
    counts = dict(zip(COUNTS, zip(*subgroups, strict=True), strict=True))
    return rows().drop_duplicates("subgroup").assign(analysis_id="a", **counts)


@pytest.mark.parametrize(
    "few",
    [
        (3, 3, 3, 1, 0),
        # of 20 all but three died, or three of the controls are of the subgroup
        (10, 10, 10, 17, 5),
        (10, 10, 10, 12, 7),
    ],
)
def test_a_subgroup_of_few_is_not_told_by_the_rest_of_the_analysis(few):
    frame = counted((40, 40, 40, 50, 12), few)
    shown = suppress(Results({"subgroup_matches": frame}), 5).of("subgroup_matches")
    assert not shown[COUNTS].map(lambda n: isinstance(n, int)).any(axis=None)
    enough = counted((40, 40, 40, 50, 12), (20, 20, 20, 30, 9))
    shown = suppress(Results({"subgroup_matches": enough}), 5).of("subgroup_matches")
    assert shown[COUNTS].to_numpy().tolist() == enough[COUNTS].to_numpy().tolist()
