"""Latent patients: who they are, how they decline and when they die.

Nothing here knows of files, trials or quirks. Every number the demo is made from
stands in `DECLINE`, `HAZARD` and the two kinds of `Population`; `truth` in write.py
puts them into truth.json.
"""

from dataclasses import dataclass, replace

import numpy as np

from counterarm.units import MONTH

ITEMS = (
    "Q1", "Q2", "Q3", "Q4", "Q5", "Q6", "Q7", "Q8", "Q9", "R1", "R2", "R3",
)  # fmt: skip
# codes of onset
LIMB, BULBAR, LIMB_AND_BULBAR, OTHER = range(4)


@dataclass(frozen=True)
class Hazard:
    """Weibull proportional hazards from entry (PRO-ACT) or first dose (sites).

    S(t) = exp(-(t / scale_days)^shape * exp(lp)), lp the sum of the coefficients
    times age - 56, bulbar onset, latent ALSFRS-R - 38.5, log(slope / 1 per month) and
    riluzole, plus log(hazard ratio) for the treated.
    """

    # about a quarter of those alive die per year (proact.md 4.4)
    shape: float = 1.3
    scale_days: float = 1010.0
    age: float = 0.03
    bulbar: float = 0.25
    score: float = -0.05
    log_slope: float = 0.7
    riluzole: float = -0.2


@dataclass(frozen=True)
class Decline:
    """Course of the scale and of vital capacity."""

    # points per month: mean 1.02 raw, true SD 0.6-0.9 (proact.md 4.2)
    slope_mean: float = 1.06
    slope_log_sd: float = 0.66
    # mean share of all loss that falls on bulbar, fine motor, gross motor, breathing
    limb_shares: tuple[float, ...] = (0.12, 0.37, 0.40, 0.11)
    bulbar_shares: tuple[float, ...] = (0.47, 0.22, 0.19, 0.12)
    # how similar the patients' shares are (concentration of their Dirichlet)
    share_concentration: float = 9.0
    # SD of an item's noise at a visit, before rounding; R3 is steadier
    item_noise: float = 0.3
    r3_noise: float = 0.1
    # vital capacity, % of predicted: 84-92 (13-17) at entry, 2.24 a month (4.2)
    fvc_mean: float = 88.0
    fvc_sd: float = 15.0
    fvc_slope_mean: float = 2.2
    fvc_slope_sd: float = 1.7


HAZARD = Hazard()
DECLINE = Decline()


@dataclass(frozen=True)
class Population:
    """Margins of one population; the default is PRO-ACT's (proact.md 4.1, 4.3)."""

    age_mean: float = 56.1
    age_sd: float = 11.7
    male: float = 0.66
    # limb, bulbar, limb and bulbar, other
    onset: tuple[float, ...] = (0.715, 0.21, 0.02, 0.055)
    riluzole: float = 0.72
    # onset to entry: median months and SD of the logarithm
    duration_median: float = 16.8
    duration_log_sd: float = 0.5
    # points lost at entry, on the latent scale: median and SD of the logarithm
    loss_median: float = 8.4
    loss_log_sd: float = 0.5
    slope_factor: float = 1.0


PROACT = Population()


@dataclass
class Patients:
    """Latent patients, one value per patient (n); `shares` is (n, 12) and sums to 1."""

    age: np.ndarray  # years at entry
    male: np.ndarray
    onset: np.ndarray  # code, LIMB ... OTHER
    riluzole: np.ndarray
    onset_day: np.ndarray  # days from entry, negative
    diagnosis_day: np.ndarray
    slope: np.ndarray  # true points per month, positive, untreated
    loss: np.ndarray  # points lost at entry
    shares: np.ndarray
    gastrostomy_day: np.ndarray  # inf: never
    height: np.ndarray  # cm
    weight: np.ndarray  # kg at entry
    vital_capacity: np.ndarray  # % of predicted at entry
    vital_capacity_slope: np.ndarray  # %-points per month, positive
    predicted_liters: np.ndarray
    linear_predictor: np.ndarray  # without treatment
    death_day: np.ndarray  # days from entry, at least 1
    slope_ratio: float

    def __len__(self) -> int:
        return len(self.age)


def generator(seed: int, *path: int) -> np.random.Generator:
    """Make the generator of one part of the delivery, independent of all others."""
    return np.random.Generator(
        np.random.PCG64(np.random.SeedSequence(seed, spawn_key=path))
    )


def _shares(
    rng: np.random.Generator, bulbar: np.ndarray, decline: Decline
) -> np.ndarray:
    mean = np.where(
        bulbar[:, None],
        np.array(decline.bulbar_shares),
        np.array(decline.limb_shares),
    )
    domain = rng.standard_gamma(decline.share_concentration * mean)
    domain /= domain.sum(axis=1, keepdims=True)
    within = rng.standard_gamma(12.0, size=(len(bulbar), 12)).reshape(-1, 4, 3)
    # respiratory insufficiency (R3) is lost last
    within[:, 3, :] *= np.array([0.5, 0.38, 0.12])
    within /= within.sum(axis=2, keepdims=True)
    return (domain[:, :, None] * within).reshape(-1, 12)


def _predicted_liters(
    height: np.ndarray, age: np.ndarray, male: np.ndarray
) -> np.ndarray:
    # the usual European prediction for vital capacity (ECSC), litres
    liters = np.where(
        male,
        0.0576 * height - 0.026 * age - 4.34,
        0.0443 * height - 0.026 * age - 2.89,
    )
    return np.round(np.maximum(liters, 1.5), 2)


def draw_patients(
    rng: np.random.Generator,
    n: int,
    population: Population = PROACT,
    *,
    hazard_ratio: float = 1.0,
    slope_ratio: float = 1.0,
    hazard: Hazard = HAZARD,
    decline: Decline = DECLINE,
) -> Patients:
    """Draw `n` latent patients.

    `hazard_ratio` multiplies the hazard of death from day 0, `slope_ratio` the monthly
    loss of points after it; both are 1 for untreated patients. Death days are real
    numbers of days after day 0.
    """
    onset = rng.choice(4, size=n, p=np.array(population.onset))
    bulbar = (onset == BULBAR) | (onset == LIMB_AND_BULBAR)
    age = rng.normal(population.age_mean, population.age_sd, n)
    age = np.clip(age + np.where(onset == BULBAR, 3.2, -0.5), 18.0, 90.0)
    male = rng.random(n) < population.male - 0.1 * (onset == BULBAR)
    riluzole = rng.random(n) < population.riluzole

    # fast patients come sooner; loss at entry grows with both speed and time
    z = rng.standard_normal((3, n))
    slope_z = z[0]
    duration_z = -0.35 * z[0] + np.sqrt(1 - 0.35**2) * z[1]
    loss_z = 0.45 * slope_z + 0.4 * duration_z
    loss_z += 0.874 * z[2]  # the rest of a unit variance
    sigma = decline.slope_log_sd
    slope = np.exp(np.log(decline.slope_mean) - sigma**2 / 2 + sigma * slope_z)
    slope *= population.slope_factor * np.where(onset == BULBAR, 1.18, 0.96)
    duration = population.duration_median * np.exp(
        population.duration_log_sd * duration_z
    )
    # a few very slow patients: 11,930 days from onset is the longest printed (4.3)
    long = rng.random(n) < 0.006
    duration = np.clip(np.where(long, duration * 5, duration), 1.5, 380.0)
    delay = duration * rng.beta(3.6, 2.9, n)
    loss = np.clip(
        population.loss_median * np.exp(population.loss_log_sd * loss_z), 0.5, 26.0
    )
    shares = _shares(rng, bulbar, decline)

    # gastrostomy when swallowing has fallen to a level of the patient's own
    level = rng.uniform(2.0, 3.4, n)
    peg = ((level / shares[:, 2]) - loss) / slope * MONTH
    peg = np.where(rng.random(n) < 0.6, np.floor(peg), np.inf)

    height = np.where(male, 177.0, 163.0) + rng.normal(0.0, 7.0, n)
    body_mass_index = np.clip(rng.normal(25.8, 3.9, n), 16.0, 45.0)
    common = 0.3 * slope_z + np.sqrt(1 - 0.3**2) * rng.standard_normal(n)
    breath = loss * shares[:, 9:].sum(axis=1)
    capacity = decline.fvc_mean + decline.fvc_sd * rng.standard_normal(n)
    capacity = np.clip(capacity - 2.0 * (breath - 1.0), 35.0, 140.0)

    predictor = (
        hazard.age * (age - 56)
        + hazard.bulbar * bulbar
        + hazard.score * (48 - loss - 38.5)
        + hazard.log_slope * np.log(slope)
        + hazard.riluzole * riluzole
    )
    risk = np.exp(predictor) * hazard_ratio
    death = hazard.scale_days * (rng.exponential(size=n) / risk) ** (1 / hazard.shape)
    return Patients(
        age=age,
        male=male,
        onset=onset,
        riluzole=riluzole,
        onset_day=-np.round(duration * MONTH),
        diagnosis_day=-np.round((duration - delay) * MONTH),
        slope=slope,
        loss=loss,
        shares=shares,
        gastrostomy_day=peg,
        height=np.round(height, 0),
        weight=np.round(body_mass_index * (height / 100) ** 2, 1),
        vital_capacity=capacity,
        vital_capacity_slope=decline.fvc_slope_mean + decline.fvc_slope_sd * common,
        predicted_liters=_predicted_liters(height, age, male),
        linear_predictor=predictor,
        death_day=np.maximum(death, 1.0),
        slope_ratio=slope_ratio,
    )


def take(patients: Patients, index: np.ndarray) -> Patients:
    """Pick patients by number, in that order."""
    arrays = {
        name: value[index]
        for name, value in vars(patients).items()
        if isinstance(value, np.ndarray)
    }
    return replace(patients, **arrays)


def latent_items(patients: Patients, who: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Give the expected points of the twelve items, shape (len(day), 12), 0 to 4.

    `who` and `day` name a patient and a day per row. What an item that is already at
    zero can no longer lose is spread over the others, once: late totals fall slower.
    """
    months = day / MONTH
    pace = patients.slope[who] * np.where(months > 0, patients.slope_ratio, 1.0)
    start = patients.loss[who]
    lost = np.maximum(start + pace * months, 0.15 * start)
    raw = patients.shares[who] * lost[:, None]
    capped = np.minimum(raw, 4.0)
    room = np.where(raw < 4.0, patients.shares[who], 0.0)
    room /= np.maximum(room.sum(axis=1, keepdims=True), 1e-9)
    excess = (raw - capped).sum(axis=1, keepdims=True)
    return 4.0 - np.minimum(capped + room * excess, 4.0)


def score_items(
    rng: np.random.Generator,
    patients: Patients,
    who: np.ndarray,
    day: np.ndarray,
    decline: Decline = DECLINE,
) -> np.ndarray:
    """Rate the twelve items as integers 0 to 4, shape (len(day), 12)."""
    noise = np.full(12, decline.item_noise)
    noise[11] = decline.r3_noise
    expected = latent_items(patients, who, day)
    rated = np.rint(expected + noise * rng.standard_normal(expected.shape))
    return np.clip(rated, 0.0, 4.0)
