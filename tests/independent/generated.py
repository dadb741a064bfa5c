"""Random people and random protocols, for the models and for the reference alike."""

import csv
from pathlib import Path
from random import Random

import yaml
from reference import PROCEDURES, Rule

SITE = "HANYANG"
NUMBERS = {
    "age": (30, 75),
    "symptom_days": (100, 900),
    "disease_months": (5, 30),
    "alsfrs_r_total": (20, 40),
    "initial_progression_speed": (0.3, 1.5),
    "n_assessments_after_index": (1, 3),
    "ft9_stage": (1, 5),
}
SEEDS = (
    *("analyses", "arms", "windows", "eligibility", "endpoints", "follow_up"),
    *("groups", "matching", "models", "model_terms"),
)
OPERATORS = ("<", "<=", ">", ">=", "!=")
LEVELS = {
    "sex": ("M", "F"),
    "race": ("WHITE", "ASIAN", "OTHER"),
    "onset_site": ("BULBAR", "LIMB", "LIMB AND BULBAR", "OTHER"),
    "riluzole": ("Y", "N"),
    "vital_status": ("DEAD", "ALIVE"),
}
KNOWN = ("progression_rate", "riluzole", "vital_status", "race", "ft9_stage", "age")


def maybe(random: Random, chance: float, value: object) -> object:
    return value if random.random() < chance else None


def person(random: Random, source: str) -> dict:
    """Draw a person; facts that are None are left out."""
    is_trial = source == "PROACT"
    onset = random.randint(-1500, 30)
    diagnosis = random.randint(min(onset, -1), 20)
    # visits by the week are often equally far from a target
    by = random.choice((1, 7))
    days = sorted(random.sample(range(-56, 700, by), random.randint(0, 6)))
    facts = {
        "source": source,
        "sex": maybe(random, 0.95, random.choice("MF")),
        "age": maybe(random, 0.9, random.randint(180, 850) / 10),
        "race": maybe(
            random, 0.9, random.choice(["WHITE", "ASIAN", "OTHER", "UNKNOWN"])
        ),
        "onset_site": maybe(
            random,
            0.9,
            random.choice(["BULBAR", "LIMB", "LIMB", "LIMB AND BULBAR", "OTHER"]),
        ),
        "onset_day": maybe(random, 0.9, onset),
        "diagnosis_day": maybe(random, 0.9, diagnosis),
        "riluzole": maybe(random, 0.7, random.choice("YN")),
        "visits": {day: items(random) for day in days} or None,
        "death_day": maybe(random, 0.4, random.randint(1, 900)),
    }
    if is_trial:
        facts["arm"] = maybe(random, 0.9, random.choice(["PLACEBO", "ACTIVE"]))
        facts["riluzole_lines"] = [
            (
                maybe(random, 0.7, random.randint(-400, 300)),
                maybe(random, 0.5, random.randint(300, 500)),
            )
            for _ in range(random.choice((0, 0, 0, 1, 2)))
        ] or None
    else:
        gaps = [random.randint(10, 120) for _ in range(random.randint(0, 4))]
        facts["doses"] = [sum(gaps[:n]) for n in range(len(gaps) + 1)]
        facts["last_contact_day"] = maybe(random, 0.8, random.randint(0, 900))
        facts["events"] = {
            name: maybe(random, 0.8, random.randint(-30, 600))
            for name in PROCEDURES
            if random.random() < 0.15
        } or None
    if facts["death_day"] is None:
        words = ["ALIVE", "DEAD"] if is_trial else ["DEAD"]
        facts["vital_status"] = maybe(random, 0.25, random.choice(words))
    return {name: value for name, value in facts.items() if value is not None}


def items(random: Random) -> list:
    """Draw the twelve items of an assessment, now and then one missing."""
    low = random.randint(0, 4)
    drawn: list = [random.randint(low, 4) for _ in range(12)]
    if random.random() < 0.15:
        drawn[random.randrange(12)] = None
    return drawn


def people(random: Random, n: int) -> dict[str, dict]:
    """Draw people of PRO-ACT and of one site, by name."""
    return {
        f"person {i}": person(random, random.choice(["PROACT", "PROACT", SITE]))
        for i in range(n)
    }


def write_people(drawn: dict[str, dict], file: Path) -> None:
    """Write people as a file of patients of whom nothing is expected."""
    patients = {}
    for name, facts in drawn.items():
        given = dict(facts)
        entry: dict = {"source": given.pop("source")}
        lines = given.pop("riluzole_lines", [])
        if lines:
            entry["rows"] = {
                "conmeds": [
                    {
                        "medication_coded": "RILUZOLE",
                        "start_delta": "" if start is None else str(start),
                        "stop_delta": "" if stop is None else str(stop),
                    }
                    for start, stop in lines
                ]
            }
        patients[name] = entry | {"facts": given}
    text = yaml.safe_dump({"patients": patients}, sort_keys=False)
    file.write_text(text, encoding="utf-8")


def protocol(random: Random, name: str) -> Rule:
    """Draw an analysis: index rules, windows, eligibility, endpoints, follow-up."""
    at_assessment = random.random() < 0.5
    requires = random.choice(["total", "complete"])
    control = {
        "arm": "control",
        "window_id": "baseline",
        "anchor": "trial_entry" if at_assessment else "index_day",
        "offset": random.choice([0, 90, 182]) if at_assessment else 0,
        "low": -random.randint(10, 90),
        "high": random.randint(10, 90),
        "requires": requires,
    }
    treated = control | {"arm": "treated", "anchor": "index_day", "offset": 0}
    run_in = control | {
        "arm": "both",
        "window_id": "run_in",
        "anchor": "baseline",
        "offset": -random.randint(30, 182),
    }
    drawn = [drawn_conditions(random) for _ in range(random.randint(2, 5))]
    # the check of the protocol asks for these two
    drawn.append([condition("both", "follow_up_days", ">", "0")])
    drawn.append([condition("treated", "is_ventilated_at_index", "=", "false")])
    random.shuffle(drawn)
    steps = [
        each | {"step": step, "criterion": f"criterion_{step}"}
        for step, conditions in enumerate(drawn, start=1)
        for each in conditions
    ]
    composite = {"DEATH", *PROCEDURES.values()}
    follow_up = random.choice(
        [
            ("as_recorded", None, "control"),
            ("window", random.choice([30, 91, 182]), "control"),
            ("horizon", random.choice([200, 365]), "control"),
            ("horizon", 270, "both"),
        ]
    )
    return Rule(
        name,
        {
            "treated": (SITE, "ANY", "first_dose"),
            "control": (
                "PROACT",
                random.choice(["ANY", "PLACEBO"]),
                "assessment" if at_assessment else "trial_entry",
            ),
        },
        [control, treated, run_in],
        steps,
        {
            "OS": {"treated": {"DEATH"}, "control": {"DEATH"}},
            "OSVENT": {"treated": composite, "control": {"DEATH"}},
        },
        follow_up,
    )


def drawn_conditions(random: Random) -> list[dict]:
    """Draw the conditions of a step: one, or two of different variables."""
    drawn = [drawn_condition(random) for _ in range(random.randint(1, 2))]
    return list({each["variable"]: each for each in drawn}.values())


def drawn_condition(random: Random) -> dict:
    """Draw a condition of eligibility."""
    arm = random.choice(["both", "both", "treated", "control"])
    kind = random.random()
    if kind < 0.4:
        variable = random.choice(list(NUMBERS))
        low, high = NUMBERS[variable]
        whole = isinstance(low, int)
        value = random.randint(low, high) if whole else random.uniform(low, high)
        operator = random.choice(OPERATORS)
        return condition(arm, variable, operator, f"{value:.4g}")
    if kind < 0.5:
        bound = random.choice(["q1", "median", "q3"])
        operator = random.choice(["<=", ">="])
        return condition(arm, random.choice(["age", "symptom_days"]), operator, bound)
    if kind < 0.75:
        variable = random.choice(list(LEVELS))
        levels = LEVELS[variable]
        chosen = random.sample(levels, random.randint(1, len(levels)))
        return condition(arm, variable, "in", "|".join(chosen))
    return condition(arm, random.choice(KNOWN), "known", "")


def condition(arm: str, variable: str, operator: str, value: str) -> dict:
    return {"arm": arm, "variable": variable, "operator": operator, "value": value}


def write_protocol(rules: list[Rule], folder: Path) -> None:
    """Add the rows of the analyses to the seeds of a project."""
    rows: dict[str, list[dict]] = {name: [] for name in SEEDS}
    for rule in rules:
        own = {"analysis_id": rule.name}
        rows["matching"].append(own | {"method": "none"})
        model = {"model_id": "unadjusted"}
        rows["models"].append(
            own | model | {"endpoint": "OS", "variance": "naive", "ties": "efron"}
        )
        term = {"position": 1, "term": "treated", "arm": "treated"}
        rows["model_terms"].append(own | model | term)
        rows["groups"] += [
            own
            | {"comparison_set": "arms", "position": position, "arm": arm}
            | {"group_name": arm}
            for position, arm in enumerate(("control", "treated"), start=1)
        ]
        rows["analyses"].append(own | {"label": rule.name, "why": "generated"})
        rows["arms"] += [
            own | {"arm": arm, "studyid": study, "armcd": code, "index_rule": index}
            for arm, (study, code, index) in rule.arms.items()
        ]
        rows["windows"] += [
            own
            | {name: one[name] for name in ("arm", "window_id", "anchor", "requires")}
            | {
                "offset_days": one["offset"],
                "from_day": one["low"],
                "to_day": one["high"],
            }
            for one in rule.windows
        ]
        rows["eligibility"] += [own | step | {"label": "-"} for step in rule.steps]
        rows["endpoints"] += [
            own | {"endpoint": name, "arm": arm, "event": event, "label": name}
            for name, by_arm in rule.endpoints.items()
            for arm, events in by_arm.items()
            for event in sorted(events)
        ]
        how, days, arms = rule.follow_up
        if how != "as_recorded":
            named = {"rule": how, "days": days, "pool": "all", "arms": arms}
            rows["follow_up"].append(own | named | {"why": "generated"})
    for name, added in rows.items():
        file = folder / f"{name}.csv"
        with file.open(newline="", encoding="utf-8") as given:
            columns = next(csv.reader(given))
        with file.open("a", newline="", encoding="utf-8") as written:
            writer = csv.DictWriter(
                written, columns, lineterminator="\n", restval="", extrasaction="raise"
            )
            writer.writerows(added)
