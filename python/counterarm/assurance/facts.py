"""The facts that a patient may have, and the raw rows that state them.

Facts have one name and one set of words, those of the standard tables, for PRO-ACT and
for a site; the rows are those that either would deliver.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from counterarm.assurance.entries import Entry

SOURCE_OF_TRIALS = "PROACT"
# A site delivers dates: day 0 of each of its patients.
DAY_0 = date(2015, 1, 1)
Rows = dict[str, list[dict[str, str]]]

RACE_COLUMNS = {
    "WHITE": "race_caucasian",
    "ASIAN": "race_asian",
    "BLACK OR AFRICAN AMERICAN": "race_black_african_american",
    "OTHER": "race_other",
    "UNKNOWN": "race_unknown",
}
SEX_WORDS = {"F": "Female", "M": "Male"}
RILUZOLE_WORDS = {"Y": "Yes", "N": "No"}
ONSET_WORDS = {
    "BULBAR": "Onset: Bulbar",
    "LIMB": "Onset: Limb",
    "LIMB AND BULBAR": "Onset: Limb and Bulbar",
    "OTHER": "Onset: Other",
    "SPINE": "Onset: Spine",
}
ARM_WORDS = {"ACTIVE": "Active", "PLACEBO": "Placebo"}
VITAL_WORDS = {"ALIVE": "No", "DEAD": "Yes"}
# The twelve items of the ALSFRS-R, in its order: columns of PRO-ACT and of a site.
TRIAL_ITEMS = (
    *("q1_speech", "q2_salivation", "q3_swallowing", "q4_handwriting"),
    *("q5a_cutting_without_gastrostomy", "q6_dressing_and_hygiene"),
    *("q7_turning_in_bed", "q8_walking", "q9_climbing_stairs"),
    *("r_1_dyspnea", "r_2_orthopnea", "r_3_respiratory_insufficiency"),
)
SITE_ITEMS = (
    *("q1_speech", "q2_salivation", "q3_swallowing", "q4_handwriting"),
    *("q5_cutting", "q6_dressing", "q7_turning", "q8_walking", "q9_climbing"),
    *("r1_dyspnea", "r2_orthopnea", "r3_respiratory_insufficiency"),
)
HIGHEST_ITEM = 4


@dataclass(frozen=True)
class Fact:
    """A fact: what it says, how it is checked, and whose it may be."""

    says: str
    kind: Callable[[Entry], object]
    of_trials: bool = True
    of_sites: bool = True

    def check(self, entry: Entry, *, is_trial: bool) -> None:
        """Refuse a value of the wrong kind, or a fact that the source cannot state."""
        if not (self.of_trials if is_trial else self.of_sites):
            whose = "PRO-ACT" if is_trial else "a site"
            raise entry.error(f"{self.says} is no fact that {whose} delivers")
        if entry.value is not None:
            self.kind(entry)


def word_of(words: Mapping[str, str] | tuple[str, ...]) -> Callable[[Entry], str]:
    """Return a check that a value is one of some words."""

    def check(entry: Entry) -> str:
        text = entry.text("the fact")
        entry.known(text, set(words), "such word")
        return text

    return check


def day(entry: Entry) -> int:
    """Return a whole day."""
    return entry.whole("a day")


def number(entry: Entry) -> float:
    """Return a number."""
    text = entry.text("the fact")
    try:
        return float(text)
    except ValueError:
        raise entry.error(f"the fact must be a number, not {text!r}") from None


def days(entry: Entry) -> list[int]:
    """Return whole days, of a list or of one."""
    return [day(each) for each in entry.items("days")]


def visits(entry: Entry) -> dict[int, list[str]]:
    """Return day and items of each visit, whose value is a total or twelve items.

    A total is spread over the items as evenly as it goes, the first ones a point more.
    """
    found = {}
    for when, value in entry.mapping("visits").items():
        place = Entry(entry.file, value.line, when)
        if isinstance(value.value, list):
            items = [_item(each) for each in value.value]
            if len(items) != len(TRIAL_ITEMS):
                raise value.error(f"a visit has 12 items, not {len(items)}")
        else:
            total = value.whole("a total")
            if not 0 <= total <= HIGHEST_ITEM * len(TRIAL_ITEMS):
                raise value.error(f"a total is 0 to 48, not {total}")
            each_has, more = divmod(total, len(TRIAL_ITEMS))
            items = [str(each_has + (i < more)) for i in range(len(TRIAL_ITEMS))]
        found[day(place)] = items
    return found


def _item(entry: Entry) -> str:
    if entry.value is None:
        return ""
    if not 0 <= entry.whole("an item") <= HIGHEST_ITEM:
        raise entry.error(f"an item is 0 to 4, not {entry.value}")
    return str(entry.value)


def events(entry: Entry) -> dict[str, str]:
    """Return the day of each event of a site, empty for one without a date."""
    return {
        name: "" if value.value is None else str(day(value))
        for name, value in entry.mapping("events").items()
    }


FACTS: dict[str, Fact] = {
    "age": Fact("the age in years at day 0", number),
    "sex": Fact("the sex", word_of(SEX_WORDS)),
    "race": Fact("the race", word_of(RACE_COLUMNS)),
    "country": Fact("the country", lambda e: e.text("country"), of_trials=False),
    "arm": Fact("the arm", lambda e: e.text("arm")),
    "onset_site": Fact("the site of onset", word_of(ONSET_WORDS)),
    "onset_day": Fact("the day of onset", day),
    "diagnosis_day": Fact("the day of diagnosis", day),
    "enrolment_day": Fact("the day of enrolment", day, of_trials=False),
    "riluzole": Fact("the use of riluzole", word_of(RILUZOLE_WORDS)),
    "el_escorial": Fact("the El Escorial category", lambda e: e.text("category")),
    "visits": Fact("the assessments", visits),
    "doses": Fact("the days of doses", days, of_trials=False),
    "vital_status": Fact("a row on vital status", word_of(VITAL_WORDS)),
    "death_day": Fact("the day of death", day),
    "last_contact_day": Fact("the day of last contact", day, of_trials=False),
    "events": Fact("events by day", events, of_trials=False),
}


def trial_rows(facts: Mapping[str, Entry]) -> Rows:
    """Return the rows that PRO-ACT would deliver, without the subject's number."""
    has = facts.__contains__
    rows: Rows = {"demographics": [{"demographics_delta": "0"}]}
    person = rows["demographics"][0]
    if has("age"):
        person["age"] = _text(facts, "age")
    if has("sex"):
        person["sex"] = SEX_WORDS[_text(facts, "sex")]
    if has("race"):
        person[RACE_COLUMNS[_text(facts, "race")]] = "1"
    history = {
        "onset_delta": _text(facts, "onset_day"),
        "diagnosis_delta": _text(facts, "diagnosis_day"),
    }
    if has("onset_site"):
        history["site_of_onset"] = ONSET_WORDS[_text(facts, "onset_site")]
    if any(history.values()):
        rows["alshistory"] = [{"subject_als_history_delta": "0"} | history]
    if has("arm"):
        arm = _text(facts, "arm")
        rows["treatment"] = [
            {"study_arm": ARM_WORDS.get(arm, arm), "treatment_group_delta": "0"}
        ]
    if has("riluzole"):
        answer = RILUZOLE_WORDS[_text(facts, "riluzole")]
        rows["riluzole"] = [
            {"subject_used_riluzole": answer, "riluzole_use_delta": "0"}
        ]
    if has("el_escorial"):
        category = {"el_escorial": _text(facts, "el_escorial"), "delta_days": "0"}
        rows["elescorial"] = [category]
    status = _text(facts, "vital_status") or ("DEAD" if has("death_day") else "")
    if status:
        death = _text(facts, "death_day")
        rows["deathdata"] = [{"subject_died": VITAL_WORDS[status], "death_days": death}]
    if has("visits"):
        rows["alsfrs"] = [
            {"alsfrs_delta": str(when), **dict(zip(TRIAL_ITEMS, items, strict=True))}
            | {"alsfrs_r_total": _total(items)}
            for when, items in visits(facts["visits"]).items()
        ]
    return rows


def site_rows(facts: Mapping[str, Entry]) -> Rows:
    """Return the rows that a site would deliver, without the subject's id."""
    person = {
        "age_at_first_dose": _text(facts, "age"),
        "onset_date": _date(_text(facts, "onset_day")),
        "diagnosis_date": _date(_text(facts, "diagnosis_day")),
    }
    # a column that a site need not have
    if "enrolment_day" in facts:
        person["enrolment_date"] = _date(_text(facts, "enrolment_day"))
    alike = ("sex", "race", "country", "onset_site", "riluzole", "el_escorial", "arm")
    rows: Rows = {
        "subjects": [person | {fact: _text(facts, fact) for fact in alike}],
        "events": [],
    }
    if "doses" in facts:
        rows["doses"] = [
            {
                "dose_number": str(number),
                "dose_date": _date(str(when)),
                "treatment": "STUDY DRUG",
                "dose": "1",
                "dose_unit": "mg",
            }
            for number, when in enumerate(days(facts["doses"]), start=1)
        ]
    if "visits" in facts:
        rows["visits"] = [
            {"visit_date": _date(str(when)), "gastrostomy": "N"}
            | dict(zip(SITE_ITEMS, items, strict=True))
            | {"alsfrs_r_total": _total(items)}
            for when, items in visits(facts["visits"]).items()
        ]
    happened = events(facts["events"]) if "events" in facts else {}
    if "death_day" in facts or _text(facts, "vital_status") == "DEAD":
        happened["DEATH"] = _text(facts, "death_day")
    if "last_contact_day" in facts:
        happened["LAST_CONTACT"] = _text(facts, "last_contact_day")
    rows["events"] = [
        {"event": name, "event_date": _date(when)} for name, when in happened.items()
    ]
    return rows


def _text(facts: Mapping[str, Entry], name: str) -> str:
    return str(facts[name].value) if name in facts else ""


def _date(text: str) -> str:
    return (DAY_0 + timedelta(days=int(text))).isoformat() if text else ""


def _total(items: list[str]) -> str:
    return str(sum(map(int, items))) if all(items) else ""
