"""GRIM and GRIMMER against published examples and by trying all samples."""

from itertools import combinations_with_replacement
from statistics import mean, stdev

import pytest

from counterarm.printed_numbers.printed import parse_printed
from counterarm.printed_numbers.whole_numbers import grim, grimmer


def items(**texts: str) -> dict:
    return {role: [parse_printed(text)] for role, text in texts.items()}


# Brown and Heathers 2017 work 5.19 of 28; the rest is what the R package scrutiny 0.6.1
# prints of its data set pigs1; 3.48 of 20 dice is how encyclopedias explain it.
@pytest.mark.parametrize(
    ("x", "n", "verdict"),
    [
        ("5.19", "28", "contradiction"),
        ("5.18", "28", "consistent"),
        ("3.48", "20", "contradiction"),
        ("7.22", "32", "consistent"),
        ("4.74", "25", "contradiction"),
        ("5.23", "29", "contradiction"),
        ("2.57", "24", "contradiction"),
        ("6.77", "27", "contradiction"),
        ("2.68", "28", "consistent"),
        ("7.01", "29", "contradiction"),
        ("7.38", "26", "consistent"),
        ("3.14", "27", "contradiction"),
        ("6.89", "31", "contradiction"),
        ("5.00", "25", "consistent"),
        ("0.24", "28", "contradiction"),
    ],
)
def test_grim_judges_as_the_literature(x, n, verdict):
    assert grim(items(mean=x, n=n), {}).verdict == verdict


def test_grim_names_the_nearest_possible_means():
    found = grim(items(mean="5.19", n="28"), {})
    assert found.expected == "5.18 or 5.21"


def test_grim_cannot_tell_of_many_whole_numbers():
    assert grim(items(mean="35.5", n="157"), {}).verdict == "cannot tell"
    assert grim(items(mean="5.19", n="28"), {"items": "4"}).verdict == "cannot tell"


# What scrutiny says of its data set pigs5, but for 2.57 +- 2.57 of 30, which an early
# version of it refuses and the next test has a sample of.
@pytest.mark.parametrize(
    ("x", "sd", "n", "verdict"),
    [
        ("7.22", "5.30", "38", "contradiction"),
        ("4.74", "6.55", "31", "consistent"),
        ("5.23", "2.55", "35", "contradiction"),
        ("2.57", "2.57", "30", "consistent"),
        ("6.77", "2.18", "33", "contradiction"),
        ("2.68", "2.59", "34", "consistent"),
        ("7.01", "6.68", "35", "contradiction"),
        ("7.38", "3.65", "32", "consistent"),
        ("3.14", "5.32", "33", "contradiction"),
        ("6.89", "4.18", "37", "consistent"),
        ("5.00", "2.18", "31", "consistent"),
        ("0.24", "6.43", "34", "consistent"),
    ],
)
def test_grimmer_judges_as_scrutiny(x, sd, n, verdict):
    assert grimmer(items(mean=x, sd=sd, n=n), {}).verdict == verdict


def test_a_sample_with_mean_and_deviation_2_57_exists():
    sample = [7] * 2 + [5] * 9 + [4] * 4 + [1] * 2 + [0] * 13
    assert (len(sample), f"{mean(sample):.2f}", f"{stdev(sample):.2f}") == (
        30,
        "2.57",
        "2.57",
    )


def test_grimmer_never_accuses_a_sample_that_exists():
    for sample in combinations_with_replacement(range(5), 6):
        printed = items(mean=f"{mean(sample):.2f}", sd=f"{stdev(sample):.2f}", n="6")
        assert grimmer(printed, {}).verdict == "consistent", sample
        assert grim(printed, {}).verdict == "consistent", sample
