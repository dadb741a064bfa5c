"""Assessments and measurements of a site's SDTM."""

import duckdb
import pandas as pd
import pytest
from mapped_sites import describe
from sdtm_studies import ITEMS, notes, read, write_study

from counterarm.intake import DeliveryError

DM = [{"USUBJID": "X-1", "SUBJID": "1"}]


def scores(items: list[str], score: int, **more) -> list[dict]:
    return [
        {"USUBJID": "X-1", "QSTESTCD": code, "QSSTRESN": score, "QSDTC": "2020-03-01"}
        | more
        for code in items
    ]


@pytest.mark.parametrize("key", ["VISITNUM", "VISIT", "QSSPID"])
def test_two_visits_on_a_day_are_two_assessments(key, tmp_path):
    qs = scores(ITEMS, 4, **{key: "1"}) + scores(ITEMS[:6], 1, **{key: "2"})
    sites = write_study(tmp_path, {"dm": DM, "qs": qs})
    columns = ("q1_speech", "r3_respiratory_insufficiency")
    found = read(sites, tmp_path, "visits", *columns)
    assert found == [("4", "4"), ("1", None)]


def test_rows_with_a_number_each_are_one_assessment_of_their_visit(tmp_path):
    qs = [row | {"QSSPID": str(n)} for n, row in enumerate(scores(ITEMS, 3))]
    sites = write_study(tmp_path, {"dm": DM, "qs": qs})
    assert read(sites, tmp_path, "visits", "q1_speech") == [("3",)]


def test_an_item_with_two_scores_at_one_visit_is_named(tmp_path):
    qs = scores(ITEMS, 4) + scores(ITEMS[:2], 1)
    printed = notes(write_study(tmp_path, {"dm": DM, "qs": qs}), tmp_path)
    assert "2 times an item has two scores at one visit of one day" in printed


FOREIGN = [
    {"USUBJID": "X-1", "QSCAT": "ALSFRS-R", "QSTESTCD": f"ALSFR{n:02d}"}
    | {"QSORRES": str(n % 5), "QSDTC": "2020-03-01"}
    for n in range(1, 4)
]


def test_a_code_of_the_site_is_mapped_by_a_row(tmp_path):
    sites = write_study(
        tmp_path,
        {"dm": DM, "qs": [*FOREIGN, FOREIGN[0] | {"QSCAT": "OTHER", "QSORRES": "9"}]},
    )
    rows = pd.DataFrame(
        [("x", "ALSFRS-R", "alsfr01", "ALSR101"), ("*", None, "ALSFR02", "ALSR102")],
        columns=["site", "qscat", "qstestcd", "alsfrs_item"],
    )
    columns = ("q1_speech", "q2_salivation", "q3_swallowing")
    found = read(sites, tmp_path, "visits", *columns, sdtm_items=rows)
    assert found == [("1", "2", None)]
    printed = notes(sites, tmp_path, sdtm_items=rows)
    assert "not read: 1 rows of QSCAT ALSFRS-R with the QSTESTCD ALSFR03" in printed


def test_codes_that_nobody_maps_are_named_with_category_count_and_example(tmp_path):
    qs = FOREIGN + scores(ITEMS[:1], 4)
    qs += [{"USUBJID": "X-1", "QSCAT": "MMSE", "QSTESTCD": "MM01", "QSORRES": "5"}]
    printed = notes(write_study(tmp_path, {"dm": DM, "qs": qs}), tmp_path)
    assert (
        "not read: 3 rows of QSCAT ALSFRS-R with the QSTESTCD ALSFR01 (1, e.g. 1), "
        "ALSFR02 (1, e.g. 2), ALSFR03 (1, e.g. 3)" in printed
    )
    assert "another questionnaire: 1 rows of QSCAT MMSE" in printed


def test_a_study_without_one_item_is_refused_and_says_what_it_has(tmp_path):
    sites = write_study(tmp_path, {"dm": DM, "qs": FOREIGN})
    with pytest.raises(DeliveryError) as caught:
        describe(sites, tmp_path)
    assert "QS holds no item of the ALSFRS-R" in str(caught.value)
    assert "3 rows of QSCAT ALSFRS-R with the QSTESTCD ALSFR01" in str(caught.value)


def test_a_row_of_the_seed_that_names_no_item_is_named(tmp_path):
    rows = pd.DataFrame(
        [("x", None, "ALSFR01", "q1_speech")],
        columns=["site", "qscat", "qstestcd", "alsfrs_item"],
    )
    with pytest.raises(DeliveryError, match=r"sdtm_items\.csv line 2: alsfrs_item"):
        describe(write_study(tmp_path, {"dm": DM}), tmp_path, sdtm_items=rows)


def test_a_derived_result_stands_where_the_collected_one_was_not_done(tmp_path):
    vs = [
        {"VSTESTCD": "WEIGHT", "VSSTAT": "NOT DONE", "VSREPNUM": 1},
        {"VSTESTCD": "WEIGHT", "VSSTRESN": 70, "VSSTRESU": "kg", "VSDRVFL": "Y"},
    ]
    rows = [{"USUBJID": "X-1", "VSDTC": "2020-03-01", **row} for row in vs]
    sites = write_study(tmp_path, {"dm": DM, "vs": rows})
    found = read(sites, tmp_path, "measurements", "test", "result", "unit")
    assert found == [("WEIGHT", "70", "kg")]


def test_re_vs_and_lb_are_measurements(tmp_path):
    re = [
        {"RETESTCD": "FVC", "REORRES": "3.1", "REORRESU": "L", "REREPNUM": 1},
        {"RETESTCD": "FVC", "RESTRESN": 3.1, "RESTRESU": "L", "REDRVFL": "Y"},
        {"RETESTCD": "FVCPP", "RESTRESN": 82, "RESTRESU": "%", "REDRVFL": "Y"},
        {"RETESTCD": "SVC", "RESTAT": "NOT DONE"},
        {"RETESTCD": "SVCPP", "RESTRESN": 70, "REREPNUM": 1, "REDRVFL": "Y"},
        {"RETESTCD": "SVCPP", "RESTRESN": 70, "REDRVFL": "Y"},
    ]
    vs = [{"VSTESTCD": "PULSE", "VSORRES": "72", "VSORRESU": "beats/min"}]
    vs[0] |= {"VSPOS": "SUPINE"}
    lb = [
        {"LBTESTCD": "GLUC", "LBORRES": "5", "LBORRESU": "mmol/L", "LBSPEC": "SERUM"},
        {"LBTESTCD": "GLUC", "LBORRES": "NEGATIVE", "LBSPEC": "URINE"},
        {"LBTESTCD": "PH", "LBORRES": "6", "LBCAT": "URINALYSIS"},
    ]
    datasets = {
        domain: [
            {"USUBJID": "X-1", f"{domain.upper()}DTC": "2020-03-01", **row}
            for row in rows
        ]
        for domain, rows in (("re", re), ("vs", vs), ("lb", lb))
    }
    sites = write_study(tmp_path, {"dm": DM, **datasets})
    columns = ("test", "result", "unit", "trial", "position", "specimen")
    assert read(sites, tmp_path, "measurements", *columns) == [
        ("FVC", "3.1", "L", "1", None, None),
        ("FVCPP", "82", "%", None, None, None),
        ("SVCPP", "70", None, "1", None, None),
        ("PULSE", "72", "beats/min", None, "SUPINE", None),
        ("GLUC", "5", "mmol/L", None, None, "SERUM"),
        ("GLUC (URINE)", "NEGATIVE", None, None, None, "URINE"),
        ("PH (URINE)", "6", None, None, None, None),
    ]
    described = describe(sites, tmp_path).set_index("file_name")
    counted = (
        duckdb.sql(described.loc["re.json", "lines_reader"])
        .df()
        .sort_values("line_number")["is_read"]
    )
    assert counted.tolist() == [True, False, True, False, True, False]
