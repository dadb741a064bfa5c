"""The checks of arrays under the name that other modules still import them by."""

from counterarm.arrays import (
    FloatArray,
    IntArray,
    codes,
    follow_up,
    numbers,
    survival_times,
)

__all__ = [
    "FloatArray",
    "IntArray",
    "codes",
    "follow_up",
    "numbers",
    "survival_times",
]
