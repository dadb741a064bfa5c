"""The questions of the protocol and their answers."""

from pathlib import Path

import pandas as pd
import pytest

from counterarm.tables.power import power_table

SEED = Path(__file__).parents[2] / "seeds" / "protocol" / "power_questions.csv"


@pytest.fixture
def questions() -> pd.DataFrame:
    return pd.read_csv(SEED)


def test_each_question_is_answered_by_formula_and_by_simulation(questions):
    table = power_table(questions.assign(runs=100))
    assert not table.duplicated(["analysis_id", "question", "method"]).any()
    assert len(table) == 2 * len(questions)
    assert table["power"].between(0, 1).all()


def test_the_papers_powers_follow_where_one_control_in_a_thousand_survives(questions):
    """Barczewska 2020: 90% with 11 each, 100% with 67 each, approximately 40% and 0%.

    By hand for 11: log(0.001) / log(0.4) = 7.539, 11 * 1.599 = 17.589 events,
    sqrt(17.589) * 6.539 / 8.539 - 1.960 = 1.2518, of which the normal has 0.8947 below.
    """
    rows = power_table(questions.assign(runs=100)).query("method == 'freedman'")
    power = rows.set_index("question")["power"]
    assert power["eleven_each_one_in_1000"] == pytest.approx(0.8947, abs=1e-4)
    assert power["sixty_seven_each_one_in_1000"] > 0.9995
    assert power["eleven_each"] > 0.98  # nobody surviving: more than the paper says


def test_a_question_that_has_no_answer_says_why(questions):
    alike = questions.head(1).assign(s_control=0.4, shape="exponential", runs=100)
    table = power_table(alike).set_index("method")
    assert table.loc["freedman", "note"].startswith("not computed: s_first, s_second")
    assert pd.isna(table.loc["freedman", "power"])
    assert table.loc["simulation", "power"] < 0.2


def test_a_simulation_stores_its_seed_and_its_error(questions):
    row = (
        power_table(questions.assign(runs=400)).query("method == 'simulation'").iloc[1]
    )
    assert row["seed"] == 20200002
    p = row["power"]
    assert row["monte_carlo_se"] == pytest.approx((p * (1 - p) / 400) ** 0.5)
