"""The follow-up rules as estimators of `simulated_truth.py`, and what they are worth.

A rule makes days and events of the controls from what PRO-ACT would hold of them, and
says which of them may be taken. Each rule then goes the whole way: score, pairs and a
Cox model in its pool, clustered by pair. The treated are followed as their site says,
to the horizon where there is one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from truth_worlds import Records, Sample

from counterarm.matching import Matches, fit_propensity_score, match_nearest
from counterarm.survival import CoxFit, fit_cox
from counterarm.trust import cut_at, follow_up, is_in_pool, observed_over_expected
from counterarm.trust.follow_up import FollowUp

# the O/E of deaths after the last visit counts so many days
WINDOW = 182
AS_RECORDED = "as recorded, all controls"
WINDOW_91 = "window 91 d, recording"
ORACLE = "oracle: alive until a death would be recorded"


@dataclass(frozen=True)
class Remedy:
    """A rule of follow-up of the controls, with its pool, and a cut for both arms."""

    name: str
    pool: str
    follow: Callable[[Records], FollowUp]
    horizon: float | None = None


def all_controls(records: Records) -> np.ndarray:
    """Take every control."""
    return is_in_pool("as_recorded", records.deaths)


def recording(records: Records) -> np.ndarray:
    """Take the controls of trials that record deaths."""
    return is_in_pool("window", records.deaths)


def known_status(records: Records) -> np.ndarray:
    """Take the controls of whom a row says that they died or did not."""
    return np.isfinite(records.death) | (records.deaths == "full")


POOLS = {
    "all controls": all_controls,
    "recording": recording,
    "a death row": known_status,
}


def latest_of_trial(records: Records, day: np.ndarray) -> np.ndarray:
    """Return the latest day of anybody in each control's trial; NaN days are skipped.

    Where nobody has one, the control's own last visit.
    """
    latest = np.full(records.trial.max() + 1, -np.inf)
    known = np.isfinite(day)
    np.maximum.at(latest, records.trial[known], day[known])
    found = latest[records.trial]
    return np.where(np.isfinite(found), found, records.last_visit)


def as_recorded(records: Records) -> FollowUp:
    """Count deaths whenever they are recorded, and lives until the last visit."""
    return follow_up("as_recorded", records.last_visit, records.death)


def window(days: float) -> Callable[[Records], FollowUp]:
    """Follow everybody for so many days past the last visit."""
    return lambda records: follow_up(
        "window", records.last_visit, records.death, days=days
    )


def horizon(days: float) -> Callable[[Records], FollowUp]:
    """Follow everybody to a day."""
    return lambda records: follow_up(
        "horizon", records.last_visit, records.death, days=days
    )


def to_last_visit(records: Records) -> FollowUp:
    """Follow everybody to the last visit day of anybody in the trial."""
    end = latest_of_trial(records, records.last_visit)
    return follow_up(
        "alive_to_last_visit", records.last_visit, records.death, trial_end=end
    )


def to_last_death(records: Records) -> FollowUp:
    """Follow everybody to the last day of death of anybody in the trial."""
    end = latest_of_trial(records, records.death)
    return follow_up(
        "alive_to_last_death", records.last_visit, records.death, trial_end=end
    )


def oracle(records: Records) -> FollowUp:
    """Follow everybody as long as the trial recorded deaths, each death known."""
    end = np.maximum(records.recorded_until, records.last_visit)
    return follow_up(
        "alive_to_last_death", records.last_visit, records.true_death, trial_end=end
    )


REMEDIES = (
    Remedy(AS_RECORDED, "all controls", as_recorded),
    Remedy("as recorded, known status (a death row)", "a death row", as_recorded),
    Remedy("as recorded, recording", "recording", as_recorded),
    Remedy(WINDOW_91, "recording", window(91)),
    Remedy("window 182 d, recording", "recording", window(182)),
    Remedy("window 91 d, all controls", "all controls", window(91)),
    Remedy("alive to the trial's last visit, recording", "recording", to_last_visit),
    Remedy("horizon 365 d, recording", "recording", horizon(365), horizon=365),
    Remedy("horizon 270 d, recording", "recording", horizon(270), horizon=270),
    Remedy("alive to the trial's last death, recording", "recording", to_last_death),
    Remedy(ORACLE, "recording", oracle),
)


def remedied(sample: Sample) -> Iterator[tuple[str, CoxFit]]:
    """Yield the name of each remedy and the Cox model of the pairs under it.

    Remedies of one pool have the same pairs, as follow-up is not matched on.
    """
    records, treated = sample.records, sample.treated
    if records is None:
        raise ValueError("no records of the controls: the world is not like the demo")
    n_treated = int(treated.sum())
    pairs: dict[str, tuple[np.ndarray, Matches]] = {}
    for remedy in REMEDIES:
        if remedy.pool not in pairs:
            pool = POOLS[remedy.pool](records)
            kept = np.concatenate(
                [np.arange(n_treated), n_treated + np.flatnonzero(pool)]
            )
            score = fit_propensity_score(sample.covariates[kept], treated[kept]).score
            pairs[remedy.pool] = kept, match_nearest(score, treated[kept])
        kept, matched = pairs[remedy.pool]
        days, died = sample.days[:n_treated], sample.died[:n_treated]
        if remedy.horizon is not None:
            days, died = cut_at(days, died, remedy.horizon)
        followed = remedy.follow(records)
        days = np.concatenate([days, followed.days])[kept]
        died = np.concatenate([died, followed.event])[kept]
        index = np.concatenate([matched.treated_index, matched.control_index])
        fit = fit_cox(
            days[index],
            died[index],
            treated[kept][index].astype(float)[:, None],
            names=["treated"],
            cluster=np.tile(np.arange(len(matched)), 2),
        )
        yield remedy.name, fit


def deaths_after_visits(records: Records) -> float:
    """Return O/E of deaths within 182 days of the last visit, in recording trials."""
    kept = recording(records)
    found = observed_over_expected(
        records.last_visit[kept], records.death[kept], records.spacing[kept], WINDOW
    )
    return found.ratio
