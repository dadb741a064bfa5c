"""What results print is what R prints: tests/golden/printed.R."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from counterarm.display import p_values, significant
from counterarm.survival import (
    difference,
    fit_cox,
    gehan,
    kaplan_meier,
    kaplan_meier_curves,
    log_rank,
    median,
    rmst,
    rmst_influence,
    zph,
)

GOLDEN = Path(__file__).parents[1] / "golden"
SECTIONS = dict(
    re.findall(
        r"== (.+?) \n(.*?)(?=\n== |\Z)",
        (GOLDEN / "printed.txt").read_text(),
        re.DOTALL,
    )
)
# what R prints beyond the tables and tests
LEFT_OUT = ("Concordance", "(Note", "observations within", "(The likelihood", "(")


def lines(text: str) -> list[list[str]]:
    """The words of each line, R's names of rows and columns in our spelling."""
    text = re.sub(r",   Robust = .*", "", text)
    text = re.sub(r", clusters= \d+", "", text)
    text = re.sub(r"^(sex|trt|ph\.ecog|group|celltype)=", "", text, flags=re.M)
    text = re.sub(r"^celltype(?=[a-z]+ )", "", text, flags=re.M)
    found = [line.split() for line in text.splitlines() if line.strip()]
    return [words for words in found if not " ".join(words).startswith(LEFT_OUT)]


@pytest.fixture(scope="module")
def data() -> dict[str, pd.DataFrame]:
    lung = pd.read_csv(GOLDEN / "data" / "lung.csv").dropna(subset=["ph.ecog"])
    lung["ph.ecog"] = lung["ph.ecog"].astype(int)
    return {
        "lung": lung.assign(pair=np.arange(len(lung)) // 2),
        "veteran": pd.read_csv(GOLDEN / "data" / "veteran.csv"),
        "heart": pd.read_csv(GOLDEN / "data" / "heart.csv"),
    }


LUNG = ("time", "event", ["sex", "age", "ph.ecog"])
VETERAN = ("time", "status", ["trt", "karno", "age", "prior"])
FITS = {
    "lung": ("lung", LUNG, {}),
    "lung_pairs": ("lung", LUNG, {"cluster": "pair"}),
    "lung_80": ("lung", ("time", "event", "sex"), {"conf_level": 0.8}),
    "veteran": ("veteran", VETERAN, {}),
    "celltype": ("veteran", ("time", "status", "celltype"), {}),
    "heart": ("heart", ("stop", "event", "transplant"), {"entry": "start"}),
}


@pytest.mark.parametrize("name", FITS)
def test_a_cox_fit_prints_the_summary_of_r(data, name):
    file, arguments, options = FITS[name]
    found = str(fit_cox(*arguments, data=data[file], **options))
    assert lines(found.replace("celltype=", "")) == lines(SECTIONS[f"cox {name}"])


@pytest.mark.parametrize("name", ["lung", "veteran", "celltype"])
def test_the_test_of_proportional_hazards_prints_as_cox_zph(data, name):
    file, arguments, _ = FITS[name]
    found = str(zph(*arguments, data=data[file]))
    assert lines(found.replace("celltype=", "")) == lines(SECTIONS[f"zph {name}"])


def test_curves_print_as_survfit(data):
    lung, veteran = data["lung"], data["veteran"]
    by_sex = kaplan_meier_curves("time", "event", "sex", data=lung)
    by_arm = kaplan_meier_curves("time", "status", "trt", data=veteran)
    assert lines(str(by_sex)) == lines(SECTIONS["km lung"])
    assert lines(str(by_arm)) == lines(SECTIONS["km veteran"])
    alone = kaplan_meier("time", "event", data=lung)
    assert lines(str(alone)) == lines(SECTIONS["km lung_all"])


@pytest.mark.parametrize(
    ("name", "group", "options"),
    [
        ("lung", "sex", {}),
        ("lung_ecog", "ph.ecog", {}),
        ("veteran", "trt", {}),
        ("veteran_rho1", "celltype", {"weighting": "peto_g_rho1"}),
    ],
)
def test_a_log_rank_test_prints_as_survdiff(data, name, group, options):
    file = name.split("_")[0]
    event = "event" if file == "lung" else "status"
    found = log_rank("time", event, group, data=data[file], **options)
    assert lines(str(found)) == lines(SECTIONS[f"log_rank {name}"])


def test_near_ties_print_as_in_r():
    two = np.sqrt(2) ** 2
    found = log_rank([1, 2, two, 2, two], [1] * 5, [1, 1, 1, 2, 2])
    assert lines(str(found)) == lines(SECTIONS["log_rank near_ties"])


def test_results_are_shown_where_they_are_evaluated(data):
    lung = data["lung"]
    curve = kaplan_meier("time", "event", data=lung)
    for result in (curve, median(curve), rmst("time", "event", 365, data=lung)):
        assert repr(result) == str(result)
    assert repr(median(curve)) == "median 310 (95% log interval 285 to 363)"
    # print(survfit, rmean = 365) of R
    mean = repr(rmst("time", "event", 365, data=lung))
    assert mean == "restricted mean 264.07 (se 7.79, Greenwood), upper limit 365"


def test_a_result_says_by_which_definition_it_is(data):
    lung = data["lung"]
    curve = kaplan_meier("time", "event", data=lung, conf_type="log-log")
    assert str(curve).endswith("(log-log limits, Greenwood standard errors)")
    weighted = kaplan_meier("time", "event", data=lung, weights="age", conf_level=0.9)
    assert str(weighted).endswith("(log limits, robust standard errors)")
    assert repr(median(weighted)).startswith("median 310 (90% log interval")
    found = rmst("time", "event", 365, data=lung, cluster="pair")
    assert "robust" in repr(found)
    assert found.to_frame()["variance"].tolist() == ["robust"]
    frame = weighted.to_frame()
    assert frame[["conf_type", "conf_level", "variance"]].drop_duplicates().to_numpy(
        object
    ).tolist() == [["log", 0.9, "robust"]]
    fit = fit_cox(*LUNG, data=lung, cluster="pair", ties="breslow")
    assert "(Breslow ties; z, p and limits by the cluster variance)" in str(fit)
    assert fit.to_frame()[["ties", "variance", "conf_level"]].iloc[0].tolist() == [
        "breslow",
        "cluster",
        0.95,
    ]
    assert str(zph(*LUNG, data=lung, transform="rank")).endswith(
        "(time transformed by rank)"
    )
    test = log_rank("time", "event", "sex", data=lung)
    assert test.to_frame()["definition"].tolist() == [test.definition] * 2
    one = rmst_influence("time", "event", 365, data=lung)
    gap = difference(one, one, conf_level=0.9)
    assert "90% interval" in str(gap) and gap.to_frame()["conf_level"].item() == 0.9


def test_a_test_by_scores_says_which_sign_is_longer_life(data):
    text = str(gehan("time", "event", "sex", data=data["lung"]))
    assert " z= -3.51, p= 5e-04" in text and "lives longer" in text


@pytest.mark.parametrize(
    ("values", "digits", "shown"),
    [
        # R: format(c(1.5, 20), digits = 3) and so on
        ([1.5, 20], 3, ["1.5", "20.0"]),
        ([0.00123, 12.3], 3, ["0.00123", "12.30000"]),
        ([1e10, 1], 3, ["1e+10", "1e+00"]),
        ([np.nan, np.inf, 0], 3, ["NA", "Inf", "0"]),
        ([90.957902, 73.042097], 3, ["91", "73"]),
    ],
)
def test_numbers_have_the_digits_of_r(values, digits, shown):
    assert significant(values, digits) == shown


def test_p_values_are_written_as_r_writes_them():
    # format.pval(c(0.2, 0.00098, 4.4e-5, 1e-20, NA), digits = 3)
    shown = p_values([0.2, 0.00098, 4.4e-5, 1e-20, np.nan], 3)
    assert shown == ["0.20000", "0.00098", "4.4e-05", "<2e-16", "NA"]


def test_frames_hold_what_is_printed(data):
    lung = data["lung"]
    fit = fit_cox(*LUNG, data=lung)
    frame = fit.to_frame().set_index("term")
    assert frame.loc["sex", "hazard_ratio"] == pytest.approx(0.5754, abs=5e-5)
    curves = kaplan_meier_curves("time", "event", "sex", data=lung)
    frame = curves.to_frame()
    assert frame.columns[0] == "group" and set(frame["group"]) == {1, 2}
    assert frame["n_event"].sum() == 164
    assert list(curves) == [1, 2] and curves[2].n == 90
    tests = zph(*LUNG, data=lung).to_frame()
    assert tests["term"].tolist() == ["sex", "age", "ph.ecog", "GLOBAL"]
    groups = log_rank("time", "event", "sex", data=lung).to_frame()
    assert groups["observed"].tolist() == [111, 53]
    assert groups["n"].tolist() == [137, 90]


def test_curves_and_ratios_are_drawn_with_the_figures_of_the_report(data, tmp_path):
    lung = data["lung"]
    curves = kaplan_meier_curves("time", "event", "sex", data=lung)
    drawing = curves.plot()
    assert drawing._repr_svg_().startswith("<svg")
    assert "137" in str(drawing) and "at risk" in str(drawing).lower()
    # 1,022 days are 33.6 months, and 1,022 years are more than 12,000
    assert ">30<" in str(drawing)
    in_years = curves.plot(unit="years")
    assert ">12000<" in str(in_years).replace(",", "")
    with pytest.raises(ValueError, match="unit: 'weeks' is not one of days"):
        curves.plot(unit="weeks")
    assert curves[1].plot(outcome="Alive").alt
    drawing.save(tmp_path / "km.svg")
    assert (tmp_path / "km.svg").read_text() == str(drawing)
    forest = fit_cox(*LUNG, data=lung).plot()
    assert "0.58 (0.41 to 0.80)" in str(forest)
    assert repr(forest).startswith("<Svg: Forest plot")
