"""Defects of dates: other formats, other calendars, wrong years."""

from datetime import date, timedelta

from planting.delivery import (
    OTHER_TREATED,
    TREATED,
    defect,
    of,
)


def swapped(text):
    year, month, day = text.split("-")
    return f"{year}-{day}-{month}" if int(day) <= 12 else text


@defect("date")
def site_all_dates_dmy(delivery):
    delivery.edit_rows(
        "hanyang/events",
        lambda r, h: [
            x if i == 0 else [*x[:2], "/".join(reversed(x[2].split("-")))]
            for i, x in enumerate(r)
        ],
    )


@defect("date")
def one_date_dmy(delivery):
    delivery.set_value(
        "hanyang/events",
        of(TREATED),
        "event_date",
        lambda v: ".".join(reversed(v.split("-"))),
        None,
    )


@defect("date")
def day_month_swapped_death(delivery):
    delivery.edit_rows(
        "hanyang/events",
        lambda r, h: [
            x if i == 0 or not x[2] else [*x[:2], swapped(x[2])]
            for i, x in enumerate(r)
        ],
    )


@defect("date")
def day_month_swapped_one_death(delivery):
    delivery.set_value(
        "hanyang/events", of(TREATED), "event_date", lambda v: "2019-01-02"
    )


@defect("date")
def day_month_swapped_onset(delivery):
    def f(r, h):
        for x in r[1:]:
            if x[h["onset_date"]]:
                x[h["onset_date"]] = swapped(x[h["onset_date"]])

    delivery.edit_rows("hanyang/subjects", f)


@defect("date")
def excel_serial_all_visits(delivery):
    def f(r, h):
        for x in r[1:]:
            x[1] = str((date.fromisoformat(x[1]) - date(1899, 12, 30)).days)

    delivery.edit_rows("hanyang/visits", f)


@defect("date")
def excel_serial_one_death(delivery):
    delivery.set_value("hanyang/events", of(TREATED), "event_date", "43435")


@defect("date")
def excel_1904(delivery):
    def f(r, h):
        for x in r[1:]:
            x[1] = (date.fromisoformat(x[1]) + timedelta(days=1462)).isoformat()

    delivery.edit_rows("hanyang/visits", f)


@defect("date")
def two_digit_year(delivery):
    delivery.set_value("hanyang/events", of(TREATED), "event_date", lambda v: v[2:])


@defect("date")
def year_off_by_100(delivery):
    delivery.set_value(
        "hanyang/events", of(TREATED), "event_date", lambda v: "1" + "9" + v[2:]
    )


@defect("date")
def death_year_9999(delivery):
    delivery.set_value("hanyang/events", of(TREATED), "event_date", "9999-12-31")


@defect("date")
def last_contact_2099(delivery):
    delivery.set_value("hanyang/events", of(OTHER_TREATED), "event_date", "2099-12-31")


@defect("date")
def last_contact_future(delivery):
    delivery.set_value("hanyang/events", of(OTHER_TREATED), "event_date", "2031-06-30")


@defect("date")
def visit_year_plus10(delivery):
    delivery.set_value(
        "hanyang/visits",
        of(OTHER_TREATED),
        "visit_date",
        lambda v: str(int(v[:4]) + 10) + v[4:],
        2,
    )


@defect("date")
def visit_9999(delivery):
    delivery.set_value(
        "hanyang/visits", of(OTHER_TREATED), "visit_date", "9999-01-01", 2
    )


@defect("date")
def dose_year_minus1(delivery):
    delivery.set_value(
        "hanyang/doses",
        of(OTHER_TREATED),
        "dose_date",
        lambda v: str(int(v[:4]) - 1) + v[4:],
        0,
    )


@defect("date")
def single_dose_year_minus1(delivery):
    delivery.set_value(
        "hanyang/doses",
        of(TREATED),
        "dose_date",
        lambda v: str(int(v[:4]) - 1) + v[4:],
        0,
    )


@defect("date")
def dose_1900(delivery):
    delivery.set_value("hanyang/doses", of(OTHER_TREATED), "dose_date", "1900-01-01", 0)


@defect("date")
def datetime_stamp(delivery):
    delivery.set_value(
        "hanyang/events", of(TREATED), "event_date", lambda v: v + " 00:00:00"
    )


@defect("date")
def datetime_T(delivery):  # noqa: N802  the letter of ISO 8601
    delivery.set_value(
        "hanyang/events", of(TREATED), "event_date", lambda v: v + "T00:00"
    )


@defect("date")
def date_partial(delivery):
    delivery.set_value("hanyang/events", of(TREATED), "event_date", lambda v: v[:7])


@defect("date")
def date_feb30(delivery):
    delivery.set_value("hanyang/events", of(TREATED), "event_date", "2019-02-30")


@defect("date")
def date_arabic_digits(delivery):
    delivery.set_value(
        "hanyang/events",
        of(TREATED),
        "event_date",
        lambda v: v.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
    )


@defect("date")
def site_death_before_last_visit(delivery):
    delivery.set_value(
        "hanyang/events",
        of(TREATED),
        "event_date",
        lambda v: str(int(v[:4]) - 1) + v[4:],
    )


@defect("date")
def site_two_deaths(delivery):
    delivery.add_row(
        "hanyang/events", subject_id=TREATED, event="DEATH", event_date="2021-06-01"
    )


@defect("date")
def site_death_after_contact(delivery):
    delivery.add_row(
        "hanyang/events",
        subject_id=OTHER_TREATED,
        event="DEATH",
        event_date="2018-06-01",
    )


@defect("date")
def site_dose_after_death(delivery):
    delivery.add_row(
        "hanyang/doses", subject_id=TREATED, dose_number="99", dose_date="2024-01-01"
    )


@defect("date")
def site_death_no_date(delivery):
    delivery.set_value("hanyang/events", of(TREATED), "event_date", "")


@defect("date")
def site_death_row_lost(delivery):
    delivery.edit_rows("hanyang/events", lambda r, h: [x for x in r if x[0] != TREATED])


@defect("date")
def site_onset_year_wrong(delivery):
    delivery.set_value(
        "hanyang/subjects",
        of(TREATED),
        "onset_date",
        lambda v: str(int(v[:4]) - 10) + v[4:],
    )


@defect("date")
def site_onset_after_dose(delivery):
    delivery.set_value("hanyang/subjects", of(TREATED), "onset_date", "2022-01-01")


@defect("date")
def site_all_dates_shift_one_visitfile(delivery):
    def f(r, h):
        for x in r[1:]:
            x[1] = (date.fromisoformat(x[1]) + timedelta(days=365)).isoformat()

    delivery.edit_rows("hanyang/visits", f)
