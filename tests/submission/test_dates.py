"""A study that has only study days: no dates, or synthetic ones marked as such."""

import datetime as dt

import pytest

from counterarm.submission.dates import day_as_date
from counterarm.submission.package import make_package


def dataset(warehouse, name, study="PROACT", dates="none"):
    package = make_package(warehouse.opened, study, "dataset-json", dates)
    (found,) = [one for one in package.datasets if one.name == name]
    return found


def column(warehouse, name, variable, **options):
    return dataset(warehouse, name, **options).rows[variable].to_pylist()


def test_without_dates_there_is_no_dtc_in_any_dataset(warehouse):
    package = make_package(warehouse.opened, "PROACT", "xpt", "none")
    names = {name for one in package.datasets for name in one.rows.column_names}
    assert "AESTDY" in names
    assert [name for name in names if name.endswith("DTC")] == []
    assert dataset(warehouse, "AE").comment.startswith("No dates were delivered")
    assert column(warehouse, "TS", "TSVAL") == ["DAYS", "A PROACT"]


@pytest.mark.parametrize(
    ("day", "date"),
    [
        (1, dt.date(2000, 1, 1)),
        (2, dt.date(2000, 1, 2)),
        # there is no day 0
        (-1, dt.date(1999, 12, 31)),
        (366, dt.date(2000, 12, 31)),
        (None, None),
        # the year 3724
        (629834, None),
        (-629834, None),
    ],
)
def test_a_day_is_counted_from_the_anchor(day, date):
    assert day_as_date(day) == date


def test_an_anchored_study_has_a_date_for_each_day(warehouse):
    anchored = {"dates": "anchor"}
    assert column(warehouse, "AE", "AESTDTC", **anchored) == ["1999-12-31"] * 2
    assert set(column(warehouse, "QS", "QSDTC", **anchored)) == {"2000-01-01"}
    assert column(warehouse, "EX", "EXSTDTC", **anchored) == ["2000-01-01"]
    day = dt.date(2000, 1, 31)
    assert column(warehouse, "ADTTE", "ADT", **anchored) == [day] * 2
    assert column(warehouse, "ADSL", "LSTALVDT", **anchored) == [day] * 2


def test_who_was_not_treated_has_dates_but_no_reference_and_no_days(warehouse):
    anchored = {"dates": "anchor"}
    assert column(warehouse, "DM", "RFSTDTC", **anchored) == ["2000-01-01", None]
    assert column(warehouse, "DM", "RFXSTDTC", **anchored) == ["2000-01-01", None]
    assert column(warehouse, "AE", "AESTDY", **anchored) == [-1, None]


def test_a_day_that_is_too_far_has_neither_date_nor_day_and_is_counted(warehouse):
    warehouse.connection.execute(
        "update sdtm.ae set aestdy = 629834 where usubjid = 'PROACT-1'"
    )
    assert column(warehouse, "AE", "AESTDTC", dates="anchor") == [None, "1999-12-31"]
    package = make_package(warehouse.opened, "PROACT", "xpt", "anchor")
    assert package.dated.n_days_too_far == 1


def test_every_synthetic_date_says_so(warehouse):
    package = make_package(warehouse.opened, "PROACT", "xpt", "anchor")
    dates = [
        one
        for table in package.datasets
        for one in table.variables
        if one.name.endswith(("DTC", "DT"))
        and table.rows[one.name].null_count < table.rows.num_rows
    ]
    assert len(dates) > 8
    assert [one.name for one in dates if not one.method.startswith("SYNTHETIC")] == []
    policy = column(warehouse, "TS", "TSVAL", dates="anchor")[0]
    assert policy.startswith("SYNTHETIC DATES")


def test_dates_that_were_delivered_stay_whatever_the_policy(warehouse):
    for dates in ("none", "anchor"):
        options = {"study": "SITE", "dates": dates}
        assert column(warehouse, "DM", "RFSTDTC", **options) == ["2020-03-01"]
        # a partial date stays as it is
        assert column(warehouse, "AE", "AESTDTC", **options) == ["2020-03"]
        assert column(warehouse, "ADSL", "TRTSDT", **options) == [dt.date(2020, 3, 1)]
        assert dataset(warehouse, "AE", **options).comment is None


def test_participation_ends_with_the_last_thing_reported(warehouse):
    warehouse.connection.execute(
        "update sdtm.ae set aeendy = 40 where usubjid = 'PROACT-1'"
    )
    anchored = {"dates": "anchor"}
    # the last contact is day 1, the end of the event day 40: 39 days later
    assert column(warehouse, "DM", "RFENDTC", **anchored) == ["2000-01-01", None]
    ends = column(warehouse, "DM", "RFPENDTC", **anchored)
    assert ends == ["2000-02-09", "2000-01-01"]


def test_a_relative_has_the_reference_date_of_the_subject(warehouse):
    warehouse.add(
        *("sdtm", "apmh"),
        *(
            {
                **{"studyid": "PROACT", "domain": "APMH", "apid": f"{subject}-MOTHER"},
                **{"rsubjid": subject, "mhseq": 1, "mhterm": "ALS", "mhdy": 1},
            }
            for subject in ("PROACT-1", "PROACT-2")
        ),
    )
    anchored = {"dates": "anchor"}
    assert column(warehouse, "APMH", "MHDY", **anchored) == [1, None]
    assert column(warehouse, "APMH", "MHDTC", **anchored) == ["2000-01-01"] * 2


def test_a_day_stays_beside_its_expected_date(warehouse):
    names = dataset(warehouse, "EX", dates="anchor").rows.column_names
    assert names[-4:] == ["EXSTDTC", "EXENDTC", "EXSTDY", "EXENDY"]
