"""The designs of published external-control studies, for `designs.py`.

Each function is one kind of design. It simulates one study in a scenario, and yields
the hazard ratio as designed, then that of each remedy with the challenge it addresses.
What a publication does not state, or the latent model does not have (El Escorial,
claims, ...), is left out, and listed on the page.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal, NamedTuple

import numpy as np
from design_worlds import (
    Cohort,
    DesignWorld,
    cumulative_hazard,
    day_of,
    drawn,
    followed,
    measured,
    treated_from,
    with_deaths,
)
from truth_follow_up import known_status, recording, window
from truth_worlds import known_until, random_ends

from counterarm.demo.patients import Patients, take
from counterarm.matching import fit_propensity_score, match_nearest
from counterarm.survival import fit_cox

AS_DESIGNED = "as designed"
FOLLOW_UP, TIME_ZERO = "follow-up", "time zero"
N_CONTROLS = 800
MONTHS = 365.25 / 12


class Estimate(NamedTuple):
    """The estimate of one analysis of a study; NaN where it cannot be computed."""

    analysis: str
    challenge: Literal["", "follow-up", "time zero"]
    log_ratio: float
    error: float


# Simulates one study of a design in a scenario with a true hazard ratio.
Study = Callable[[np.random.Generator, DesignWorld, float], Iterator[Estimate]]


@dataclass(frozen=True)
class Design:
    """A preset, the function that simulates it, and a description.

    `is_of_proact`: whether its controls come from PRO-ACT, so that it is also simulated
    with the follow-up of PRO-ACT.
    """

    preset: str
    study: Study
    says: str
    is_of_proact: bool = False


def pairs_of(
    score_of: np.ndarray, treated: np.ndarray, ratio: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """Return rows and set numbers of sets matched on the score of some columns."""
    score = fit_propensity_score(score_of, treated).score
    matched = match_nearest(score, treated, ratio=ratio)
    first, which = np.unique(matched.treated_index, return_inverse=True)
    rows = np.concatenate([first, matched.control_index])
    return rows, np.concatenate([np.arange(len(first)), which])


def ratio_of(
    days: np.ndarray,
    died: np.ndarray,
    terms: np.ndarray,
    sets: np.ndarray | None = None,
    entry: np.ndarray | None = None,
) -> tuple[float, float]:
    """Return the log hazard ratio of the first term and its standard error."""
    try:
        fit = fit_cox(
            days,
            died,
            terms,
            names=[f"x{j}" for j in range(terms.shape[1])],
            cluster=sets,
            entry=entry,
        )
    except ValueError:
        return np.nan, np.nan
    if not fit.converged or fit.warning:
        return np.nan, np.nan
    error = fit.naive_se if sets is None else fit.robust_se
    return float(fit.coef[0]), float(error[0])


def trial_controls(
    rng: np.random.Generator,
    world: DesignWorld,
    ratio: float,
    *,
    n: int,
    longest_months: float,
    covariates: tuple[str, ...],
    needs_status: bool = False,
    adjusts: bool = False,
) -> Iterator[Estimate]:
    """Treated of a trial against pooled placebo patients, both from trial entry.

    Vital status of the treated is known to the end. `needs_status` keeps only controls
    with a row of vital status, `adjusts` adds the covariates to the model.
    """
    longest = longest_months * MONTHS
    patients = drawn(rng, n, ratio, longest)
    treated = Cohort(patients, *known_until(patients, random_ends(rng, n)))
    controls = followed(
        rng, drawn(rng, N_CONTROLS, world.drift, longest), is_complete=world.is_complete
    )
    columns = np.vstack(
        [measured(arm.patients, covariates) for arm in (treated, controls)]
    )
    arm = np.repeat([True, False], [n, N_CONTROLS])

    def estimate(
        pool: np.ndarray, days: np.ndarray, died: np.ndarray
    ) -> tuple[float, float]:
        kept = np.concatenate([np.arange(n), n + np.flatnonzero(pool)])
        rows, sets = pairs_of(columns[kept], arm[kept])
        rows = kept[rows]
        terms = arm[rows, None].astype(float)
        if adjusts:
            terms = np.column_stack([terms, columns[rows]])
        own = np.concatenate([treated.days, days]), np.concatenate([treated.died, died])
        return ratio_of(own[0][rows], own[1][rows], terms, sets)

    records = controls.records
    everybody = np.ones(N_CONTROLS, bool)
    pool = known_status(records) if needs_status and records else everybody
    yield Estimate(AS_DESIGNED, "", *estimate(pool, controls.days, controls.died))
    if records is None:
        return
    for days in (91, 182):
        found = window(days)(records)
        yield Estimate(
            f"window {days} d",
            FOLLOW_UP,
            *estimate(recording(records), found.days, found.event),
        )


def predicted_control(
    rng: np.random.Generator, world: DesignWorld, ratio: float, *, n: int
) -> Iterator[Estimate]:
    """Patients who enter an extension against the median survival predicted for each.

    Time counts from randomization, so that all survive to the extension at week 36. The
    prediction is correct in the absence of drift. A predicted subject dies at the
    median, if follow-up reaches it. The remedy counts from the start of the extension,
    and compares observed with expected deaths (one-sample log-rank, Breslow 1975).
    """
    begins = 36 * 7.0
    many = drawn(rng, 3 * n + 20, ratio, 24 * MONTHS)
    survivors = np.flatnonzero(many.death_day > begins)[:n]
    patients = take(many, survivors)
    end = begins + rng.uniform(180, 730, len(patients))
    days, died = known_until(patients, end)
    median = np.ceil(day_of(patients, np.full(len(patients), np.log(2) / world.drift)))
    yield Estimate(
        AS_DESIGNED,
        "",
        *ratio_of(
            np.concatenate([days, np.minimum(median, end)]),
            np.concatenate([died, median <= end]),
            np.repeat([1.0, 0.0], len(patients))[:, None],
        ),
    )
    since = cumulative_hazard(patients, days)
    since -= cumulative_hazard(patients, np.full(len(days), begins))
    expected = world.drift * float(since.sum())
    observed = int(died.sum())
    log_ratio = np.log(observed / expected) if observed else np.nan
    yield Estimate(
        "observed over expected from the extension",
        TIME_ZERO,
        log_ratio,
        1 / np.sqrt(observed) if observed else np.nan,
    )


def fates(
    patients: Patients, start: np.ndarray, drift: float, ratio: float
) -> Patients:
    """Return the patients with their days of death: treated from `start`, if finite.

    The others are from earlier years, with their hazard multiplied by `drift`.
    """
    wants = np.isfinite(start)
    treated = treated_from(patients, np.where(wants, start, 0.0), ratio).death_day
    others = treated_from(patients, np.zeros(len(patients)), drift).death_day
    return with_deaths(patients, np.where(wants, treated, others))


class Group(NamedTuple):
    """Rows of one arm: patients, the day each begins to count, and the last day."""

    patients: np.ndarray
    index: np.ndarray
    last: np.ndarray


def compared(
    own: Patients,
    treated: Group,
    controls: Group,
    names: tuple[str, ...],
    *,
    ratio: int = 1,
) -> tuple[float, float]:
    """Compare two groups from their index days, matched on names and the index day.

    A patient may be a control before treatment, and treated later.
    """
    who, index, last = (
        np.concatenate(part) for part in zip(treated, controls, strict=True)
    )
    arm = np.arange(len(who)) < len(treated.patients)
    people = take(own, who)
    days, died = known_until(people, last)
    fits = np.flatnonzero((index >= 0) & (days > index))
    columns = np.column_stack([measured(people, names), index])[fits]
    rows, sets = pairs_of(columns, arm[fits], ratio=ratio)
    rows = fits[rows]
    one = arm[rows, None].astype(float)
    return ratio_of((days - index)[rows], died[rows], one, sets)


def treatment_after_diagnosis(
    rng: np.random.Generator, world: DesignWorld, ratio: float, *, n: int, among: int
) -> Iterator[Estimate]:
    """Registry patients treated for three months or more, from onset, against others.

    One in five is to be treated, from a random day after the first visit. Those alive
    three months later count as treated, so that the time until then is immortal. The
    remedies let the treated enter the risk sets at that day (delayed entry), or start
    time there, with controls not yet treated at a day drawn from those of the treated.
    """
    patients = drawn(rng, among, 1.0, 60 * MONTHS)
    start = np.where(
        rng.random(among) < 0.2, np.ceil(rng.exponential(180, among)), NEVER
    )
    own = fates(patients, start, world.drift, ratio)
    zero, end = start + 91, rng.uniform(365, 6 * 365, among)
    days, died = known_until(own, end)
    treated = np.flatnonzero(days > zero)[:n]
    others = np.flatnonzero(days <= start)
    rows, arm = (
        np.concatenate([treated, others]),
        np.repeat([1.0, 0.0], [len(treated), len(others)]),
    )
    chosen, sets = pairs_of(measured(own, AT_DIAGNOSIS)[rows], arm > 0, ratio=2)
    rows, one = rows[chosen], arm[chosen, None]
    since_onset = (days - own.onset_day)[rows]
    yield Estimate(AS_DESIGNED, "", *ratio_of(since_onset, died[rows], one, sets))
    entry = np.where(one[:, 0] > 0, zero[rows], 0.0) - own.onset_day[rows]
    yield Estimate(
        "delayed entry",
        TIME_ZERO,
        *ratio_of(since_onset, died[rows], one, sets, entry),
    )
    index = rng.choice(zero[treated], among)
    free = np.flatnonzero(start > index)
    yield Estimate(
        "index drawn among days untreated",
        TIME_ZERO,
        *compared(
            own,
            Group(treated, zero[treated], end[treated]),
            Group(free, index[free], np.minimum(end, start)[free]),
            AT_DIAGNOSIS,
            ratio=2,
        ),
    )


def market_date(
    rng: np.random.Generator, world: DesignWorld, ratio: float, *, n: int, among: int
) -> Iterator[Estimate]:
    """Cases from their first claim, controls from the day the drug reached the market.

    Patients who are never treated are controls, which is known only later: patients who
    die before treatment would have started are controls. The remedy draws the index day
    of a control from the cases' days since diagnosis, and censors it at treatment.
    """
    patients = drawn(rng, among, 1.0, 36 * MONTHS)
    # days from the market date to the first claim for ALS, which is day 0 of a patient
    diagnosed = np.floor(rng.uniform(-1200.0, LAST_START, among))
    wants = rng.random(among) < 0.35
    start = np.maximum(-diagnosed, 0) + np.ceil(rng.exponential(240.0, among))
    start = np.where(wants & (diagnosed + start <= LAST_START), start, NEVER)
    own = fates(patients, start, world.drift, ratio)
    end = LAST_DAY - diagnosed
    is_case = own.death_day > start
    cases, others = np.flatnonzero(is_case)[:n], np.flatnonzero(~is_case)
    treated = Group(cases, start[cases], end[cases])
    yield Estimate(
        AS_DESIGNED,
        "",
        *compared(
            own, treated, Group(others, -diagnosed[others], end[others]), IN_CLAIMS
        ),
    )
    index = rng.choice(start[cases], among)
    free = np.flatnonzero((start > index) & (diagnosed + index >= 0))
    yield Estimate(
        "index drawn among days untreated",
        TIME_ZERO,
        *compared(
            own,
            treated,
            Group(free, index[free], np.minimum(end, start)[free]),
            IN_CLAIMS,
        ),
    )


NEVER = np.inf
AT_DIAGNOSIS = (
    *("age_at_onset", "male", "bulbar", "diagnostic_delay", "total"),
    *("loss_per_month", "bmi"),
)
IN_CLAIMS = ("age", "male", "riluzole")
# days from the market date to the last first claim, and to the end of follow-up
LAST_START, LAST_DAY = 965, 1330
SLOPE = ("age", "loss_per_month", "vital_capacity", "symptom_months")
USUAL = (
    "age",
    "male",
    "bulbar",
    "riluzole",
    "total",
    "loss_per_month",
    "symptom_months",
    "vital_capacity",
    "bmi",
)
DESIGNS = (
    Design(
        "amx0035_centaur",
        partial(
            trial_controls,
            n=89,
            longest_months=18,
            covariates=SLOPE,
            needs_status=True,
        ),
        "89 treated, onset at most 18 months ago, PRO-ACT controls with known vital "
        "status, score of age, slope before baseline, vital capacity and time since "
        "onset; definite El Escorial left out",
        is_of_proact=True,
    ),
    Design(
        "edaravone_oral",
        partial(trial_controls, n=78, longest_months=24, covariates=USUAL),
        "78 treated; nine common covariates, as the abstract does not name its ten",
        is_of_proact=True,
    ),
    Design(
        "cnm_au8_healey",
        partial(
            trial_controls, n=59, longest_months=36, covariates=USUAL, adjusts=True
        ),
        "59 treated (30 mg), pairs and a model adjusted for nine common covariates, as "
        "the filing does not name them",
        is_of_proact=True,
    ),
    Design(
        "cnm_au8_rescue",
        partial(predicted_control, n=36),
        "36 patients who entered the extension, each against the predicted median, "
        "from the latent model without error",
    ),
    Design(
        "tudca_registry",
        partial(treatment_after_diagnosis, n=86, among=627),
        "86 treated for three months or more among 627, two controls each, from onset",
    ),
    Design(
        "edaravone_claims",
        partial(market_date, n=318, among=2600),
        "318 cases from the first claim, controls from the market date; insurance, "
        "region and procedures left out",
    ),
)
