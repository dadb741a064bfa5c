"""Defects of values: impossible, in another unit or code, exchanged."""

from planting.delivery import (
    CONTROL,
    OTHER_TREATED,
    TREATED,
    defect,
    of,
)


def always(row):
    """Hold for every row."""
    return True


def times(factor):
    """Return what multiplies a number and leaves all other texts as they are."""

    def multiply(text):
        try:
            return str(round(float(text) * factor, 1))
        except ValueError:
            return text

    return multiply


@defect("value")
def age_0(delivery):
    delivery.set_value("demographics", of(CONTROL), "age", "0", None)


@defect("value")
def age_150(delivery):
    delivery.set_value("demographics", of(CONTROL), "age", "150", None)


@defect("value")
def age_999(delivery):
    delivery.set_value("demographics", of(CONTROL), "age", "999", None)


@defect("value")
def age_decimal_comma(delivery):
    delivery.set_value("demographics", of(CONTROL), "age", lambda v: v + ",5", None)


@defect("value")
def site_age_150(delivery):
    delivery.set_value("hanyang/subjects", of(TREATED), "age_at_first_dose", "150")


@defect("value")
def site_age_0(delivery):
    delivery.set_value("hanyang/subjects", of(TREATED), "age_at_first_dose", "0")


@defect("value")
def site_age_months(delivery):
    delivery.set_value(
        "hanyang/subjects", of(TREATED), "age_at_first_dose", lambda v: str(int(v) * 12)
    )


@defect("value")
def site_age_swapped_digits(delivery):
    delivery.set_value(
        "hanyang/subjects", of(TREATED), "age_at_first_dose", lambda v: v[::-1]
    )


@defect("value")
def decimal_comma_fvc(delivery):
    delivery.edit_rows(
        "fvc",
        lambda r, h: [
            x if i == 0 else [y.replace(".", ",") for y in x] for i, x in enumerate(r)
        ],
    )


@defect("value")
def thousands_lab(delivery):
    delivery.set_value("vitalsigns", of(CONTROL), "weight", "1,062", 0)


@defect("value")
def fvc_ml(delivery):
    delivery.set_value("fvc", always, "subject_liters_trial_1", times(1000), None)


@defect("value")
def weight_lb_all(delivery):
    delivery.set_value("vitalsigns", always, "weight", times(2.2046), None)


@defect("value")
def weight_lb_one(delivery):
    delivery.set_value(
        "vitalsigns",
        lambda x: x["subject_id"] == CONTROL and x["weight"],
        "weight",
        lambda v: str(round(float(v) * 2.2046, 1)),
        None,
    )


@defect("value")
def height_inch_one(delivery):
    delivery.set_value(
        "vitalsigns",
        lambda x: x["subject_id"] == CONTROL and x["height"],
        "height",
        lambda v: str(round(float(v) / 2.54, 1)),
        None,
    )


@defect("value")
def height_weight_swapped(delivery):
    delivery.edit_bytes(
        "vitalsigns",
        lambda b: b.replace(b"Height,Height_Units", b"Weight,Weight_Units", 1).replace(
            b"Temperature_Units,Weight,Weight_Units",
            b"Temperature_Units,Height,Height_Units",
            1,
        ),
    )


@defect("value")
def na_tokens_age(delivery):
    delivery.set_value("hanyang/subjects", of(TREATED), "age_at_first_dose", "NA")


@defect("value")
def null_token_date(delivery):
    delivery.set_value("hanyang/events", of(OTHER_TREATED), "event_date", "NULL")


@defect("value")
def dash_token_sex(delivery):
    delivery.set_value("hanyang/subjects", of(TREATED), "sex", "-")


@defect("value")
def na_token_onset_site(delivery):
    delivery.set_value("hanyang/subjects", of(TREATED), "onset_site", "N/A")


@defect("value")
def na_token_medication(delivery):
    delivery.set_value(
        "hanyang/medications", lambda x: True, "medication", "NULL", None
    )


@defect("value")
def nullstr_escape(delivery):
    delivery.set_value("hanyang/events", of(TREATED), "event_date", "\\0")


@defect("value")
def nullstr_escape_event(delivery):
    delivery.set_value("hanyang/events", of(TREATED), "event", "\\0")


@defect("value")
def dot_missing(delivery):
    delivery.set_value("hanyang/visits", of(TREATED), "q1_speech", ".", 0)


@defect("value")
def code_trailing_space(delivery):
    delivery.set_value("hanyang/events", of(TREATED), "event", lambda v: v + "  ")


@defect("value")
def code_nbsp(delivery):
    delivery.set_value("hanyang/events", of(TREATED), "event", lambda v: v + "\u00a0")


@defect("value")
def code_lower(delivery):
    delivery.set_value("hanyang/events", of(TREATED), "event", lambda v: v.lower())


@defect("value")
def code_typo_event(delivery):
    delivery.set_value("hanyang/events", of(TREATED), "event", "DAETH")


@defect("value")
def code_death_as_withdrawn(delivery):
    delivery.set_value("hanyang/events", of(TREATED), "event", "WITHDRAWAL")


@defect("value")
def code_sex_1(delivery):
    delivery.edit_rows(
        "hanyang/subjects",
        lambda r, h: [
            x
            if i == 0
            else [
                ({"M": "1", "F": "2"}.get(y, y) if j == h["sex"] else y)
                for j, y in enumerate(x)
            ]
            for i, x in enumerate(r)
        ],
    )


@defect("value")
def code_sex_swapped(delivery):
    delivery.edit_rows(
        "hanyang/subjects",
        lambda r, h: [
            x
            if i == 0
            else [
                ({"M": "F", "F": "M"}.get(y, y) if j == h["sex"] else y)
                for j, y in enumerate(x)
            ]
            for i, x in enumerate(r)
        ],
    )


@defect("value")
def code_sex_word_one(delivery):
    delivery.set_value("hanyang/subjects", of(TREATED), "sex", "Mann")


@defect("value")
def code_onset_unknown(delivery):
    delivery.set_value("hanyang/subjects", of(TREATED), "onset_site", "SPINAL")


@defect("value")
def code_riluzole_2(delivery):
    delivery.set_value("hanyang/subjects", of(TREATED), "riluzole", "2")


@defect("value")
def code_arm_unknown(delivery):
    delivery.set_value("treatment", of(CONTROL), "study_arm", "Control")


@defect("value")
def code_arm_swapped(delivery):
    delivery.edit_rows(
        "treatment",
        lambda r, h: [
            x
            if i == 0
            else [({"Active": "Placebo", "Placebo": "Active"}.get(y, y)) for y in x]
            for i, x in enumerate(r)
        ],
    )


@defect("value")
def code_arm_placebo_one_active(delivery):
    delivery.set_value("treatment", of(CONTROL), "study_arm", "Active")


@defect("value")
def code_died_y(delivery):
    delivery.set_value("deathdata", of(CONTROL), "subject_died", "1", None)


@defect("value")
def code_died_true(delivery):
    delivery.set_value("deathdata", of(CONTROL), "subject_died", "TRUE", None)


@defect("value")
def code_country_name(delivery):
    delivery.set_value("hanyang/subjects", of(TREATED), "country", "Korea")


@defect("value")
def gastrostomy_flip(delivery):
    delivery.set_value("hanyang/visits", of(TREATED), "gastrostomy", "Y", 0)


@defect("value")
def dose_number_dup(delivery):
    delivery.set_value("hanyang/doses", of(OTHER_TREATED), "dose_number", "1", None)


@defect("value")
def dose_row_twice_diff_unit(delivery):
    rows = [
        [*x[:4], "70", x[5]]
        for x in delivery.rows("hanyang/doses")[1:]
        if x[0] == OTHER_TREATED
    ]
    delivery.edit_rows("hanyang/doses", lambda r, h: r.extend(rows))


@defect("value")
def dose_unit_wrong(delivery):
    delivery.set_value("hanyang/doses", of(OTHER_TREATED), "dose", "1000000", 0)
