"""Which values of a coded column are codes, and the rows that ask for their meaning."""

import re

import pandas as pd

from counterarm.intake.drafting.guess import Guess
from counterarm.intake.mapping import TO_CONFIRM

# Columns whose values are words of a codelist of raw_terms.csv.
CODELISTS = {
    "sex": ["SEX"],
    "race": ["RACE"],
    "onset_site": ["ONSETLOC"],
    "riluzole": ["NY"],
    "el_escorial": ["ELESCOR"],
    "dose_unit": ["DOSEUNIT"],
    "gastrostomy": ["NY"],
    "event": ["DSDECOD", "PRDECOD"],
    "severity": ["AESEV"],
    "serious": ["NY"],
    "causality": ["AEREL"],
    "outcome": ["OUT"],
    "hospitalised": ["NY"],
    "congenital_anomaly": ["NY"],
    "disability": ["NY"],
    "life_threatening": ["NY"],
    "medically_important": ["NY"],
    "arm": ["SITEARM"],
    "days_only": ["NY"],
    "family_history": ["NY"],
    "ftd": ["NY"],
    "country": [],
}
# A code is a short number, a letter, or a few short words that patients share:
# a name, an address or a remark is hardly twice the same, or has a number in it.
CODES_AT_MOST = 20
SHORT_CODE = re.compile(r"-?\d{1,3}|[^\W\d_]")
WORDS_CODE = re.compile(r"(?=.{2,24}$)[^\W\d]+(([ /-]| - )[^\W\d]+){0,2}")


def terms_of(guess: Guess, terms: pd.DataFrame) -> set[str]:
    """Return the raw terms in the codelists of a column."""
    lists = CODELISTS[guess.target.column_name]
    return set(terms.loc[terms["codelist"].isin(lists), "raw_term"])


def codes_of(guess: Guess, terms: pd.DataFrame) -> list[str]:
    """Return the values of a coded column that are codes and identify nobody.

    A term of the codelist is one, and what has the form of a code in a column of few
    values. Words must be shared by patients: those of a single one may identify him.
    """
    known, seen = terms_of(guess, terms), guess.seen.known
    shared = guess.seen.n_subjects
    is_few = not guess.seen.is_cut and len(seen) <= CODES_AT_MOST
    others = [one for one in seen if one.upper() not in known]
    is_shared = 2 * len(others) <= sum(shared[one] for one in others)

    def is_code(value: str) -> bool:
        if value.upper() in known:
            return True
        if SHORT_CODE.fullmatch(value):
            return is_few
        is_words = WORDS_CODE.fullmatch(value) is not None
        return is_words and is_few and is_shared and shared[value] > 1

    return sorted(filter(is_code, seen))


def add_codes(
    site: str,
    table: str,
    chosen: list[Guess],
    terms: pd.DataFrame,
    rows: dict[str, list[dict]],
) -> None:
    """Add a row for each code of the coded columns, with its meaning where known."""
    for guess in chosen:
        column = guess.target.column_name
        if column not in CODELISTS:
            continue
        known = terms_of(guess, terms)
        for value in [guess.level] if guess.level else codes_of(guess, terms):
            is_known = value.upper() in known
            note = "a term as it is" if is_known else "say what it means"
            rows["site_codes"].append(
                {
                    "site": site,
                    "table_name": table,
                    "column_name": column,
                    "raw_value": value,
                    "value": value.upper() if is_known else "",
                    "note": f"{TO_CONFIRM} {note}",
                }
            )
