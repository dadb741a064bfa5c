"""One number in several spellings: what a person would still read as the same."""

import re
import unicodedata
from difflib import SequenceMatcher

# A number that a spreadsheet or a data frame has made of another number.
THOUSANDS = re.compile(r"\d{1,3}([,.'\u2019 ]\d{3})+")
DECIMAL = re.compile(r"\d+[.,]0*")
SCIENTIFIC = re.compile(r"\d+([.,]\d+)?e\+?\d{1,2}")
RUNS = re.compile(r"[^\W\d_]+|\d+")
# Letters, digits and what is commonly written between them.
USUAL = re.compile(r"[^\W_]+([-_/.: ]+[^\W_]+)*", re.ASCII)
# Categories of invisible characters: format characters and controls.
UNSEEN = ("Cf", "Cc")


def folded(number: str) -> str:
    """Return what all spellings of a number have in common.

    Case, width, spaces, invisible characters, the kind of dash or whether there is
    one, and leading zeros make no difference; nor does `.0`, a separator of thousands
    or an exponent in a number of digits alone.
    """
    text = plain(number).casefold()
    whole = as_whole_number(text.strip())
    if whole is not None:
        return whole
    runs = RUNS.findall(text)
    return "-".join(run.lstrip("0") or "0" if run.isdigit() else run for run in runs)


def plain(number: str) -> str:
    """Return a number in common characters, without those that nobody sees."""
    return common(unseen_removed(number))


def common(text: str) -> str:
    """Return a text in common characters: of usual width, digits as 0 to 9."""
    return "".join(map(plain_digit, unicodedata.normalize("NFKC", text)))


def plain_digit(character: str) -> str:
    """Return a digit of any script as 0 to 9, any other character as it is."""
    digit = unicodedata.digit(character, None)
    return character if digit is None else str(digit)


def as_whole_number(text: str) -> str | None:
    """Return the whole number that a text of digits stands for, None for others."""
    if THOUSANDS.fullmatch(text):
        return str(int(re.sub(r"\D", "", text)))
    if DECIMAL.fullmatch(text):
        return str(int(re.split("[.,]", text)[0]))
    if SCIENTIFIC.fullmatch(text):
        value = float(text.replace(",", "."))
        return str(int(value)) if value.is_integer() else None
    return str(int(text)) if text.isdigit() else None


def has_odd_characters(number: str) -> bool:
    """Tell whether a number has characters beyond letters, digits and separators.

    Letters of every script are letters; marks, controls, quotes, brackets and what
    markup or SQL is made of are not.
    """
    letters = "".join("A" if one.isalpha() else one for one in number)
    return not USUAL.fullmatch(letters)


def visible(number: str) -> str:
    """Return a number with every character escaped that a person does not see."""
    return "".join(
        one
        if one == " " or unicodedata.category(one) not in (*UNSEEN, "Zs")
        else f"\\u{ord(one):04x}"
        for one in number
    )


def difference(number: str, other: str) -> str:
    """Say in words how two spellings of one number differ."""
    whole = as_whole_number(plain(number).casefold().strip())
    if whole is not None and not plain(number).strip().isdigit():
        return "the way a whole number is written"
    found = []
    for words, step in STEPS.items():
        before = n_unlike(number, other)
        number, other = step(number), step(other)
        if n_unlike(number, other) < before:
            found.append(words)
    return " and ".join(found)


def n_unlike(one: str, other: str) -> int:
    """Count the characters of two texts that have no match in the other."""
    matched = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    return len(one) + len(other) - 2 * sum(block.size for block in matched)


def unseen_removed(text: str) -> str:
    """Return a text without the invisible characters."""
    return "".join(one for one in text if unicodedata.category(one) not in UNSEEN)


def without_zeros(text: str) -> str:
    """Return a text without zeros at the beginning of its runs of digits."""
    return re.sub(r"\d+", lambda run: run[0].lstrip("0") or "0", text)


STEPS = {
    "invisible characters": unseen_removed,
    "another kind of letters, digits or spaces": common,
    "upper and lower case": str.casefold,
    "spaces": lambda text: re.sub(r"\s", "", text),
    "dashes or other signs": lambda text: re.sub(r"[^\w\s]|_", "", text),
    "zeros before the number": without_zeros,
}
