"""A part of a build: the tests that go with it, and what it says of an empty one."""

import pytest

from counterarm.cli.selection import selected_names, unknown_selection, with_tests
from counterarm.dbt_log import read_log, without_traceback
from counterarm.run_times import Remaining, clock


def test_of_a_selection_only_those_tests_run_whose_tables_are_built():
    assert with_tests(["--select", "+cox"]) == [
        *("--select", "+cox", "--indirect-selection", "buildable")
    ]
    assert with_tests(["--exclude=cox"])[1:] == ["--indirect-selection", "buildable"]
    # a build of everything, and who chose otherwise, are left alone
    for arguments in ([], ["-s", "cox", "--indirect-selection=eager"]):
        assert with_tests(arguments) == arguments


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["--select", "+coxx"], ["coxx"]),
        (["-s", "2+adae+1", "@dm", "--threads", "2"], ["adae", "dm"]),
        (["--select=tag:x,cox"], ["x", "cox"]),
    ],
)
def test_names_of_a_selection_have_no_operators(arguments, names):
    assert selected_names(arguments) == names


def test_a_selection_of_nothing_is_told_with_names_that_come_near(tmp_path):
    (tmp_path / "models" / "07").mkdir(parents=True)
    (tmp_path / "models" / "07" / "cox.py").touch()
    printed = unknown_selection(["build", "--select", "+coxx"], tmp_path)
    assert "selected by coxx" in printed
    assert "'coxx' is near cox" in printed


FAILED = """Runtime Error in model pairs (models/06_matching/pairs.py)
  Python model failed:
  Traceback (most recent call last):
    File "x.py", line 7, in model
      return choose_pairs(
  ValueError: width is -1, expected 0 or more

  The above exception was the direct cause of the following exception:

  Traceback (most recent call last):
    File "y.py", line 9, in choose_pairs
  ValueError: analysis mine, the pairs: width is -1, expected 0 or more
  """


def test_of_an_exception_in_a_model_only_what_it_says_is_left():
    assert without_traceback(FAILED) == (
        "Runtime Error in model pairs (models/06_matching/pairs.py)\n"
        "  analysis mine, the pairs: width is -1, expected 0 or more"
    )
    assert (
        without_traceback("Database Error\n  no table") == "Database Error\n  no table"
    )


def test_what_the_binding_counts_at_the_end_is_no_line_of_the_log():
    noise = ["nanobind: leaked 2 types!\n", ' - leaked type "x"\n', "Killed\n"]
    assert [line.text for line in read_log(noise)] == ["Killed"]


def test_the_time_left_is_told_from_the_last_run_else_from_the_share():
    remaining = Remaining({"dm": 30.0, "cox": 60.0})
    remaining.finish("dm")
    # a third of the time of the last run took 20 seconds
    assert remaining.seconds(1, 2, 20) == pytest.approx(40)
    assert Remaining({}).seconds(1, 4, 20) == pytest.approx(60)
    assert Remaining({}).seconds(0, 4, 1) is None
    assert (clock(65), clock(3725)) == ("1:05", "1:02:05")
