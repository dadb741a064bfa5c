"""Defects of headings: renamed, repeated, swapped, missing."""

from planting.delivery import (
    defect,
)


@defect("heading")
def column_renamed_required(delivery):
    delivery.edit_bytes(
        "hanyang/events", lambda b: b.replace(b"event_date", b"date", 1)
    )


@defect("heading")
def column_renamed_optional(delivery):
    delivery.edit_bytes(
        "alsfrs", lambda b: b.replace(b"ALSFRS_Total", b"ALSFRS_Sum", 1)
    )


@defect("heading")
def column_duplicated(delivery):
    delivery.edit_rows("hanyang/events", lambda r, h: [[*x, x[2]] for x in r])


@defect("heading")
def onset_diag_swapped_col(delivery):
    delivery.edit_bytes(
        "hanyang/subjects",
        lambda b: b.replace(
            b"onset_date,diagnosis_date", b"diagnosis_date,onset_date", 1
        ),
    )


@defect("heading")
def onset_diag_swapped_proact(delivery):
    delivery.edit_bytes(
        "alshistory",
        lambda b: b.replace(
            b"Onset_Delta,Diagnosis_Delta", b"Diagnosis_Delta,Onset_Delta", 1
        ),
    )


@defect("heading")
def extra_column(delivery):
    delivery.edit_rows(
        "hanyang/subjects",
        lambda r, h: [
            x + (["site_note"] if i == 0 else ["ok"]) for i, x in enumerate(r)
        ],
    )


@defect("heading")
def heading_spaces(delivery):
    delivery.edit_bytes(
        "hanyang/events", lambda b: b.replace(b"event_date", b" Event_Date ", 1)
    )


@defect("heading")
def heading_nbsp(delivery):
    delivery.edit_bytes(
        "hanyang/events", lambda b: b.replace(b"event_date", b"event_date\xc2\xa0", 1)
    )


@defect("heading")
def columns_reordered(delivery):
    delivery.edit_rows(
        "hanyang/visits",
        lambda r, h: [[x[i] for i in reversed(range(len(x)))] for x in r],
    )


@defect("heading")
def headings_missing(delivery):
    delivery.edit_bytes("hanyang/events", lambda b: b.split(b"\n", 1)[1])
