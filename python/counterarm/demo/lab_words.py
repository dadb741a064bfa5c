"""Laboratory tests that are answered in words, mostly of urine."""

from dataclasses import dataclass

from counterarm.demo.lab_tests import STYLES

# kinds of answers in capitals, with their weights
ANSWERS: dict[str, dict[str, float]] = {
    "color": {
        "YELLOW": 78,
        "STRAW": 10,
        "PALE YELLOW": 5,
        "AMBER": 4,
        "DARK YELLOW": 2,
        "COLORLESS": 1,
    },
    "appearance": {"CLEAR": 84, "HAZY": 7, "CLOUDY": 6, "SLIGHTLY CLOUDY": 3},
    "presence": {
        "NEGATIVE": 86,
        "TRACE": 7,
        "1+": 3.5,
        "2+": 1.5,
        "3+": 0.7,
        "POSITIVE": 1.1,
        "+": 0.2,
    },
    "sugar": {"NEGATIVE": 96, "TRACE": 1.6, "1+": 1.0, "100": 0.8, ">1000": 0.6},
    "field": {"0-2": 52, "NONE SEEN": 25, "3-5": 12, "<5": 6, "6-10": 3, "TNTC": 2},
    "amount": {"NONE SEEN": 60, "FEW": 20, "RARE": 8, "MODERATE": 7, "MANY": 5},
    "grade": {"SLIGHT": 60, "1+": 25, "MODERATE": 10, "2+": 5},
    "remark": {"HEMOLYZED": 40, "NOT DONE": 35, "QNS": 15, "SEE COMMENT": 10},
}


@dataclass(frozen=True)
class WordTest:
    """A test whose result is one of the `ANSWERS` of a kind; it has no unit."""

    name: str
    panel: str
    kind: str


_U, _R = "urine", "rare"
WORD_TESTS = (
    WordTest("Urine Color", _U, "color"),
    WordTest("Urine Appearance", _U, "appearance"),
    WordTest("Urine Blood", _U, "presence"),
    WordTest("Urine Glucose", _U, "sugar"),
    WordTest("Urine Ketones", _U, "presence"),
    WordTest("Urine Leukocyte Esterase", _U, "presence"),
    WordTest("Urine Nitrite", _U, "presence"),
    WordTest("Urine Protein", _U, "presence"),
    WordTest("Urine Urobilinogen", _U, "presence"),
    WordTest("Urine RBCs", _U, "field"),
    WordTest("Urine WBCs", _U, "field"),
    WordTest("Urine Bacteria", _U, "amount"),
    WordTest("Urine Epithelial Cells", _U, "amount"),
    WordTest("Urine Casts", _R, "amount"),
    WordTest("Urine Hyaline Casts", _R, "amount"),
    WordTest("Urine Crystals", _R, "amount"),
    WordTest("Urine Mucus", _R, "amount"),
    WordTest("Amorphous Sediment", _R, "amount"),
    WordTest("Anisocytosis", _R, "grade"),
    WordTest("Poikilocytosis", _R, "grade"),
    WordTest("Microcytosis", _R, "grade"),
    WordTest("Macrocytosis", _R, "grade"),
    WordTest("Polychromasia", _R, "grade"),
    WordTest("Acanthocytes", _R, "grade"),
    # no code in the terminology of CDISC
    WordTest("Lab Comment", _R, "remark"),
    WordTest("Specimen Quality", _R, "remark"),
    WordTest("Other Cells", _R, "field"),
)


def word(answer: str, style: int) -> str:
    """Write an answer as a style does: in capitals, as a word, or short."""
    if style == 1:
        return answer if answer == "TNTC" else answer.capitalize()
    if style == 2:
        return {"NEGATIVE": "NEG", "POSITIVE": "POS"}.get(answer, answer)
    return answer


# all words in a row: of a kind, its answers in the first style, then in the second...
WORDS = tuple(
    word(answer, style)
    for answers in ANSWERS.values()
    for style in range(STYLES)
    for answer in answers
)
