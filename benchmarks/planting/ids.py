"""Defects of subjects' numbers: written otherwise, given twice, exchanged."""

import contextlib

from planting.delivery import (
    CONTROL,
    OTHER_TREATED,
    TREATED,
    defect,
    of,
)


@defect("id")
def dup_subject_other_sex(delivery):
    def f(r, h):
        x = next(y for y in r if y[0] == TREATED)
        x = list(x)
        x[h["sex"]] = "F" if x[h["sex"]] == "M" else "M"
        r.append(x)

    delivery.edit_rows("hanyang/subjects", f)


@defect("id")
def dup_subject_other_sex_first(delivery):
    def f(r, h):
        x = next(y for y in r if y[0] == TREATED)
        x = list(x)
        x[h["sex"]] = "F" if x[h["sex"]] == "M" else "M"
        r.insert(1, x)

    delivery.edit_rows("hanyang/subjects", f)


@defect("id")
def dup_proact_other_sex_first(delivery):
    def f(r, h):
        x = next(y for y in r if y[0] == CONTROL)
        x = list(x)
        x[h["sex"]] = "Female" if x[h["sex"]] == "Male" else "Male"
        x[h["age"]] = "33"
        r.insert(1, x)

    delivery.edit_rows("demographics", f)


@defect("id")
def proact_id_float(delivery):
    delivery.set_value("alsfrs", of(CONTROL), "subject_id", lambda v: v + ".0", None)


@defect("id")
def proact_id_float_death(delivery):
    delivery.set_value("deathdata", of(CONTROL), "subject_id", lambda v: v + ".0", None)


@defect("id")
def proact_id_float_all(delivery):
    delivery.edit_rows(
        "deathdata",
        lambda r, h: [[x[0] + ".0" if i else x[0], *x[1:]] for i, x in enumerate(r)],
    )


@defect("id")
def proact_id_zeros(delivery):
    delivery.set_value(
        "deathdata", of(CONTROL), "subject_id", lambda v: "000" + v, None
    )


@defect("id")
def proact_id_spaces(delivery):
    delivery.set_value(
        "deathdata", of(CONTROL), "subject_id", lambda v: " " + v + " ", None
    )


@defect("id")
def proact_id_sci(delivery):
    delivery.set_value(
        "deathdata", of(CONTROL), "subject_id", lambda v: f"{float(v):.5E}", None
    )


@defect("id")
def proact_id_thousands(delivery):
    delivery.set_value(
        "deathdata", of(CONTROL), "subject_id", lambda v: f"{int(v):,}", None
    )


@defect("id")
def site_id_lower(delivery):
    delivery.set_value(
        "hanyang/events", of(TREATED), "subject_id", lambda v: v.lower(), None
    )


@defect("id")
def site_id_zeros_dropped(delivery):
    delivery.set_value(
        "hanyang/events",
        of(TREATED),
        "subject_id",
        lambda v: v.replace("HYU-0", "HYU-"),
        None,
    )


@defect("id")
def site_id_inner_space(delivery):
    delivery.set_value(
        "hanyang/events",
        of(TREATED),
        "subject_id",
        lambda v: v.replace("-", " -"),
        None,
    )


@defect("id")
def site_id_nbsp(delivery):
    delivery.set_value(
        "hanyang/events", of(TREATED), "subject_id", lambda v: v + "\u00a0", None
    )


@defect("id")
def site_id_tab(delivery):
    delivery.set_value(
        "hanyang/events", of(TREATED), "subject_id", lambda v: v + "\t", None
    )


@defect("id")
def site_id_zwsp(delivery):
    delivery.set_value(
        "hanyang/events", of(TREATED), "subject_id", lambda v: v + "\u200b", None
    )


@defect("id")
def site_id_endash(delivery):
    delivery.set_value(
        "hanyang/events",
        of(TREATED),
        "subject_id",
        lambda v: v.replace("-", "\u2013"),
        None,
    )


@defect("id")
def site_id_fullwidth(delivery):
    delivery.set_value(
        "hanyang/events",
        of(TREATED),
        "subject_id",
        lambda v: v.replace("0", "\uff10"),
        None,
    )


@defect("id")
def site_id_visits_lower(delivery):
    delivery.set_value(
        "hanyang/visits", of(OTHER_TREATED), "subject_id", lambda v: v.lower(), None
    )


@defect("id")
def site_id_ae_lower(delivery):
    delivery.set_value(
        "hanyang/adverse_events",
        of(OTHER_TREATED),
        "subject_id",
        lambda v: v.lower(),
        None,
    )


@defect("id")
def site_id_sql(delivery):
    for t in ["subjects", "doses", "visits", "events", "adverse_events", "medications"]:
        with contextlib.suppress(AssertionError):
            delivery.set_value(
                f"hanyang/{t}",
                of(TREATED),
                "subject_id",
                "x'); drop table staging.stg_site__visits; --",
                None,
            )


@defect("id")
def site_id_html(delivery):
    for t in ["subjects", "doses", "visits", "events", "adverse_events", "medications"]:
        with contextlib.suppress(AssertionError):
            delivery.set_value(
                f"hanyang/{t}",
                of(TREATED),
                "subject_id",
                "<script>alert(1)</script>",
                None,
            )


@defect("id")
def same_subject_two_sites(delivery):
    for t in ["subjects", "doses", "visits", "events"]:
        rows = [x for x in delivery.rows(f"hanyang/{t}")[1:] if x[0] == TREATED]
        delivery.edit_rows(f"olsztyn/{t}", lambda r, h, rows=rows: r.extend(rows))


@defect("id")
def same_person_two_numbers(delivery):
    for t in ["subjects", "doses", "visits", "events"]:
        rows = [
            [TREATED + "B", *x[1:]]
            for x in delivery.rows(f"hanyang/{t}")[1:]
            if x[0] == TREATED
        ]
        delivery.edit_rows(f"hanyang/{t}", lambda r, h, rows=rows: r.extend(rows))


@defect("id")
def ids_swapped_two_patients(delivery):
    def f(r, h):
        for x in r[1:]:
            if x[0] == TREATED:
                x[0] = "__"
            elif x[0] == OTHER_TREATED:
                x[0] = TREATED
        for x in r[1:]:
            if x[0] == "__":
                x[0] = OTHER_TREATED

    delivery.edit_rows("hanyang/events", f)


@defect("id")
def visits_unknown_subject(delivery):
    rows = [
        ["HYU-9999", *x[1:]]
        for x in delivery.rows("hanyang/visits")[1:]
        if x[0] == TREATED
    ]
    delivery.edit_rows("hanyang/visits", lambda r, h, rows=rows: r.extend(rows))


@defect("id")
def dose_unknown_subject(delivery):
    delivery.add_row(
        "hanyang/doses", subject_id="HYU-9999", dose_number="1", dose_date="2018-01-01"
    )


@defect("id")
def dose_empty_subject(delivery):
    delivery.set_value("hanyang/doses", of(OTHER_TREATED), "subject_id", "")


@defect("id")
def visit_empty_subject(delivery):
    delivery.set_value("hanyang/visits", of(OTHER_TREATED), "subject_id", "", 1)


@defect("id")
def treated_number_of_another(delivery):
    delivery.set_value("hanyang/doses", of(OTHER_TREATED), "subject_id", TREATED, None)
