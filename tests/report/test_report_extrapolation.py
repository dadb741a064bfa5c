"""The section of extrapolated survival: panels, means, what is said of them."""

import pandas as pd
import pytest

from counterarm.report.disclosure.cells import suppress
from counterarm.report.reading import Results
from counterarm.report.remarks.extrapolation import on_extrapolation
from counterarm.report.sections.extrapolation import extrapolation
from counterarm.tables.extrapolation import (
    curve_table,
    extrapolation_table,
    parameter_table,
)
from counterarm.tables.extrapolation_differences import extrapolation_differences

PLAN = {
    "analysis_id": "a",
    "endpoint": "OS",
    "comparison_set": "arms",
    "distributions": "exponential|weibull|gompertz",
    "horizon_days": 1460,
    "why": "",
}


def members() -> pd.DataFrame:
    """Return 40 of each arm that die evenly, every fourth censored."""
    rows = [
        {
            "analysis_id": "a",
            "endpoint": "OS",
            "comparison_set": "arms",
            "group_name": arm,
            "position": place,
            "set_id": f"a-{i:05d}",
            "usubjid": f"{arm}-{i}",
            "weight": 1.0,
            "days": day * (i + 1),
            "is_event": i % 4 != 0,
        }
        for place, (arm, day) in enumerate([("control", 15), ("treated", 25)], 1)
        for i in range(40)
    ]
    return pd.DataFrame(rows)


def differences() -> pd.DataFrame:
    return extrapolation_differences(
        members(), pd.DataFrame([PLAN]), {"a": "window_91"}
    )


@pytest.fixture(scope="module")
def fits() -> pd.DataFrame:
    return extrapolation_table(members(), pd.DataFrame([PLAN]), {"a": "window_91"})


@pytest.fixture(scope="module")
def results(fits) -> Results:
    steps = members().assign(survival=0.5, conf_type="log", day=lambda f: f["days"])
    return Results(
        {
            "extrapolation": fits,
            "extrapolation_curves": curve_table(fits),
            "extrapolation_differences": differences(),
            "survival_steps": steps,
        }
    )


def test_the_section_has_a_panel_for_each_group_and_its_table(results):
    section = extrapolation(results, "a")
    (figure,) = section.figures
    assert figure.name == "extrapolation-os"
    assert figure.svg.count("follow-up ends") == 2
    for name in ("exponential", "Weibull", "Gompertz"):
        assert name in figure.svg
    table, apart = section.tables
    assert len(table.rows) == 6
    # three distributions, two measures, two variances
    assert len(apart.rows) == 12
    assert "rests on the distribution" in apart.caption
    first = dict(zip(apart.headings, apart.rows[0], strict=True))
    assert first["Comparison"] == "Treated vs controls"
    assert first["Measure"] == "Mean difference"
    assert "extrapolation" in figure.caption


def test_an_analysis_that_does_not_ask_has_no_section(results):
    assert extrapolation(results, "b") is None


def test_the_remark_gives_the_range_of_the_means_and_the_share_beyond(fits):
    remarks = on_extrapolation(fits)
    assert len(remarks) == 3
    text = remarks[1].text
    assert text.startswith("Treated: the mean over all time is extrapolated beyond")
    # day 1000, in months of 365/12 days
    assert "beyond month 33." in text
    assert "lies where nobody was followed" in text
    assert "AIC judges the fit within follow-up only" in text


def test_the_difference_of_means_is_said_over_the_distributions(fits):
    days = {"treated": [900.0, 1000.0, None], "control": [400.0, 800.0, 500.0]}
    made = fits.sort_values(["group_name", "distribution"], ascending=[False, True])
    made = made.assign(mean_days=[*days["treated"], *days["control"]])
    text = on_extrapolation(made)[-1].text
    # 500 and 200 days, in months of 365/12 days; sorted names are exponential, gompertz
    assert text.startswith(
        "Treated less controls, by the same distribution in both: +6.6 months by "
        "Gompertz to +16.4 by exponential."
    )


def test_as_recorded_is_a_reason_for_caution(fits):
    remarks = on_extrapolation(fits.assign(follow_up_rule="as_recorded"))
    assert remarks[-1].caution
    assert remarks[-1].text.startswith("Follow-up is as recorded")


def test_groups_without_a_mean_say_so(fits):
    remarks = on_extrapolation(fits.assign(mean_days=pd.NA))
    assert [remark.text for remark in remarks] == [
        "Controls: no finite mean.",
        "Treated: no finite mean.",
    ]


def test_fits_of_a_group_whose_events_are_hidden_are_left_out(fits):
    """An exponential's standard error is its mean over the root of the events."""
    (row,) = fits[
        (fits["group_name"] == "control") & (fits["distribution"] == "exponential")
    ].to_dict("records")
    assert (row["mean_days"] / row["mean_se"]) ** 2 == pytest.approx(row["n_events"])
    groups = pd.DataFrame(
        {
            "analysis_id": "a",
            "endpoint": "OS",
            "conf_type": "log",
            "group_name": ["treated", "control"],
            "n": [40, 40],
            "n_events": [30, 3],
        }
    )
    tables = {
        "extrapolation": fits,
        "extrapolation_curves": curve_table(fits),
        "extrapolation_differences": differences(),
        "extrapolation_parameters": parameter_table(fits),
    }
    few = suppress(Results(tables | {"survival_by_group": groups}), 5)
    many = suppress(Results(tables | {"survival_by_group": groups.head(1)}), 5)
    for name in tables:
        # where one arm has few events, the other is hidden too: their sum is known
        assert few.of(name).empty
        assert len(many.of(name)) == len(tables[name])
