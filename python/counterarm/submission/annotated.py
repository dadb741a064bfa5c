"""The annotated form: the SDTM variables of each column of the site template."""

from itertools import groupby

from counterarm.submission.guide import Guide, GuideSection, GuideTable
from counterarm.warehouse.reader import Warehouse

NEEDED = ("seeds.crf_annotations", "seeds.raw_columns")


def annotated_form(warehouse: Warehouse, study: str) -> Guide | None:
    """Return the form of a site, a section for each table; None for PRO-ACT.

    PRO-ACT's forms were not released. Meanings are descriptions of staged columns.
    """
    if study == "PROACT" or not all(warehouse.has(one) for one in NEEDED):
        return None
    places = {
        (row["table_name"], row["column_name"]): int(row["position"])
        for row in warehouse.records(warehouse.table("seeds.raw_columns"))
        if row["source_kind"] == "site"
    }
    meanings = {
        (one.table, one.name): one.meaning
        for one in warehouse.columns
        if one.schema == "staging"
    }
    rows = sorted(
        warehouse.records(warehouse.table("seeds.crf_annotations")),
        key=lambda row: (
            row["table_name"],
            places.get((row["table_name"], row["column_name"]), 0),
        ),
    )
    return Guide(
        f"Annotated form of the site template: {study}",
        tuple(
            GuideSection(
                f"Form {table}",
                (),
                (
                    GuideTable(
                        table,
                        ("Field", "What it asks", "SDTM"),
                        tuple(
                            (
                                row["column_name"],
                                meanings.get(
                                    (f"stg_site__{table}", row["column_name"])
                                ),
                                row["annotation"],
                            )
                            for row in fields
                        ),
                    ),
                ),
            )
            for table, fields in groupby(rows, lambda row: row["table_name"])
        ),
    )
