"""What the report says of subgroups that were matched again."""

import pandas as pd

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
