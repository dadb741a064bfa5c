"""Every field of the template is annotated with variables that exist."""

import csv
import re
from pathlib import Path

import duckdb
import pytest

from counterarm.submission.annotated import annotated_form
from counterarm.template.columns import template_columns
from counterarm.warehouse import reader
from counterarm.warehouse.engines import of_duckdb

ROOT = Path(__file__).parents[2]


def rows(file: str) -> list[dict[str, str]]:
    with (ROOT / "seeds" / file).open(newline="") as lines:
        return list(csv.DictReader(lines))


ANNOTATIONS = rows("submission/crf_annotations.csv")


def test_every_column_of_the_template_is_annotated_and_no_other():
    template = template_columns(ROOT / "seeds", ROOT / "models" / "01_staging")
    annotated = [(row["table_name"], row["column_name"]) for row in ANNOTATIONS]
    assert sorted(annotated) == sorted((one.table, one.name) for one in template)


def test_an_annotation_names_variables_and_terms_that_exist():
    known = {
        f"{row['domain']}.{row['variable']}".upper()
        for row in rows("codelists/sdtm_variables.csv")
    }
    questions = {row["qstestcd"] for row in rows("codelists/alsfrs_items.csv")}
    named, asked = set(), set()
    for row in ANNOTATIONS:
        found = re.findall(r"\b[A-Z]{2,6}\.[A-Z]+\b", row["annotation"])
        assert found or row["annotation"].startswith("NOT SUBMITTED: ")
        named |= set(found)
        asked |= set(re.findall(r"QSTESTCD = (\w+)", row["annotation"]))
    assert len(named) > 50
    assert named - known == set()
    assert len(asked) == 13
    assert asked - questions == set()


@pytest.fixture
def warehouse():
    made = duckdb.connect()
    made.execute("create schema seeds; create schema staging")
    for name in ("submission/crf_annotations", "mappings/raw_columns"):
        made.execute(
            f"create table seeds.{Path(name).name} as from "
            f"read_csv('{ROOT}/seeds/{name}.csv', all_varchar=true)"
        )
    made.execute("create table staging.stg_site__doses (dose double)")
    made.execute("comment on column staging.stg_site__doses.dose is 'The dose given.'")
    return reader.Warehouse(of_duckdb(made))


def test_the_form_has_the_fields_in_the_order_of_the_template(warehouse):
    form = annotated_form(warehouse, "ULM")
    (doses,) = [one for one in form.sections if one.heading == "Form doses"]
    fields = [row[0] for row in doses.tables[0].rows]
    assert fields[:3] == ["subject_id", "dose_number", "dose_date"]
    assert ("dose", "The dose given.", "EX.EXDOSE") in doses.tables[0].rows


def test_the_forms_of_pro_act_are_not_known(warehouse):
    assert annotated_form(warehouse, "PROACT") is None
