"""Defects to plant in a synthetic delivery, one function each, by group.

They come from trying the project as a stranger with an export of a hospital would, and
stand in the order of the list that was tried first.
"""

from planting import dates, days, files, headings, ids, scores, texts, values
from planting.delivery import DEFECTS, SEED, SUBJECTS, Delivery

__all__ = [
    "DEFECTS",
    "SEED",
    "SUBJECTS",
    "Delivery",
    "dates",
    "days",
    "files",
    "headings",
    "ids",
    "scores",
    "texts",
    "values",
]
