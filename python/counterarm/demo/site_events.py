"""Events, adverse events and medications of a treating site."""

import numpy as np

from counterarm.demo.cohort import Cohort
from counterarm.demo.quirks import Rows, pick, repeat_some
from counterarm.demo.site_plans import LISTED_ELSEWHERE

EVENT_WORDS = (
    "DEATH",
    "TRACHEOSTOMY",
    "PERMANENT_VENTILATION",
    "GASTROSTOMY",
    "LAST_CONTACT",
    "WITHDRAWAL",
)
TRACHEOSTOMY, VENTILATION = 0.07, 0.1
# of the dead, whose LAST_CONTACT is also written
DEAD_WITH_CONTACT = 0.9

# term, preferred term, class, weight (Nam 2023, text above Table 2: most common events)
TERMS: tuple[tuple[str, str, str, float], ...] = (
    ("Back pain", "Back pain", "Musculoskeletal and connective tissue disorders", 114),
    ("Headache", "Headache", "Nervous system disorders", 109),
    (
        "Fever",
        "Pyrexia",
        "General disorders and administration site conditions",
        91,
    ),
    ("Pain", "Pain", "General disorders and administration site conditions", 52),
    (
        "Pain in leg",
        "Pain in extremity",
        "Musculoskeletal and connective tissue disorders",
        53,
    ),
    ("Nausea", "Nausea", "Gastrointestinal disorders", 40),
    ("Constipation", "Constipation", "Gastrointestinal disorders", 38),
    ("Coccydynia", "Coccydynia", "Musculoskeletal and connective tissue disorders", 20),
    ("Insomnia", "Insomnia", "Psychiatric disorders", 24),
    ("Fall, at home", "Fall", "Injury, poisoning and procedural complications", 22),
    ("Dyspnea", "Dyspnoea", "Respiratory, thoracic and mediastinal disorders", 16),
    (
        "Respiratory failure",
        "Respiratory failure",
        "Respiratory, thoracic and mediastinal disorders",
        9,
    ),
)
SEVERITIES, CAUSALITIES = (
    ("MILD", "MODERATE", "SEVERE"),
    ("UNLIKELY", "POSSIBLE", "PROBABLE", "DEFINITE"),
)
OUTCOMES = ("RECOVERED", "RECOVERING", "NOT RECOVERED", "FATAL")
# Nam 2023: 1,204 events in the first year of 257 subjects, 92 of them ascribed to the
# treatment, 108 serious
EVENTS_PER_DOSE, EVENTS_PER_YEAR = 1.0, 2.4
CAUSALITY_SHARES = (0.92, 0.05, 0.022, 0.008)
SEVERITY_SHARES = (0.68, 0.28, 0.04)
SERIOUS = 0.09

MEDICATIONS = (
    "BACLOFEN",
    "VITAMIN E",
    "AMITRIPTYLINE",
    "OMEPRAZOLE",
    "LACTULOSE",
    "GLYCOPYRROLATE",
    "EDARAVONE",
    "LORAZEPAM",
)


def events(rng: np.random.Generator, cohort: Cohort) -> Rows:
    """Write events.csv: deaths, ventilation, feeding tubes, last contacts."""
    n, patients = len(cohort.patients), cohort.patients
    last = cohort.last_day
    share = rng.uniform(0.6, 0.97, (2, n))
    days = {
        "DEATH": np.where(cohort.died, last, np.nan),
        "GASTROSTOMY": np.where(
            patients.gastrostomy_day > patients.onset_day,
            patients.gastrostomy_day,
            np.nan,
        ),
        "LAST_CONTACT": np.where(
            ~cohort.died | (rng.random(n) < DEAD_WITH_CONTACT), last, np.nan
        ),
        "WITHDRAWAL": np.where(
            np.isfinite(cohort.withdrawal_day), cohort.withdrawal_day, np.nan
        ),
    }
    for word, chance, part in (
        ("TRACHEOSTOMY", TRACHEOSTOMY, share[0]),
        ("PERMANENT_VENTILATION", VENTILATION, share[1]),
    ):
        day = np.ceil(part * patients.death_day)
        days[word] = np.where(rng.random(n) < chance, day, np.nan)
    before = rng.choice(n, cohort.plan.ventilated_before, replace=False)
    days["PERMANENT_VENTILATION"][before] = -20.0

    who, code, day = [], [], []
    for number_of, word in enumerate(EVENT_WORDS):
        happened = np.flatnonzero(days[word] <= last)
        who.append(happened)
        code.append(np.full(len(happened), number_of))
        day.append(days[word][happened])
    all_who, all_days = np.concatenate(who), np.concatenate(day)
    return cohort.rows(
        all_who,
        {
            "event": pick(EVENT_WORDS, np.concatenate(code)),
            "event_date": cohort.dates(all_who, all_days),
        },
    )


def adverse_events(
    rng: np.random.Generator, cohort: Cohort, dose_who: np.ndarray, dose: np.ndarray
) -> Rows:
    """Write adverse_events.csv: a burst after each dose, and a steady background."""
    n, last = len(cohort.patients), cohort.last_day
    burst = np.repeat(np.arange(len(dose)), rng.poisson(EVENTS_PER_DOSE, len(dose)))
    after = np.floor(rng.exponential(5.0, len(burst)))
    steady = np.repeat(
        np.arange(n), rng.poisson(EVENTS_PER_YEAR * np.minimum(last, 1000) / 365.25)
    )
    at = np.floor(rng.random(len(steady)) * (np.minimum(last[steady], 1000) + 15) - 15)
    who = np.concatenate([dose_who[burst], steady])
    start = np.minimum(np.concatenate([dose[burst] + after, at]), last[who])
    size = len(who)
    weight = np.array([term[3] for term in TERMS])
    code = rng.choice(len(TERMS), size=size, p=weight / weight.sum())
    outcome = rng.choice(4, size=size, p=[0.86, 0.08, 0.05, 0.01])
    end = start + np.floor(rng.exponential(9.0, size))
    end = np.where((outcome == 0) | (outcome == 3), np.minimum(end, last[who]), np.nan)
    return cohort.rows(
        who,
        {
            "term": pick([term[0] for term in TERMS], code),
            "preferred_term": pick([term[1] for term in TERMS], code),
            "system_organ_class": pick([term[2] for term in TERMS], code),
            "start_date": cohort.dates(who, start),
            "end_date": cohort.dates(who, end),
            "severity": pick(SEVERITIES, rng.choice(3, size=size, p=SEVERITY_SHARES)),
            "serious": pick(["N", "Y"], rng.random(size) < SERIOUS),
            "causality": pick(
                CAUSALITIES, rng.choice(4, size=size, p=CAUSALITY_SHARES)
            ),
            "outcome": pick(OUTCOMES, outcome),
        },
    )


def medications(rng: np.random.Generator, cohort: Cohort) -> Rows:
    """Write medications.csv: riluzole of most users, and what else was taken."""
    n, patients, last = len(cohort.patients), cohort.patients, cohort.last_day
    other_way = rng.random(n) < LISTED_ELSEWHERE
    users = np.flatnonzero(patients.riluzole ^ other_way)
    others = repeat_some(rng, np.flatnonzero(rng.random(n) < 0.6), 0.6)
    who = np.concatenate([users, others])
    size = len(who)
    code = np.concatenate(
        [np.zeros(len(users)), rng.integers(1, len(MEDICATIONS) + 1, len(others))]
    )
    start = -np.floor(rng.exponential(200.0, size)) - 1
    start = np.maximum(start, patients.onset_day[who])
    later = (code > 0) & (rng.random(size) < 0.5)
    start = np.where(later, np.floor(rng.random(size) * last[who]), start)
    end = np.floor(start + rng.exponential(700.0, size))
    stopped = (rng.random(size) < 0.25) & (end <= last[who])
    return cohort.rows(
        who,
        {
            "medication": pick(["RILUZOLE", *MEDICATIONS], code),
            "start_date": cohort.dates(who, start),
            "end_date": cohort.dates(who, np.where(stopped, end, np.nan)),
        },
    )
