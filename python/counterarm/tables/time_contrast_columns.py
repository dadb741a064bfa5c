"""Columns of the table of contrasts of doses, and its definitions in words."""

from counterarm.tables.frames import COUNT, NUMBER, TEXT

TYPES = {
    "analysis_id": TEXT,
    "contrast_id": TEXT,
    "endpoint": TEXT,
    "variant": TEXT,
    "method": TEXT,
    "landmark": COUNT,
    "horizon": TEXT,
    "horizon_day": COUNT,
    "model_id": TEXT,
    "term": TEXT,
    "reference": TEXT,
    "variance": TEXT,
    "ties": TEXT,
    "coef": NUMBER,
    "se": NUMBER,
    "hazard_ratio": NUMBER,
    "ci_low": NUMBER,
    "ci_high": NUMBER,
    "z": NUMBER,
    "p_value": NUMBER,
    "naive_hazard_ratio": NUMBER,
    "ratio_to_naive": NUMBER,
    "n_matched": COUNT,
    "n_left_out_no_landmark": COUNT,
    "n_left_out_before_landmark": COUNT,
    "n_left_out_no_group": COUNT,
    "n_left_out_with_set": COUNT,
    "n_left_out_unknown_term": COUNT,
    "n": COUNT,
    "n_events": COUNT,
    "person_years": NUMBER,
    "group_n": COUNT,
    "group_events": COUNT,
    "group_person_years": NUMBER,
    "group_median_days": NUMBER,
    "group_survival_1y": NUMBER,
    "reference_n": COUNT,
    "reference_events": COUNT,
    "reference_person_years": NUMBER,
    "reference_median_days": NUMBER,
    "reference_survival_1y": NUMBER,
    "adjusted_for": TEXT,
    "definition": TEXT,
    "note": TEXT,
}
DEFINITIONS = {
    "naive": "time from index; groups by all doses ever given, known only later",
    "naive_doses": "time from index; number of all doses ever given, known only later",
    "landmark_day": "time from day {landmark}; those at risk after it, in groups by "
    "the doses received by it",
    "landmark_dose": "time from the day of the treated's dose {landmark}, for controls "
    "as many days after their index; those at risk after it, in groups by the doses "
    "received by it",
    "delayed_entry": "time from index; groups by all doses ever given, at risk from "
    "the dose that makes a member; who never gets another is still known only later",
    "time_dependent": "time from index; group by the doses so far, changing on the day "
    "after a dose; time with a number of doses of no group is not counted",
    "time_dependent_doses": "time from index; number of doses so far, changing on the "
    "day after a dose",
}
LEFT_OUT = {
    "no_landmark": "n_left_out_no_landmark",
    "before_entry": "n_left_out_before_landmark",
    "no_group": "n_left_out_no_group",
    "with_set": "n_left_out_with_set",
}
