"""Whose death is ascertained, and until when patients are seen: worlds to try.

PRO-ACT's trials ascertained deaths for months after the last visits, and lives only
until them. `Ascertainment` changes that: in both directions, so that a rule of
follow-up can be tried where its assumption holds and where it fails.
"""

from dataclasses import asdict, dataclass

import numpy as np

# patients who stop attending have their last visit so many days before they die
STOPS_BEFORE_DEATH = (60.0, 180.0)


@dataclass(frozen=True)
class Ascertainment:
    """How deaths and survival are ascertained; by default as the trials did.

    `is_complete`: every subject of PRO-ACT is seen until death or the day until which
    its trial ascertained deaths, and each death until then has its row and its day;
    nobody leaves a trial or a site early. `half_life`: a death after the next planned
    visit is ascertained with probability 0.5 ** (days after that visit / half_life).
    `stops_coming`: the share of the subjects of PRO-ACT who have no visit in the last
    60 to 180 days of their lives.

    ValueError for a half-life that is not above 0 and finite, a share that is not 0 to
    1, and complete ascertainment together with either.
    """

    is_complete: bool = False
    half_life: float | None = None
    stops_coming: float = 0.0

    def __post_init__(self) -> None:
        """Refuse settings that make no delivery."""
        half_life = self.half_life
        if half_life is not None and not 0 < half_life < float("inf"):
            raise ValueError(
                "the half-life of the ascertainment of deaths must be above 0 and "
                f"finite, in days; it is {half_life}"
            )
        if not 0 <= self.stops_coming <= 1:
            raise ValueError(
                "the share of patients who stop attending before they die must be 0 "
                f"to 1; it is {self.stops_coming}"
            )
        if self.is_complete and not (half_life is None and self.stops_coming == 0):
            raise ValueError(
                "complete ascertainment leaves no death out and nobody stops "
                "attending: give no half-life and no share of those who stop with it"
            )

    @property
    def is_default(self) -> bool:
        """Whether deaths and survival are ascertained as the trials did."""
        return self == Ascertainment()

    def truth(self) -> dict[str, object]:
        """Return the settings for truth.json, in words too."""
        sentences = []
        if self.is_complete:
            sentences.append(
                "every subject of PRO-ACT is seen until death or the day until which "
                "its trial ascertained deaths, each death until then has a row and a "
                "day, and nobody leaves a trial or a site early"
            )
        if self.half_life is not None:
            sentences.append(
                "a death after the next planned visit is ascertained with probability "
                "0.5 ^ (days after that visit / half_life)"
            )
        if self.stops_coming:
            first, last = STOPS_BEFORE_DEATH
            sentences.append(
                "this share of the subjects of PRO-ACT has no visit in the last "
                f"{first:g} to {last:g} days of life"
            )
        return {**asdict(self), "meaning": "; ".join(sentences)}


def last_day_to_come(
    rng: np.random.Generator, death_day: np.ndarray, share: float
) -> np.ndarray:
    """Return the last day on which each patient may come, inf for most.

    A `share` of the patients stops attending 60 to 180 days before death.
    """
    stops = rng.random(len(death_day)) < share
    before = rng.uniform(*STOPS_BEFORE_DEATH, len(death_day))
    return np.where(stops, np.maximum(death_day - before, 0.0), np.inf)


def is_still_ascertained(
    rng: np.random.Generator,
    death_day: np.ndarray,
    next_visit: np.ndarray,
    half_life: float,
) -> np.ndarray:
    """Draw whose death is ascertained: all until the next planned visit, then fewer.

    `next_visit` is the day of the visit planned after the last one.
    """
    after = np.maximum(death_day - next_visit, 0.0)
    return rng.random(len(death_day)) < 0.5 ** (after / half_life)
