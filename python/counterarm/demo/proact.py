"""The PRO-ACT delivery as a stream of blocks, bounded in memory."""

from collections.abc import Callable, Collection, Iterator

import numpy as np

from counterarm.demo.ascertainment import Ascertainment
from counterarm.demo.background import el_escorial, family_history, neurofilament
from counterarm.demo.happenings import adverse_events, concomitant_medications
from counterarm.demo.labs import labs
from counterarm.demo.layout import TABLES
from counterarm.demo.patients import PROACT, Population, draw_patients, generator
from counterarm.demo.people import (
    als_history,
    death_data,
    demographics,
    riluzole,
    treatment,
)
from counterarm.demo.quirks import Rows
from counterarm.demo.scales import alsfrs, fvc, svc
from counterarm.demo.strength import hand_grip, muscle_strength
from counterarm.demo.trials import assign_trials
from counterarm.demo.visits import Block, plan_block
from counterarm.demo.vitals import vital_signs

# deaths and survival as the trials ascertained them
TRIALS_OWN = Ascertainment()
# subjects made and written at a time; changing it changes the delivery
BLOCK = 2_000
# the largest primes below a million and below 100 million: cubing is a permutation
# modulo a prime p when 3 does not divide p - 1, so ids are spread and never collide
SMALL_PRIME, LARGE_PRIME = 999_983, 99_999_989

# a table's place in this list picks its stream of random numbers: new tables go to the
# end, and the tables before them keep their rows
TABLE_MAKERS: dict[str, Callable[[np.random.Generator, Block], Rows]] = {
    "ADVERSEEVENTS": adverse_events,
    "ALSFRS": alsfrs,
    "ALSHISTORY": als_history,
    "CONMEDS": concomitant_medications,
    "DEATHDATA": death_data,
    "DEMOGRAPHICS": demographics,
    "FVC": fvc,
    "RILUZOLE": riluzole,
    "SVC": svc,
    "TREATMENT": treatment,
    "VITALSIGNS": vital_signs,
    "LABS": labs,
    "FAMILYHISTORY": family_history,
    "ELESCORIAL": el_escorial,
    "HANDGRIPSTRENGTH": hand_grip,
    "MUSCLESTRENGTH": muscle_strength,
    "NEUROFILAMENT": neurofilament,
}


def subject_ids(index: np.ndarray, subjects: int, seed: int) -> np.ndarray:
    """Give subjects arbitrary, distinct ids spread over 1 to 999,999.

    Beyond 999,983 subjects the ids have up to eight digits. `index` holds running
    numbers below `subjects`; nothing is kept in memory but the answer.
    """
    prime = SMALL_PRIME if subjects <= SMALL_PRIME else LARGE_PRIME
    factor, shift = generator(seed, 0).integers(prime // 3, prime, 2)
    x = (index.astype(np.int64) * factor + shift) % prime
    return (x * x % prime * x) % prime + 1


def blocks(
    subjects: int,
    seed: int,
    population: Population = PROACT,
    tables: Collection[str] = TABLES,
    ascertainment: Ascertainment = TRIALS_OWN,
) -> Iterator[tuple[str, Rows]]:
    """Yield the tables of one block of subjects after the other.

    Each item is a table of `tables` and its rows, a text column per heading (headings
    left out are empty). Only one table of one block is in memory at a time; it depends
    on the block's number, the seed and the block's own size alone, not on the tables
    that are made besides.
    """
    for number, first in enumerate(range(0, subjects, BLOCK)):
        index = np.arange(first, min(first + BLOCK, subjects))
        block = draw_block(index, subjects, seed, number, population, ascertainment)
        for place, (table, make) in enumerate(TABLE_MAKERS.items()):
            if table in tables:
                yield table, make(generator(seed, 2, number, place), block)


def draw_block(
    index: np.ndarray,
    subjects: int,
    seed: int,
    number: int,
    population: Population = PROACT,
    ascertainment: Ascertainment = TRIALS_OWN,
) -> Block:
    """Draw the latent patients of block `number` and plan their visits."""
    rng = generator(seed, 1, number)
    patients = draw_patients(rng, len(index), population)
    return plan_block(
        rng,
        subject_ids(index, subjects, seed),
        assign_trials(index),
        patients,
        is_first_block=number == 0,
        ascertainment=ascertainment,
        also=generator(seed, 4, number),
    )
