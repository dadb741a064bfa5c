"""Defects of items and totals: out of range, turned round, of another scale."""

from planting.delivery import (
    CONTROL,
    TREATED,
    defect,
    of,
)


@defect("value")
def item_5(delivery):
    delivery.set_value("alsfrs", of(CONTROL), "q1_speech", "5", 0)


@defect("value")
def item_neg1(delivery):
    delivery.set_value("alsfrs", of(CONTROL), "q1_speech", "-1", 0)


@defect("value")
def item_minus99(delivery):
    delivery.set_value("alsfrs", of(CONTROL), "q1_speech", "-99", 0)


@defect("value")
def site_item_5(delivery):
    delivery.set_value("hanyang/visits", of(TREATED), "q1_speech", "5", 0)


@defect("value")
def site_item_neg(delivery):
    delivery.set_value("hanyang/visits", of(TREATED), "q1_speech", "-1", 0)


@defect("value")
def site_item_99(delivery):
    delivery.set_value("hanyang/visits", of(TREATED), "q1_speech", "99", None)


@defect("value")
def site_items_1_to_5(delivery):
    def f(r, h):
        for x in r[1:]:
            for c in h:
                if c[0] in "qr" and x[h[c]].isdigit():
                    x[h[c]] = str(int(x[h[c]]) + 1)

    delivery.edit_rows("hanyang/visits", f)


@defect("value")
def site_items_reversed(delivery):
    def f(r, h):
        for x in r[1:]:
            for c in h:
                if c[0] in "qr" and x[h[c]].isdigit():
                    x[h[c]] = str(4 - int(x[h[c]]))
            x[h["alsfrs_r_total"]] = ""

    delivery.edit_rows("hanyang/visits", f)


@defect("value")
def site_one_item_reversed(delivery):
    def f(r, h):
        for x in r[1:]:
            if x[h["q8_walking"]].isdigit():
                x[h["q8_walking"]] = str(4 - int(x[h["q8_walking"]]))

    delivery.edit_rows("hanyang/visits", f)


@defect("value")
def site_one_item_reversed_no_total(delivery):
    def f(r, h):
        for x in r[1:]:
            if x[h["q8_walking"]].isdigit():
                x[h["q8_walking"]] = str(4 - int(x[h["q8_walking"]]))
            x[h["alsfrs_r_total"]] = ""

    delivery.edit_rows("hanyang/visits", f)


@defect("value")
def total_over_48(delivery):
    delivery.set_value("alsfrs", of(CONTROL), "alsfrs_r_total", "52", 0)


@defect("value")
def site_total_over_48(delivery):
    delivery.set_value("hanyang/visits", of(TREATED), "alsfrs_r_total", "52", 0)


@defect("value")
def site_total_only_over(delivery):
    def f(r, h):
        for x in r[1:]:
            if x[0] == TREATED:
                for c in h:
                    if c[0] in "qr":
                        x[h[c]] = ""
                x[h["alsfrs_r_total"]] = "52"
                break

    delivery.edit_rows("hanyang/visits", f)


@defect("value")
def site_total_not_sum(delivery):
    delivery.set_value("hanyang/visits", of(TREATED), "alsfrs_r_total", "12", 0)


@defect("value")
def site_item_zero_for_missing(delivery):
    delivery.set_value("hanyang/visits", of(TREATED), "q4_handwriting", "0", None)


@defect("value")
def visit_dup_other_items(delivery):
    rows = [
        x[:2] + ["0"] * 12 + x[14:]
        for x in delivery.rows("hanyang/visits")[1:]
        if x[0] == TREATED
    ][:1]
    delivery.edit_rows("hanyang/visits", lambda r, h: r.extend(rows))


@defect("value")
def visits_all_dup_spaces(delivery):
    rows = [[*x[:-1], x[-1] + " "] for x in delivery.rows("hanyang/visits")[1:]]
    delivery.edit_rows("hanyang/visits", lambda r, h: r.extend(rows))
