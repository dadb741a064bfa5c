"""Several index days of one control: candidates of their own, one cluster."""

import numpy as np
import pandas as pd
import pytest
from test_cox_table import GOLDEN, design, models
from test_weighting_tables import plan, scored, terms

from counterarm.tables.candidates import is_repeated, set_clusters, subject_of
from counterarm.tables.cox import AS_INDEPENDENT, cox_table
from counterarm.tables.groups import read_groups
from counterarm.tables.match_accounting import (
    ANOTHER_DAY,
    match_summary,
    unmatched_table,
)
from counterarm.tables.matching import choose_pairs
from counterarm.tables.survival import survival_summary
from counterarm.tables.weighting import weigh_subjects

DAYS = ["A@day0", "A@day182", "B@day-30", "C"]


def test_the_subject_is_what_stands_before_the_mark():
    assert subject_of(DAYS).tolist() == ["A", "A", "B", "C"]
    assert is_repeated(DAYS)
    assert not is_repeated(DAYS[1:])


def test_sets_are_clusters_by_themselves_unless_a_subject_may_have_several_days():
    assert set_clusters([1, 2], ["A", "B"]).tolist() == [1, 2]
    sets, subjects = set_clusters([1, 2, 3, 4], DAYS)
    assert sets.tolist() == [1, 2, 3, 4]
    assert subjects.tolist() == ["A", "A", "B", "C"]


def lung(rootpath) -> pd.DataFrame:
    """Return the patients of lung: each two consecutive rows are days of a subject."""
    patients = pd.read_csv(rootpath / GOLDEN)
    row = np.arange(len(patients))
    return pd.DataFrame(
        {
            "set_id": [f"a-{i:05d}" for i in row],
            "usubjid": [f"S-{i // 2:04d}@day{i % 2}" for i in row],
            "weight": 1.0,
            "days": patients["time"],
            "is_event": patients["status"] == 2,
            "sex": patients["sex"],
        }
    )


@pytest.fixture
def golden_lung(request):
    return lung(request.config.rootpath / "tests")


def test_the_cluster_variance_of_cox_adds_up_the_days_of_a_subject(golden_lung):
    """R: coxph(Surv(time, status) ~ sex, cluster = (row - 1) %/% 2) of lung."""
    rows = cox_table(design(golden_lung, "sex"), models("naive", "cluster", "two_way"))
    rows = rows.set_index("variance")
    assert rows.loc["cluster", "se"] == pytest.approx(0.156209, abs=5e-7)
    assert rows.loc["two_way", "se"] == pytest.approx(0.156209, abs=5e-7)
    assert rows.loc["naive", "note"] == AS_INDEPENDENT
    assert rows.loc[["cluster", "two_way"], "note"].isna().all()


def test_curves_and_means_of_a_group_are_robust_by_subject(golden_lung):
    """The Greenwood error of a sample that stands twice is too small by sqrt(2)."""
    once = golden_lung.iloc[::2].assign(
        analysis_id="a",
        endpoint="OS",
        comparison_set="arms",
        position=1,
        group_name="control",
    )
    again = once.assign(
        usubjid=once["usubjid"].str.replace("@day0", "@day9"),
        set_id=once["set_id"] + "x",
    )
    (alone,) = read_groups(once.assign(usubjid=once["set_id"]))
    (twice,) = read_groups(pd.concat([once, again]))
    assert not alone.sample.is_repeated
    assert twice.sample.is_repeated
    assert len(np.unique(twice.sample.subject)) == len(once)
    robust = survival_summary(pd.concat([once, again]))["rmst_se"].iloc[0]
    plain = survival_summary(once)["rmst_se"].iloc[0]
    # infinitesimal jackknife against Greenwood, in 114 subjects
    assert robust == pytest.approx(plain, rel=0.01)


def people(names: str, arms: str, **columns: object) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "analysis_id": "a",
            "usubjid": names.split(),
            "arm": ["treated" if arm == "T" else "control" for arm in arms],
            "is_eligible": True,
            **columns,
        }
    )


COHORT = people("A@day0 A@day90 B T1 T2", "CCCTT")
SCORES = scored(COHORT, [0.49, 0.41, 0.30, 0.50, 0.40])
SCORE_TERMS = terms(("age", "score"))


def matched_by(use: str | None, **changed: object) -> pd.DataFrame:
    chosen = plan("nearest", subject_use=use, **changed)
    return choose_pairs(COHORT, SCORES, chosen, SCORE_TERMS)


@pytest.mark.parametrize(
    ("use", "controls"),
    [
        ("once", ["A@day0", "B"]),
        ("each_day", ["A@day0", "A@day90"]),
        (None, ["A@day0", "A@day90"]),
    ],
)
def test_a_subject_is_matched_once_or_on_several_days(use, controls):
    assert matched_by(use)["control_usubjid"].tolist() == controls


def test_the_days_that_were_not_used_say_so_and_counts_are_of_days_and_subjects():
    pairs = matched_by("once")
    chosen = plan("nearest", subject_use="once")
    used = [*pairs["treated_usubjid"], *pairs["control_usubjid"]]
    matched = COHORT[COHORT["usubjid"].isin(used)].assign(set_id="a-1", weight=1.0)
    left = unmatched_table(
        COHORT, matched, SCORES, chosen, SCORE_TERMS, pd.DataFrame({"variable": []})
    )
    assert left[["usubjid", "reason"]].to_numpy().tolist() == [["A@day90", ANOTHER_DAY]]
    summary = match_summary(COHORT, matched, left, chosen).set_index("arm")
    assert summary.loc["control", "n_used"] == 2
    each = COHORT.assign(set_id=COHORT["usubjid"], weight=1.0)
    none = match_summary(COHORT, each, left.head(0), plan("none")).set_index("arm")
    control = none.loc["control"]
    assert (control["n_used"], control["n_subjects"]) == (3, 2)
    # weights 2 and 1 of the two subjects
    assert control["effective_sample_size"] == pytest.approx(9 / 5)


def test_without_sets_a_subject_is_one_set():
    rows = weigh_subjects(COHORT, SCORES.head(0), plan("none"), terms())
    by_name = rows.set_index("usubjid")["set_id"]
    assert by_name["A@day0"] == by_name["A@day90"] == "a-A"
    assert by_name["B"] == "a-B"
