"""PRO-ACT table LABS: the longest by far, results as text (proact.md 1.10, 2 #23)."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from counterarm.demo.lab_tests import (
    BARE_POINT,
    CAPITALS,
    PANELS,
    STYLE_NAMES,
    STYLES,
    TESTS,
    spell,
)
from counterarm.demo.lab_words import ANSWERS, WORD_TESTS, WORDS
from counterarm.demo.patients import MONTH
from counterarm.demo.quirks import (
    REPEATED,
    Rows,
    blank,
    file_order,
    identifiers,
    number,
    pick,
    repeat_some,
    take_rows,
)
from counterarm.demo.trials import trial_array
from counterarm.demo.visits import Block

# blood is taken at a share of the later visits
VISIT_SHARE = 0.725
# share of the variance of a test that is the subject's own
OWN_VARIANCE = 0.6

# rates of quirks, by row unless stated otherwise (number in proact.md section 2)
SCREENED = 0.03  # #10: share of subjects with blood taken before day 0
RUN_IN_SHARE = 0.25  # #10: share of visits before day 0
LATE = 0.02  # #26: share of subjects with an isolated late day, of a few tests
LATE_TESTS = 0.08
TEST_MISSING = 0.02
SAME_DAY = 0.012  # #3: measured again on the same day
SAME_DAY_DASH = 0.3  # #23: of these, "-" beside the number
DASH = 0.0008  # #23: "-" alone
RESULT_MISSING = 0.004
UNIT_MISSING = 0.03
DAY_MISSING = 0.001
COMMA = 0.5  # #23: of thousands, in the style that writes commas

NAMES = tuple(
    spell(test.name, style) for test in (*TESTS, *WORD_TESTS) for style in range(STYLES)
)
UNITS = tuple(scale.unit for test in TESTS for scale in test.scales)
FACTOR = np.array([[s.factor for s in test.scales] for test in TESTS])
DECIMALS = np.array([[s.decimals for s in test.scales] for test in TESTS])
MIDDLE, SPREAD, MALE, FLOOR, PER_POINT = (
    np.array([getattr(test, name) for test in TESTS], dtype=float)
    for name in ("middle", "spread", "male", "floor", "per_point")
)
PERCENT = np.array([test.scales[0].unit == "%" for test in TESTS])
PANEL = np.array([list(PANELS).index(test.panel) for test in (*TESTS, *WORD_TESTS)])
PANEL_SHARES = np.array(list(PANELS.values()))
RARE = list(PANELS).index("rare")
# number of the style, 0 also for a trial without LABS
STYLE_OF_TRIAL = np.argmax(
    trial_array("labs")[:, None] == np.array(STYLE_NAMES), axis=1
)


def _visits(
    rng: np.random.Generator, block: Block
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the days on which blood was taken: subject, day, and which are isolated."""
    measured = trial_array("labs")[block.trial] != "none"
    n = len(measured)
    share = np.where(block.day < 0, RUN_IN_SHARE, VISIT_SHARE)
    share[block.day == 0] = 0.97
    drawn = measured[block.who] & (rng.random(len(block.who)) < share)
    early = np.flatnonzero(measured & (rng.random(n) < SCREENED))
    late = np.flatnonzero(measured & (rng.random(n) < LATE))
    after = block.seen_until[late] + np.floor(rng.uniform(120, 3_000, len(late)))
    who = np.concatenate([block.who[drawn], early, late])
    day = [block.day[drawn], -rng.integers(5, 43, len(early)).astype(float), after]
    isolated = np.arange(len(who)) >= len(who) - len(late)
    return who, np.concatenate(day), isolated


def _tests(
    rng: np.random.Generator, at_entry: np.ndarray, isolated: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Choose tests for each visit: number of the visit, number of the test."""
    shape = (len(at_entry), len(PANEL))
    share = np.where(at_entry[:, None], PANEL_SHARES[:, 0], PANEL_SHARES[:, 1])
    done = (rng.random((len(at_entry), len(PANELS))) < share)[:, PANEL]
    rare = PANEL == RARE
    done[:, rare] = rng.random((len(at_entry), rare.sum())) < PANEL_SHARES[RARE, 0]
    few = np.where(isolated, LATE_TESTS, 1 - TEST_MISSING)[:, None]
    done &= rng.random(shape, dtype=np.float32) < few
    visit, test = np.nonzero(done)
    return visit, test


def _values(
    rng: np.random.Generator,
    block: Block,
    who: np.ndarray,
    day: np.ndarray,
    test: np.ndarray,
) -> np.ndarray:
    """Draw results in conventional units."""
    patients = block.patients
    own = rng.standard_normal((len(patients), len(TESTS)))[who, test]
    noise = rng.standard_normal(len(test))
    z = np.sqrt(OWN_VARIANCE) * own + np.sqrt(1 - OWN_VARIANCE) * noise
    lost = patients.loss[who] + patients.slope[who] * day / MONTH
    lost = np.clip(lost, 0.0, 48.0) - patients.loss.mean()
    log = SPREAD[test] * z + MALE[test] * patients.male[who]
    log -= PER_POINT[test] / 100 * lost
    value = MIDDLE[test] * np.exp(log)
    return np.where(PERCENT[test], np.minimum(value, 100.0), value)


def _put(column: pa.Array, where: np.ndarray, words: pa.Array) -> pa.Array:
    return pc.replace_with_mask(column, pa.array(where), words)


def _number_texts(
    rng: np.random.Generator, value: np.ndarray, test: np.ndarray, style: np.ndarray
) -> pa.Array:
    """Write numeric results on the scale of the style, with its oddities."""
    decimals = DECIMALS[test, style]
    power = 10.0**decimals
    factor = FACTOR[test, style]
    written = np.rint(value * factor * power) / power
    # a power below one is not exact
    written = np.where(decimals <= 0, np.rint(written), written)
    text = number(written)

    pointed = (style == BARE_POINT) & (written > 0) & (written < 1)
    bare = pc.utf8_slice_codeunits(text.filter(pa.array(pointed)), 1)
    text = _put(text, pointed, bare)

    comma = (style == CAPITALS) & (written >= 1_000) & (rng.random(len(test)) < COMMA)
    thousands = [f"{int(v):,}" for v in written[comma]]
    text = _put(text, comma, pa.array(thousands, pa.string()))

    below = value < FLOOR[test]
    floor = np.rint((FLOOR[test] * factor * power)[below]) / power[below]
    return _put(text, below, pc.binary_join_element_wise("<", number(floor), ""))


def _word_codes(
    rng: np.random.Generator, test: np.ndarray, style: np.ndarray
) -> np.ndarray:
    """Draw answers of word tests (numbered from 0), as numbers of `WORDS`."""
    luck = rng.random(len(test))
    code = np.zeros(len(test), dtype=np.int64)
    first = 0
    for kind, answers in ANSWERS.items():
        asked = np.array([t.kind == kind for t in WORD_TESTS])[test]
        edges = np.cumsum(list(answers.values()))
        answer = np.searchsorted(edges / edges[-1], luck[asked], side="right")
        code[asked] = first + style[asked] * len(answers) + answer
        first += STYLES * len(answers)
    return code


def labs(rng: np.random.Generator, block: Block) -> Rows:
    """Write LABS: four styles of names, units and scales, by trial."""
    visit_who, visit_day, isolated = _visits(rng, block)
    visit, test = _tests(rng, visit_day == 0, isolated)
    row = np.arange(len(test))
    row = repeat_some(rng, row, SAME_DAY)
    again = np.zeros(len(row), dtype=bool)
    again[1:] = row[1:] == row[:-1]
    who, day, test = visit_who[visit[row]], visit_day[visit[row]], test[row]
    n = len(test)
    style = STYLE_OF_TRIAL[block.trial[who]]

    in_words = test >= len(TESTS)
    as_number = np.flatnonzero(~in_words)
    test_n, style_n = test[as_number], style[as_number]
    value = _values(rng, block, who[as_number], day[as_number], test_n)
    numbers = _number_texts(rng, value, test_n, style_n)
    words = _word_codes(rng, test[in_words] - len(TESTS), style[in_words])
    result = _put(pa.nulls(n, pa.string()), ~in_words, numbers)
    result = _put(result, in_words, pick(WORDS, words))
    luck = rng.random(n)
    dash = np.where(again, luck < SAME_DAY_DASH, luck < DASH)
    result = pc.if_else(pa.array(dash), "-", result)
    empty = ~again & (luck > 1 - RESULT_MISSING)
    result = pc.if_else(pa.array(empty), pa.scalar(None, pa.string()), result)

    unit = np.full(n, -1)
    unit[as_number] = test_n * STYLES + style_n
    unit[rng.random(n) < UNIT_MISSING] = -1
    rows = {
        "subject_id": identifiers(block.subject_id[who]),
        "Test_Name": pick(NAMES, test * STYLES + style),
        "Test_Result": result,
        "Test_Unit": pick(UNITS, unit),
        "Laboratory_Delta": number(blank(rng, day, DAY_MISSING)),
    }
    order = repeat_some(rng, file_order(rng, who, day), REPEATED)
    return take_rows(rows, order)
