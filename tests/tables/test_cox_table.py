"""Cox tables of designs whose hazard ratio is known without a program."""

import numpy as np
import pandas as pd
import pytest

from counterarm.tables.cox import cox_table, proportional_hazards_table

GOLDEN = "golden/data/lung.csv"


def design(
    subjects: pd.DataFrame, *terms: str, model_id: str = "m", whole: bool = True
) -> pd.DataFrame:
    """Return one row per subject and term, as `analysis.model_design` has them."""
    columns = ["set_id", "usubjid", "weight", "days", "is_event"]
    return pd.concat(
        [
            subjects[columns].assign(
                analysis_id="a",
                model_id=model_id,
                endpoint="OS",
                position=position,
                term=term,
                value=subjects[term].astype("Int64" if whole else "Float64"),
            )
            for position, term in enumerate(terms, start=1)
        ]
    )


def subjects(days, events, weight=1.0, sets=None, **terms) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "set_id": [f"a-{i:05d}" for i in sets or range(len(days))],
            "usubjid": [f"S-{i}" for i in range(len(days))],
            "weight": weight,
            "days": days,
            "is_event": np.asarray(events, bool),
            **terms,
        }
    )


def models(*variances: str, ties: str = "efron") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "analysis_id": "a",
            "model_id": "m",
            "endpoint": "OS",
            "variance": list(variances),
            "ties": ties,
        }
    )


@pytest.fixture
def three() -> pd.DataFrame:
    # Untied deaths at 1, 2, 3 with x = 1, 0, 1: 2 r^2 = 1 for r = exp(beta).
    return subjects([1, 2, 3], [1, 1, 1], x=[1, 0, 1])


def test_the_score_equation_by_hand(three):
    (row,) = cox_table(design(three, "x"), models("naive")).to_dict("records")
    assert row["hazard_ratio"] == pytest.approx(np.sqrt(0.5))
    assert row["coef"] == pytest.approx(np.log(0.5) / 2)
    # Information: p (1 - p) with p = 2r/(2r+1) among three, and r/(r+1) among two.
    r = np.sqrt(0.5)
    information = 2 * r / (2 * r + 1) ** 2 + r / (r + 1) ** 2
    assert row["se"] == pytest.approx(1 / np.sqrt(information))
    assert (row["n"], row["n_events"], row["n_left_out"]) == (3, 3, 0)
    assert row["ties"] == "efron"
    assert pd.isna(row["note"])


def test_strata_of_pairs_count_who_dies_first():
    # In three pairs the treated dies first, in one the control; the fifth pair says
    # nothing, as its earlier time is censored. Odds 3 : 1, variance 1/3 + 1/1.
    pairs = subjects(
        [1, 1, 1, 9, 3, 5, 6, 7, 2, 4],
        [1, 1, 1, 1, 0, 1, 0, 1, 1, 1],
        sets=[*range(5), *range(5)],
        treated=[1] * 5 + [0] * 5,
    )
    (row,) = cox_table(design(pairs, "treated"), models("strata")).to_dict("records")
    assert row["hazard_ratio"] == pytest.approx(3.0)
    assert row["se"] == pytest.approx(np.sqrt(4 / 3))
    assert row["estimand"].startswith("conditional on the matched set")


def test_the_variance_clustered_by_set_is_that_of_r(request):
    # R 4.2.2, survival 3.5-3: coxph(Surv(time, status) ~ sex, lung, cluster = pair),
    # pair = two consecutive rows: robust se .156209.
    lung = pd.read_csv(request.config.rootpath / "tests" / GOLDEN)
    data = subjects(
        lung["time"],
        lung["status"] if lung["status"].max() == 1 else lung["status"] == 2,
        sets=[i // 2 for i in range(len(lung))],
        female=(lung["sex"] == 2).astype(int),
    )
    table = cox_table(design(data, "female"), models("cluster", "naive"))
    rows = table.set_index("variance")
    assert rows.loc["cluster", "se"] == pytest.approx(0.156209, abs=5e-7)
    assert rows.loc["cluster", "coef"] == rows.loc["naive", "coef"]
    assert rows.loc["cluster", "se"] != rows.loc["naive", "se"]


def of_sources(made: pd.DataFrame, sources: list[str]) -> pd.DataFrame:
    """Return a design with the study of each subject, in the order of their names."""
    by_subject = dict(zip(sorted(made["usubjid"].unique()), sources, strict=True))
    return made.assign(source=made["usubjid"].map(by_subject))


def test_strata_and_clusters_by_source_are_those_by_set_where_sets_are_sources():
    """A set of a source: the same strata, and the same clusters."""
    people = subjects(
        [5, 9, 14, 3, 8, 20, 2, 6], [1, 1, 0, 1, 1, 1, 1, 1], x=[1, 0, 1, 0, 1, 0, 1, 0]
    )
    sources = ["A", "A", "B", "B", "C", "C", "C", "B"]
    people["set_id"] = sources
    made = of_sources(design(people, "x"), sources)
    names = ("strata", "strata_source", "cluster", "cluster_source")
    found = cox_table(made, models(*names)).set_index("variance")
    for by_set, by_source in (names[:2], names[2:]):
        for column in ("coef", "se", "p_value"):
            assert found.loc[by_source, column] == found.loc[by_set, column]
    assert found.loc["strata_source", "estimand"].startswith(
        "conditional on the source"
    )
    assert found.loc["cluster_source", "note"] == (
        "3 sources: with so few clusters a robust variance is too small"
    )


def test_strata_of_sources_that_feed_one_arm_compare_nothing():
    people = subjects([5, 9, 14, 3], [1, 1, 1, 1], x=[1, 1, 0, 0])
    made = of_sources(design(people, "x"), ["A", "A", "B", "B"])
    found = cox_table(made, models("strata_source"))
    assert found["coef"].isna().all()
    assert found["note"].str.startswith("not fitted: ").all()


def test_a_subject_with_an_unknown_term_is_left_out_and_counted(three):
    more = pd.concat(
        [
            three,
            subjects([2, 3], [1, 0], x=[None, None]).assign(usubjid=["T-1", "T-2"]),
        ],
        ignore_index=True,
    )
    (row,) = cox_table(design(more, "x"), models("naive")).to_dict("records")
    assert row["hazard_ratio"] == pytest.approx(np.sqrt(0.5))
    assert (row["n"], row["n_events"], row["n_left_out"]) == (3, 3, 2)


@pytest.fixture
def weighted() -> pd.DataFrame:
    return subjects(
        [1, 2, 3, 4, 5, 6],
        [1, 1, 1, 0, 1, 1],
        weight=[1, 1, 0.5, 0.5, 2, 0.25],
        x=[1, 0, 1, 0, 0, 1],
    )


def test_a_model_variance_of_weighted_subjects_warns_and_a_clustered_does_not(weighted):
    rows = cox_table(design(weighted, "x"), models("naive", "cluster"))
    notes = rows.set_index("variance")["note"]
    assert "weights are taken as frequencies" in notes["naive"]
    assert pd.isna(notes["cluster"])


def test_a_model_of_weighted_subjects_with_robust_variance_only_is_tested_too(weighted):
    tests = proportional_hazards_table(design(weighted, "x"), models("cluster"))
    assert tests["term"].tolist() == ["x", "GLOBAL"]
    assert tests["note"].eq("weights are taken as frequencies").all()


def test_a_control_in_several_sets_is_clustered_by_set_and_by_itself():
    # Rows of S-2 stand in two sets. Clusters by set: dfbetas of each pair added; by
    # subject: those of S-2; both: each row alone. The formula, not the function.
    people = subjects(
        [5, 3, 2, 3, 7, 6], [1, 1, 1, 1, 0, 1], sets=[0, 0, 1, 1, 2, 2]
    ).assign(x=[1, 0, 1, 0, 1, 0])
    people.loc[3, "usubjid"] = people.loc[1, "usubjid"]
    variances = models("cluster", "two_way")
    se = cox_table(design(people, "x"), variances).set_index("variance")["se"]
    alone = people.assign(set_id=[f"r-{i}" for i in range(6)])
    by_row = cox_table(design(alone, "x"), models("cluster"))["se"].item()
    by_subject = people.assign(set_id=people["usubjid"], usubjid=alone["set_id"])
    by_subject = cox_table(design(by_subject, "x"), models("cluster"))["se"].item()
    expected = np.sqrt(se["cluster"] ** 2 + by_subject**2 - by_row**2)
    assert se["two_way"] == pytest.approx(expected)
    assert abs(se["two_way"] - se["cluster"]) > 1e-6


def test_population_and_estimand_are_those_of_the_matching(three):
    summary = pd.DataFrame(
        {
            "analysis_id": ["a", "a"],
            "estimand": "ATO",
            "population": "eligible subjects, weighted",
        }
    )
    rows = cox_table(design(three, "x"), models("naive"), summary)
    assert rows["estimand"].item() == "marginal; ATO"
    assert rows["population"].item() == "eligible subjects, weighted"
    rows = cox_table(design(three, "x"), models("naive"))
    assert rows["estimand"].item() == "marginal; ATT of the matched treated"


def test_a_subject_whose_endpoint_is_not_evaluable_is_left_out_and_counted(three):
    unknown = subjects([None], [False], x=[None]).assign(
        usubjid="T-1", is_event=pd.array([None], "boolean")
    )
    more = pd.concat([three.astype({"is_event": "boolean"}), unknown])
    (row,) = cox_table(design(more, "x"), models("naive")).to_dict("records")
    assert row["hazard_ratio"] == pytest.approx(np.sqrt(0.5))
    assert (row["n"], row["n_events"], row["n_left_out"]) == (3, 3, 1)


def test_every_model_says_whom_it_is_fitted_to(three):
    plans = pd.concat(
        [
            models("naive"),
            models("naive").assign(model_id="m: women", restriction="of the women"),
        ]
    )
    both = pd.concat([design(three, "x"), design(three, "x", model_id="m: women")])
    table = cox_table(both, plans).set_index("model_id")
    assert table["population"].to_dict() == {
        "m": "matched subjects",
        "m: women": "matched subjects, of the women",
    }


def test_a_continuous_term_gives_the_hazard_ratio_of_r(request):
    # R 4.2.2, survival 3.5-3: coxph(Surv(time, status) ~ age + I(sex == 2), lung) gives
    # age .0170453318 (se .00922327348), sex -.5132185171 (se .16745796236).
    lung = pd.read_csv(request.config.rootpath / "tests" / GOLDEN)
    data = subjects(
        lung["time"],
        lung["status"] if lung["status"].max() == 1 else lung["status"] == 2,
        age=lung["age"] + 0.0,
        female=(lung["sex"] == 2).astype(int),
    )
    rows = cox_table(
        design(data, "age", "female", whole=False), models("naive")
    ).set_index("term")
    assert rows.index.tolist() == ["age", "female"]
    assert rows.loc["age", "coef"] == pytest.approx(0.0170453318, abs=5e-9)
    assert rows.loc["age", "se"] == pytest.approx(0.00922327348, abs=5e-9)
    assert rows.loc["female", "coef"] == pytest.approx(-0.5132185171, abs=5e-9)
    assert rows.loc["female", "se"] == pytest.approx(0.16745796236, abs=5e-9)


@pytest.mark.parametrize("variance", ["naive", "cluster", "strata"])
def test_a_model_that_cannot_be_fitted_has_a_row_for_each_term_that_says_why(
    three, variance
):
    nobody_died = three.assign(is_event=False, y=[0, 1, 0])
    table = cox_table(design(nobody_died, "x", "y"), models(variance))
    assert table["term"].tolist() == ["x", "y"]
    assert table["hazard_ratio"].isna().all()
    assert table["note"].str.startswith("not fitted: ").all()
    assert table["n_events"].tolist() == [0, 0]


def test_a_model_of_which_every_subject_is_left_out_says_so(three):
    unknown = three.assign(x=pd.array([None] * 3, dtype="Int64"))
    (row,) = cox_table(design(unknown, "x"), models("naive")).to_dict("records")
    assert pd.isna(row["hazard_ratio"])
    assert row["note"].startswith("not fitted: ")
    assert (row["n"], row["n_left_out"]) == (0, 3)


@pytest.mark.parametrize("variance", ["naive", "cluster"])
def test_a_coefficient_that_may_be_infinite_has_a_note_and_no_estimate(variance):
    everyone_treated_died_first = subjects([1, 2, 3, 4], [1, 1, 0, 0], x=[1, 1, 0, 0])
    (row,) = cox_table(
        design(everyone_treated_died_first, "x"), models(variance)
    ).to_dict("records")
    assert "coefficient may be infinite" in row["note"]
    assert (row["n"], row["n_events"]) == (4, 2)
    for name in ("coef", "se", "hazard_ratio", "ci_low", "ci_high", "z", "p_value"):
        assert pd.isna(row[name]), name


def test_a_control_of_two_sets_is_counted_in_both(three):
    again = pd.concat([three, three.iloc[[1]].assign(set_id="a-00009")])
    (row,) = cox_table(design(again, "x"), models("naive")).to_dict("records")
    assert row["n"] == 4


def test_weights_of_two_halves_are_those_of_one():
    # A control of weight 1 and two equal ones of weight 1/2 add the same to the score
    # equation: 2 r^2 = 1 as above. (Breslow, since the halves die together.)
    halves = subjects(
        [1, 2, 2, 3], [1, 1, 1, 1], weight=[1, 0.5, 0.5, 1], x=[1, 0, 0, 1]
    )
    table = cox_table(design(halves, "x"), models("naive", ties="breslow"))
    assert table["hazard_ratio"].item() == pytest.approx(np.sqrt(0.5))


def test_terms_keep_the_order_of_the_protocol():
    rng = np.random.default_rng(1)
    data = subjects(
        list(rng.permutation(40) + 1),
        [1] * 40,
        zulu=rng.integers(0, 2, 40),
        alpha=rng.integers(0, 2, 40),
    )
    table = cox_table(design(data, "zulu", "alpha"), models("naive"))
    assert table["term"].tolist() == ["zulu", "alpha"]
    zph = proportional_hazards_table(design(data, "zulu", "alpha"), models("naive"))
    assert zph["term"].tolist() == ["zulu", "alpha", "GLOBAL"]
    assert zph["df"].tolist() == [1, 1, 2]
    assert set(zph["transform"]) == {"km"}


@pytest.mark.parametrize("function", [cox_table, proportional_hazards_table])
def test_the_order_of_rows_does_not_matter(function):
    rng = np.random.default_rng(2)
    rows = design(
        subjects(
            list(rng.integers(1, 20, 60)),
            list(rng.integers(0, 2, 60)),
            sets=[i // 2 for i in range(60)],
            x=rng.integers(0, 2, 60),
            y=rng.integers(0, 2, 60),
        ),
        "x",
        "y",
    )
    plans = models("naive", "cluster", "strata")
    shuffled = rows.sample(frac=1, random_state=5)
    pd.testing.assert_frame_equal(
        function(rows, plans), function(shuffled, plans[::-1]), check_exact=True
    )


def test_hazards_of_a_model_without_events_are_not_tested(three):
    nobody_died = three.assign(is_event=False)
    (row,) = proportional_hazards_table(
        design(nobody_died, "x"), models("naive", "strata")
    ).to_dict("records")
    assert row["term"] == "GLOBAL"
    assert pd.isna(row["p_value"])
    assert row["note"].startswith("not computed: ")


def test_an_analysis_without_matched_subjects_has_no_row(three):
    nobody = design(three, "x").iloc[:0]
    assert len(cox_table(nobody, models("naive"))) == 0
    assert len(proportional_hazards_table(nobody, models("naive"))) == 0


def test_a_model_up_to_the_common_horizon_says_so(three):
    plans = models("naive").assign(restriction="up to a day")
    (row,) = cox_table(design(three, "x"), plans).to_dict("records")
    assert row["population"] == "matched subjects, up to a day"
    (row,) = cox_table(design(three, "x"), models("naive")).to_dict("records")
    assert row["population"] == "matched subjects"
