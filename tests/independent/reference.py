"""The rules of the cohorts once more, in plain Python, from the design and no model.

Written from the definitions (docs/definitions.md), not from the SQL, which it is there
to check: people in dicts, one at a time. A fact that is missing is not there; a result
that cannot be evaluated is None.
"""

from dataclasses import dataclass, field
from statistics import quantiles

DAYS_PER_MONTH = 365 / 12
DOMAINS = ((0, 3), (3, 6), (6, 9), (9, 12))
FT9_THRESHOLD = 9
ONSET = {"LIMB": "LIMB", "SPINE": "LIMB", "BULBAR": "BULBAR", "OTHER": "OTHER"}
PROCEDURES = {
    "TRACHEOSTOMY": "TRACHEOSTOMY",
    "PERMANENT_VENTILATION": "MECHANICAL VENTILATION",
}
STATISTICS = {"q1": 0, "median": 1, "q3": 2}


@dataclass
class Rule:
    """The protocol of one analysis."""

    name: str
    arms: dict[str, tuple[str, str, str]]  # arm: study, arm of it or ANY, index rule
    windows: list[dict]  # arm, window_id, anchor, offset, low, high, requires
    steps: list[dict]  # step, criterion, arm, variable, operator, value
    endpoints: dict[str, dict[str, set[str]]]  # endpoint: arm: events
    follow_up: tuple[str, int | None, str] = ("as_recorded", None, "control")


@dataclass
class Result:
    """What an analysis makes of a person."""

    arm: str
    values: dict[str, object]
    endpoints: dict[str, tuple[int | None, bool | None]]
    outcomes: dict[int, tuple[str, str]] = field(default_factory=dict)

    @property
    def excluded(self) -> tuple[int, str] | None:
        """The first step that is not met, and its criterion."""
        failed = [step for step, (_, how) in self.outcomes.items() if how != "met"]
        return (min(failed), self.outcomes[min(failed)][0]) if failed else None


def cohort(rule: Rule, people: dict[str, dict]) -> dict[str, Result]:
    """Return the candidates of an analysis, by the name of the person."""
    contacted = {
        person["source"] for person in people.values() if "last_contact_day" in person
    }
    found = {}
    for name, person in people.items():
        for arm, (study, arm_of_it, index_rule) in rule.arms.items():
            if person["source"] == study and arm_of_it in ("ANY", person.get("arm")):
                index = index_day(rule, arm, index_rule, person)
                ends = {
                    endpoint: time_to_event(
                        rule, arm, events[arm], person, index, contacted
                    )
                    for endpoint, events in rule.endpoints.items()
                }
                found[name] = Result(arm, covariates(rule, arm, person, index), ends)
                found[name].values["follow_up_days"] = ends["OS"][0]
    bounds = order_statistics(rule, found)
    for result in found.values():
        result.outcomes = outcomes(rule.steps, result, bounds)
    return found


def total(items: list) -> int | None:
    return None if None in items else sum(items)


def usable(items: list, requires: str) -> bool:
    return requires == "any" or None not in items


def nearest(person: dict, target: int | None, window: dict) -> int | None:
    """Return the day of the nearest assessment; of two as near, the earlier."""
    if target is None:
        return None
    days = [
        day
        for day, items in person.get("visits", {}).items()
        if window["low"] <= day - target <= window["high"]
        and usable(items, window["requires"])
    ]
    return min(days, key=lambda day: (abs(day - target), day), default=None)


def window_of(rule: Rule, arm: str, name: str) -> dict | None:
    for window in rule.windows:
        if window["window_id"] == name and window["arm"] in (arm, "both"):
            return window
    return None


def index_day(rule: Rule, arm: str, index_rule: str, person: dict) -> int | None:
    if index_rule == "trial_entry":
        return 0
    if index_rule == "first_dose":
        return min(person.get("doses", []), default=None)
    window = window_of(rule, arm, "baseline")
    return nearest(person, window["offset"], window)


def covariates(rule: Rule, arm: str, person: dict, index: int | None) -> dict:
    visits = person.get("visits", {})
    window = window_of(rule, arm, "baseline")
    start = 0 if window["anchor"] == "trial_entry" else index
    target = None if start is None else start + window["offset"]
    baseline = nearest(person, target, window)
    run_in_window = window_of(rule, arm, "run_in")
    run_in = None
    if run_in_window and baseline is not None:
        run_in = nearest(person, baseline + run_in_window["offset"], run_in_window)
    symptom_days = duration(person.get("onset_day"), index)
    disease_days = duration(person.get("diagnosis_day"), index)
    score = None if baseline is None else total(visits[baseline])
    earlier = None if run_in is None else total(visits[run_in])
    return {
        "arm": arm,
        "index_day": index,
        "index_assessment_day": baseline,
        "age": person.get("age"),
        "sex": person.get("sex"),
        "race": None if person.get("race") == "UNKNOWN" else person.get("race"),
        "onset_site": ONSET.get(person.get("onset_site"), person.get("onset_site")),
        "riluzole": riluzole(person, index),
        "vital_status": vital_status(person),
        "alsfrs_r_total": score,
        "ft9_stage": None if baseline is None else ft9(visits[baseline]),
        "symptom_days": symptom_days,
        "symptom_months": months(symptom_days),
        "disease_days": disease_days,
        "disease_months": months(disease_days),
        "initial_progression_speed": None
        if score is None or disease_days is None
        else (48 - score) / (months(disease_days) + 12),
        "progression_rate": None
        if score is None or earlier is None or run_in == baseline
        else (score - earlier) / months(baseline - run_in),
        "n_doses": len(person.get("doses", [])),
        "n_assessments_after_index": None
        if index is None
        else sum(day > index for day in visits),
        "is_ventilated_at_index": ventilated(person, index),
    }


def months(days: int | None) -> float | None:
    return None if days is None else days / DAYS_PER_MONTH


def duration(since: int | None, index: int | None) -> int | None:
    known = since is not None and index is not None and since <= index
    return index - since if known else None


def ft9(items: list) -> int | None:
    domains = [items[low:high] for low, high in DOMAINS]
    if any(None in domain for domain in domains):
        return None
    return 1 + sum(sum(domain) < FT9_THRESHOLD for domain in domains)


def riluzole(person: dict, index: int | None) -> str | None:
    if "riluzole" in person:
        return person["riluzole"]
    for start, stop in person.get("riluzole_lines", []):
        if (
            index is not None
            and (start is None or start <= index)
            and (stop is None or stop >= index)
        ):
            return "Y"
    return None


def vital_status(person: dict) -> str | None:
    if person.get("vital_status") == "DEAD" or "death_day" in person:
        return "DEAD"
    if person["source"] != "PROACT":
        return "ALIVE"
    return person.get("vital_status")


def ventilated(person: dict, index: int | None) -> bool | None:
    if index is None:
        return None
    days = list(person.get("events", {}).values())
    if any(day is not None and day <= index for day in days):
        return True
    return None if None in days else False


def time_to_event(
    rule: Rule,
    arm: str,
    wanted: set[str],
    person: dict,
    index: int | None,
    contacted: set[str],
) -> tuple[int | None, bool | None]:
    """Return days and whether the event occurred, under the rule of follow-up."""
    if index is None:
        return None, None
    procedures = {
        PROCEDURES[name]: day
        for name, day in person.get("events", {}).items()
        if PROCEDURES[name] in wanted
    }
    dated = [day for day in procedures.values() if day is not None]
    if "death_day" in person and "DEATH" in wanted:
        dated.append(person["death_day"])
    event = min(dated) - index if dated else None
    if None in procedures.values() and (event is None or event > 0):
        return None, None
    seen_days = list(person.get("visits", {}))
    if "last_contact_day" in person:
        seen_days.append(person["last_contact_day"])
    seen = max(seen_days) - index if seen_days else None
    how, days, arms = rule.follow_up
    dead_some_day = person.get("vital_status") == "DEAD" and "death_day" not in person
    is_site = person["source"] != "PROACT"
    is_ruled = arms in (arm, "both") or (is_site and person["source"] not in contacted)
    end = None
    if how == "horizon":
        end = days
        stays = not is_ruled and event is None
        if (stays or (is_ruled and dead_some_day)) and seen is not None:
            end = min(days, seen)
    elif how == "window" and is_ruled:
        if seen is None:
            return None, None
        end = seen if dead_some_day else seen + days
    if event is not None:
        return (event, True) if end is None or event <= end else (end, False)
    if seen is None:
        return None, None
    return (seen if end is None else end), False


def order_statistics(
    rule: Rule, found: dict[str, Result]
) -> dict[tuple[str, str], float]:
    """Return quartiles of those who meet every step that compares with none."""
    statistical = {one["step"] for one in rule.steps if one["value"] in STATISTICS}
    others = [one for one in rule.steps if one["step"] not in statistical]
    kept = [
        result
        for result in found.values()
        if all(how == "met" for _, how in outcomes(others, result, {}).values())
    ]
    bounds = {}
    for step in rule.steps:
        if step["value"] in STATISTICS:
            known = [one.values[step["variable"]] for one in kept]
            known = [float(value) for value in known if value is not None]
            place = STATISTICS[step["value"]]
            if len(known) == 1:
                bounds[step["variable"], step["value"]] = known[0]
            elif known:
                cut = quantiles(known, n=4, method="inclusive")[place]
                bounds[step["variable"], step["value"]] = cut
    return bounds


def outcomes(
    steps: list[dict], result: Result, bounds: dict[tuple[str, str], float]
) -> dict[int, tuple[str, str]]:
    """Return criterion and outcome of each step: not met decides over not evaluable."""
    found: dict[int, tuple[str, list[str]]] = {}
    for step in steps:
        if step["arm"] in (result.arm, "both"):
            bound = bounds.get((step["variable"], step["value"]), step["value"])
            if step["value"] in STATISTICS and isinstance(bound, str):
                how = "not evaluable"
            else:
                value = result.values[step["variable"]]
                how = condition(value, step["operator"], bound)
            found.setdefault(step["step"], (step["criterion"], []))[1].append(how)
    worst = ("not met", "not evaluable", "met")
    return {
        step: (criterion, next(how for how in worst if how in hows))
        for step, (criterion, hows) in found.items()
    }


def condition(value: object, operator: str, bound: object) -> str:
    if operator == "known":
        return "met" if value is not None else "not met"
    if value is None:
        return "not evaluable"
    if isinstance(value, bool):
        is_met = str(value).lower() == bound
        return "met" if is_met == (operator == "=") else "not met"
    if operator == "in":
        levels = str(bound).split("|")
        return "met" if str(value) in levels else "not met"
    if isinstance(value, str):
        return "met" if (value == bound) == (operator == "=") else "not met"
    number, limit = float(value), float(bound)
    is_met = {
        "<": number < limit,
        "<=": number <= limit,
        ">": number > limit,
        ">=": number >= limit,
        "=": number == limit,
        "!=": number != limit,
    }[operator]
    return "met" if is_met else "not met"
