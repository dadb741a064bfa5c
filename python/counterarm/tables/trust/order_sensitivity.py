"""How much hangs on the order of rows: pairs and hazard ratios of permutations."""

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pandas as pd

from counterarm.matching import (
    CandidatePairs,
    Matches,
    NoScoreError,
    match_greedy,
    match_optimal,
)
from counterarm.matching.matches import make_matches
from counterarm.survival import fit_cox
from counterarm.survival.cox import Ties
from counterarm.tables.frames import COUNT, NUMBER, TEXT, typed_frame
from counterarm.tables.groups import entry_days
from counterarm.tables.match_inputs import (
    is_discarded,
    is_treated,
    naming,
    score_of,
)
from counterarm.tables.matching import PAIRED
from counterarm.tables.pairing import Pairing
from counterarm.tables.trust.main_model import TREATED
from counterarm.tables.trust.path import (
    places,
    scores_of,
    treatment_models,
)
from counterarm.tables.trust.rule_analyses import rule_analyses
from counterarm.trust import random_stream

# 200 permutations show the range to about a hundredth and cost seconds, not minutes.
PERMUTATIONS = 200
# Optimal pairs depend on the order only where choices are equally good; they cost more.
OPTIMAL_PERMUTATIONS = 20
SEED = 20230815
TYPES = {
    "analysis_id": TEXT,
    "follow_up_rule": TEXT,
    "match_order": TEXT,
    "permutations": COUNT,
    "seed": COUNT,
    "min": NUMBER,
    "q025": NUMBER,
    "median": NUMBER,
    "q975": NUMBER,
    "max": NUMBER,
    "n_pairings": COUNT,
}
# Chooses pairs of the rows that it is given, in their order; indices of the result are
# these rows themselves.
Permuted = Callable[[np.ndarray], Matches]


def order_sensitivity(
    subjects: pd.DataFrame,
    matching: pd.DataFrame,
    terms: pd.DataFrame,
    models: pd.DataFrame,
    model_terms: pd.DataFrame,
    variables: pd.DataFrame,
    axes: pd.DataFrame | None = None,
    *,
    permutations: int = PERMUTATIONS,
    seed: int = SEED,
) -> pd.DataFrame:
    """Match again with the rows in random orders, one row per analysis and order.

    Arguments as those of `specification_table`. Each analysis under a follow-up rule
    is matched in its pool, as it is published. `match_order` is the plan's own, in
    which the order of rows decides between equal scores only, and `data`, in which the
    treated are served at random; pairs by distance are `optimal`, or `data` where
    chosen greedily. min to max are hazard ratios, n_pairings counts the different
    choices of pairs. Methods without pairs, and subjects without a score, have no
    rows. Permutation d comes from `random_stream(seed, analysis_id, d)`.
    """
    variants = treatment_models(models, model_terms)
    plans = matching.set_index("analysis_id")
    rows = []
    for analysis in rule_analyses(subjects, axes):
        name = analysis.analysis_id
        plan, own = plans.loc[name], terms[terms["analysis_id"] == name]
        if plan["method"] not in PAIRED or not variants.get(name):
            continue
        eligible = analysis.eligible
        ties = next(iter(variants[name].values())).ties
        with naming(name, "the permutations"):
            try:
                scores = scores_of(eligible, own, plan, variables)
            except NoScoreError:
                continue
            kept = np.flatnonzero(~is_discarded(eligible, scores, plan))
            for match_order, pairing in pairings(eligible, kept, scores, own, plan):
                n = OPTIMAL_PERMUTATIONS if match_order == "optimal" else permutations
                drawn = (random_stream(seed, name, d) for d in range(n))
                orders = (stream.permutation(kept) for stream in drawn)
                rows.append(
                    {
                        "analysis_id": name,
                        "follow_up_rule": analysis.follow_up_rule,
                        "match_order": match_order,
                        "permutations": n,
                        "seed": seed,
                    }
                    | range_over(orders, eligible, pairing, ties)
                )
    return typed_frame(rows, TYPES)


def range_over(
    orders: Iterable[np.ndarray], eligible: pd.DataFrame, pairing: Permuted, ties: Ties
) -> dict[str, float]:
    """Return the range of hazard ratios over orders of rows, equal pairs fitted once.

    Pairs without an estimate are counted in n_pairings and in nothing else.
    """
    days = eligible["days"].to_numpy(float, na_value=np.nan)
    event = eligible["is_event"].to_numpy(bool, na_value=False)
    treated = is_treated(eligible).astype(float)
    entry = entry_days(eligible)

    def hazard_ratio(matches: Matches) -> float:
        rows, _, weights = places(matches)
        known = ~np.isnan(days[rows])
        rows, weights = rows[known], weights[known]
        try:
            fit = fit_cox(
                days[rows],
                event[rows],
                treated[rows],
                names=[TREATED],
                entry=entry[rows] if (entry[rows] > 0).any() else None,
                weights=None if (weights == 1).all() else weights,
                robust=False,
                ties=ties,
            )
        except ValueError:
            return np.nan
        return float(fit.hazard_ratio[0]) if fit.is_finite[0] else np.nan

    ratio_of: dict[bytes, float] = {}
    ratios = []
    for order in orders:
        matches = pairing(order)
        key = matches.treated_index.tobytes() + matches.control_index.tobytes()
        if key not in ratio_of:
            ratio_of[key] = hazard_ratio(matches)
        ratios.append(ratio_of[key])
    known = np.array(ratios)[~np.isnan(ratios)]
    result: dict[str, float] = {"n_pairings": len(ratio_of)}
    if len(known):
        quantiles = np.quantile(known, (0, 0.025, 0.5, 0.975, 1))
        names = ("min", "q025", "median", "q975", "max")
        result |= dict(zip(names, quantiles.tolist(), strict=True))
    return result


def pairings(
    eligible: pd.DataFrame,
    kept: np.ndarray,
    scores: pd.DataFrame,
    own: pd.DataFrame,
    plan: pd.Series,
) -> Iterator[tuple[str, Permuted]]:
    """Yield each order in which pairs are chosen, and how to choose them.

    `kept` are the rows of `eligible` that are not discarded. As they stand, the plan's
    order, or the optimal choice, gives the pairs of `matching.pairs`.
    """
    treated = is_treated(eligible)
    pairing = Pairing(eligible, own, plan)
    if pairing.distance_terms:
        allowed = pairing.allowed(treated)
        is_optimal = plan["method"] == "optimal"
        choose = match_optimal if is_optimal else match_greedy
        yield (
            "optimal" if is_optimal else "data",
            lambda order: as_stood(choose(reordered(allowed, order)), order),
        )
        return
    score = score_of(eligible, scores, plan)
    for match_order in dict.fromkeys([plan["match_order"], "data"]):
        served = Pairing(eligible, own, plan.copy())
        served.plan["match_order"] = match_order

        def in_order(order: np.ndarray, served: Pairing = served) -> Matches:
            return as_stood(served.in_order(treated, score, order), order)

        yield match_order, in_order


def reordered(pairs: CandidatePairs, order: np.ndarray) -> CandidatePairs:
    """Return candidate pairs as they are with all rows in another order."""
    place = np.empty(len(order), dtype=np.intp)
    place[order] = np.arange(len(order))
    treated, control = place[pairs.treated_index], place[pairs.control_index]
    by_index = np.lexsort((control, treated))
    cost = None if pairs.cost is None else pairs.cost[by_index]
    return CandidatePairs(
        treated[by_index], control[by_index], pairs.distance[by_index], cost
    )


def as_stood(matches: Matches, order: np.ndarray) -> Matches:
    """Return pairs with indices of the rows as they stood, sorted by treated."""
    return make_matches(
        order[matches.treated_index],
        order[matches.control_index],
        matches.match_round,
        matches.distance,
    )
