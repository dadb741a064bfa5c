"""An edit that changes nothing has the digest from before; any other has not."""

import pytest

from counterarm.refresh.meaning import (
    python_meaning,
    sql_meaning,
    yaml_entries,
    yaml_meaning,
)

SQL = """\
-- One row per subject.
select
    usubjid,  -- a comment
    'it''s -- no comment' as words,
    "odd -- name"
from {{ ref('dm') }}  /* why */
where age > 1
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("-- One row per subject.\n", ""),
        ("-- a comment", "-- another's comment"),
        ("  /* why */", ""),
        ("    usubjid", "\n\n  usubjid"),
        ("where age", "{# Jinja's #}where age"),
        ("-- One", "{# it's\n-- a quote #}\n-- One"),
    ],
)
def test_comments_blank_lines_and_indentation_of_sql_mean_nothing(old, new):
    edited = SQL.replace(old, new)
    assert edited != SQL
    assert sql_meaning(edited) == sql_meaning(SQL)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("> 1", "> 2"),
        ("no comment' as", "a comment' as"),
        ("it''s -- no", "it''s  -- no"),
        ("odd -- name", "odd -- names"),
        ("ref('dm')", "ref('ae')"),
        # dbt renders what is in a comment of SQL
        ("-- a comment", "-- depends_on: {{ ref('ae') }}"),
        ("age > 1", "age >/**/ 1 --\n or 1"),
        # Jinja's comment ends where it says, whatever it began in
        ("-- a comment", "-- {# a comment"),
        ("it''s -- no", "it''s  \n -- no"),
    ],
)
def test_whatever_else_is_edited_in_sql_means_something(old, new):
    assert sql_meaning(SQL.replace(old, new)) != sql_meaning(SQL)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("select 'a \nb'", "select 'a\nb'"),
        ("select 'a\n\nb'", "select 'a\nb'"),
        ("select $a$ x -- y $a$", "select $a$ x -- z $a$"),
        (
            "{% set t %}\na\n\nb\n{% endset %}'{{ t }}'",
            "{% set t %}\na\nb\n{% endset %}'{{ t }}'",
        ),
    ],
)
def test_blanks_and_blank_lines_within_a_text_of_sql_are_part_of_it(one, other):
    assert sql_meaning(one) != sql_meaning(other)


def test_a_comment_between_two_words_does_not_join_them():
    assert sql_meaning("select a/* */b") != sql_meaning("select ab")


@pytest.mark.parametrize("text", ["select 'open -- text", r"select '\' -- x'"])
def test_sql_whose_quotes_cannot_be_paired_stays_as_it_is(text):
    assert sql_meaning(text) == text


def test_indentation_stays_where_jinja_makes_text_of_it():
    block = "{% set words %}\n  text\n{% endset %}\nselect '{{ words }}'"
    moved = block.replace("  text", "    text")
    assert sql_meaning(moved) != sql_meaning(block)


def test_comments_layout_and_docstrings_of_python_mean_nothing():
    one = '"""What."""\ndef f(x):\n    """Say."""\n    return x + 1\n'
    other = "# a comment\ndef f( x ):\n\n    return (x +\n        1)\n"
    assert python_meaning(one) == python_meaning(other)
    assert python_meaning(one) != python_meaning(one.replace("+ 1", "- 1"))
    # a module that reads docstrings is another with another docstring
    reader = f"{one}print(f.__doc__)\n"
    assert python_meaning(reader) != python_meaning(reader.replace("Say", "Tell"))


def test_a_text_that_is_no_docstring_counts_in_python():
    assert python_meaning("x = 'a'") != python_meaning("x = 'b'")
    assert python_meaning("def f():\n    1\n    'a'") != python_meaning(
        "def f():\n    1\n    'b'"
    )


def test_comments_of_yaml_mean_nothing_and_values_do():
    assert yaml_meaning("a: 1 # one\nb: [x]") == yaml_meaning("a: 1\n\nb:\n  - x\n")
    assert yaml_meaning("a: 1") != yaml_meaning("a: '1'")
    assert yaml_meaning("[x, y]") != yaml_meaning("[y, x]")


def test_each_entry_of_a_property_file_stands_alone_without_unit_tests():
    text = "models:\n  - name: dm\n    description: One\n  - name: ae\n"
    tested = f"{text}unit_tests:\n  - name: dm\n    given: []\n"
    assert yaml_entries(tested) == yaml_entries(text)
    other = yaml_entries(text.replace("One", "Two"))
    assert other["dm"] != yaml_entries(text)["dm"]
    assert other["ae"] == yaml_entries(text)["ae"]
