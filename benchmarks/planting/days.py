"""Defects of PRO-ACT's days: other units, signs and codes for missing."""

from planting.delivery import (
    CONTROL,
    OTHER_CONTROL,
    defect,
    of,
)


@defect("date")
def proact_delta_huge(delivery):
    delivery.set_value("alsfrs", of(OTHER_CONTROL), "alsfrs_delta", "99999", 2)


@defect("date")
def proact_delta_9999(delivery):
    delivery.set_value("alsfrs", of(OTHER_CONTROL), "alsfrs_delta", "9999", 2)


@defect("date")
def proact_delta_2500(delivery):
    delivery.set_value("alsfrs", of(OTHER_CONTROL), "alsfrs_delta", "2500", 2)


@defect("date")
def proact_delta_neg(delivery):
    delivery.set_value(
        "alsfrs", of(OTHER_CONTROL), "alsfrs_delta", lambda v: "-" + v, 2
    )


@defect("date")
def proact_delta_neg_all(delivery):
    delivery.edit_rows(
        "alsfrs",
        lambda r, h: [
            x
            if i == 0
            else [
                (
                    ("-" + y)
                    if j == h["alsfrs_delta"]
                    and y not in ("", "0")
                    and not y.startswith("-")
                    else y
                )
                for j, y in enumerate(x)
            ]
            for i, x in enumerate(r)
        ],
    )


@defect("date")
def proact_delta_months(delivery):
    delivery.edit_rows(
        "alsfrs",
        lambda r, h: [
            x
            if i == 0
            else [
                (
                    str(int(int(y) / 30))
                    if j == h["alsfrs_delta"] and y.lstrip("-").isdigit()
                    else y
                )
                for j, y in enumerate(x)
            ]
            for i, x in enumerate(r)
        ],
    )


@defect("date")
def proact_delta_weeks(delivery):
    delivery.edit_rows(
        "alsfrs",
        lambda r, h: [
            x
            if i == 0
            else [
                (
                    str(int(int(y) / 7))
                    if j == h["alsfrs_delta"] and y.lstrip("-").isdigit()
                    else y
                )
                for j, y in enumerate(x)
            ]
            for i, x in enumerate(r)
        ],
    )


@defect("date")
def proact_death_months(delivery):
    delivery.edit_rows(
        "deathdata",
        lambda r, h: [
            x
            if i == 0
            else [
                (str(int(int(y) / 30)) if j == h["death_days"] and y.isdigit() else y)
                for j, y in enumerate(x)
            ]
            for i, x in enumerate(r)
        ],
    )


@defect("date")
def proact_death_weeks(delivery):
    delivery.edit_rows(
        "deathdata",
        lambda r, h: [
            x
            if i == 0
            else [
                (str(int(int(y) / 7)) if j == h["death_days"] and y.isdigit() else y)
                for j, y in enumerate(x)
            ]
            for i, x in enumerate(r)
        ],
    )


@defect("date")
def proact_death_neg(delivery):
    delivery.set_value("deathdata", of(CONTROL), "death_days", lambda v: "-" + v, None)


@defect("date")
def proact_death_0(delivery):
    delivery.set_value("deathdata", of(CONTROL), "death_days", "0", None)


@defect("date")
def proact_death_huge(delivery):
    delivery.set_value("deathdata", of(CONTROL), "death_days", "99999", None)


@defect("date")
def proact_death_before_visit(delivery):
    delivery.set_value("deathdata", of(CONTROL), "death_days", "20", None)


@defect("date")
def proact_death_decimal(delivery):
    delivery.set_value("deathdata", of(CONTROL), "death_days", lambda v: v + ".5", None)


@defect("date")
def proact_death_sci(delivery):
    delivery.set_value(
        "deathdata", of(CONTROL), "death_days", lambda v: f"{int(v):E}", None
    )


@defect("date")
def proact_death_sci_trunc(delivery):
    delivery.set_value("deathdata", of(CONTROL), "death_days", "3.5E2", None)


@defect("date")
def proact_two_deaths(delivery):
    delivery.add_row(
        "deathdata", subject_id=CONTROL, subject_died="Yes", death_days="700"
    )


@defect("date")
def proact_yes_and_no(delivery):
    delivery.add_row("deathdata", subject_id=CONTROL, subject_died="No")


@defect("date")
def proact_no_with_day(delivery):
    delivery.set_value("deathdata", of(CONTROL), "subject_died", "No", None)


@defect("date")
def proact_onset_positive(delivery):
    delivery.set_value(
        "alshistory",
        lambda x: x["subject_id"] == CONTROL and x["onset_delta"],
        "onset_delta",
        lambda v: v.lstrip("-"),
        None,
    )


@defect("date")
def proact_onset_all_positive(delivery):
    delivery.edit_rows(
        "alshistory",
        lambda r, h: [
            x
            if i == 0
            else [
                (y.lstrip("-") if j in (h["onset_delta"], h["diagnosis_delta"]) else y)
                for j, y in enumerate(x)
            ]
            for i, x in enumerate(r)
        ],
    )


@defect("date")
def proact_onset_months(delivery):
    delivery.edit_rows(
        "alshistory",
        lambda r, h: [
            x
            if i == 0
            else [
                (
                    str(int(int(y) / 30))
                    if j in (h["onset_delta"], h["diagnosis_delta"])
                    and y.lstrip("-").isdigit()
                    else y
                )
                for j, y in enumerate(x)
            ]
            for i, x in enumerate(r)
        ],
    )
