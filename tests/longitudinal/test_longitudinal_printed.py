"""Longitudinal results take names of columns, print themselves and have a frame."""

import numpy as np
import pandas as pd
import pytest

from counterarm.longitudinal import discriminate, fit_mixed_model, signed_rank_tests


def test_a_mixed_model_of_columns_prints_nlmes_table(function_answers, golden_data):
    rows = golden_data("function_orthodont")
    fit = fit_mixed_model("y", "month", "subject", "group", data=rows)
    expected = function_answers["lme_orthodont"]
    shown = str(fit).splitlines()
    assert shown[2].split() == ["Value", "Std.Error", "DF", "t-value", "p-value"]
    for line, value, se in zip(
        shown[3:7], expected["estimate"], expected["se"], strict=True
    ):
        assert float(line.split()[1]) == pytest.approx(value, rel=1e-3)
        assert float(line.split()[2]) == pytest.approx(se, rel=1e-3)
    assert repr(fit) == str(fit)
    frame = fit.to_frame().set_index("term")
    assert frame.loc["month_x_group", "estimate"] == fit.estimate[3]
    with pytest.raises(ValueError, match="month: 1 missing value, the first in row 2"):
        month = rows["month"].astype(float)
        month[2] = np.nan
        fit_mixed_model(rows["y"], month, rows["subject"], rows["group"])
    with pytest.raises(ValueError, match="is_in_group: only 0 and 1"):
        fit_mixed_model(rows["y"], rows["month"], rows["subject"], rows["group"] + 1)
    crossed = rows["group"].copy()
    crossed[0] = 1 - crossed[0]
    with pytest.raises(ValueError, match="is_in_group: varies within subject"):
        fit_mixed_model(rows["y"], rows["month"], rows["subject"], crossed)


def test_a_discriminant_analysis_names_its_predictors(golden_data):
    iris = golden_data("iris")
    label = next(name for name in iris if iris[name].dtype == object)
    predictors = [name for name in iris if name != label]
    found = discriminate(predictors, label, data=iris)
    by_array = discriminate(iris[predictors].to_numpy(), iris[label])
    assert found.names == tuple(predictors)
    assert by_array.names == ("x1", "x2", "x3", "x4")
    np.testing.assert_array_equal(found.partial_f, by_array.partial_f)
    # R: summary(manova(cbind(...) ~ Species, iris), test = "Wilks")
    assert str(found).startswith("Wilks' lambda = 0.02344, F = 199.1 on 8 and 288 df")
    assert found.to_frame()["predictor"].tolist() == predictors


def test_signed_ranks_print_a_row_per_variant():
    data = pd.DataFrame({"change": [-3.0, -2, -2, 1, None, 0]})
    found = signed_rank_tests("change", data=data)
    assert len(found) == 5 and found[0].test == "wilcoxon_normal"
    assert [row.test for row in found[1:3]] == [
        "wilcoxon_normal_plain",
        "wilcoxon_continuity",
    ]
    assert len(found.to_frame()) == 5
    assert "wilcoxon_pratt: zeros ranked and then dropped" in str(found)
