"""What a person who fills the template must know of each of its columns."""

import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import yaml

from counterarm.intake.drafting.codes import CODELISTS

TYPES = {
    "text": "text",
    "number": "number",
    "date": "date, in a CSV as year-month-day",
}
DOC = re.compile(r'\{\{ doc\("(\w+)"\) \}\}')
EXAMPLES = {
    "subject_id": "ABC-001",
    "age_at_first_dose": "61.5",
    "country": "DEU",
    "dose_number": "1",
    "treatment": "MSC",
    "dose_unit": "1E6 CELLS/KG",
    "event": "DEATH",
    "alsfrs_r_total": "41",
    "term": "fever",
    "preferred_term": "Pyrexia",
    "system_organ_class": ("General disorders and administration site conditions"),
    "causality": "UNLIKELY",
    "outcome": "RECOVERED",
    "medication": "RILUZOLE",
    "arm": "TREATED",
    # of a site that has days alone
    "days_only": "",
    "test": "WEIGHT",
    "result": "71.5",
    "unit": "kg",
}
OF_TYPE = {"number": "3", "date": "2024-03-15", "text": ""}
ISO_COUNTRY = "ISO 3166-1 alpha-3 codes: DEU, ESP, KOR, ..."


@dataclass(frozen=True)
class TemplateColumn:
    """One column: its table and name, and what the explaining sheet says of it."""

    table: str
    name: str
    kind: str
    meaning: str
    needed: str
    terms: tuple[str, ...]

    @property
    def allowed(self) -> str:
        """The terms that may stand in it, empty where any text may."""
        return ISO_COUNTRY if self.name == "country" else ", ".join(self.terms)

    @property
    def example(self) -> str:
        """A value that is read."""
        if self.name in EXAMPLES:
            return EXAMPLES[self.name]
        return self.terms[0] if self.terms else OF_TYPE[self.kind]


def template_columns(seeds: Path, staging: Path) -> list[TemplateColumn]:
    """Return the columns of the template, table by table, from seeds and models.

    `seeds` is the project's folder of seeds, `staging` that of the staged models.
    """
    mappings = seeds / "mappings"
    tables = pd.read_csv(mappings / "raw_tables.csv")
    required = tables.loc[
        (tables["source_kind"] == "site") & tables["is_required"], "table_name"
    ]
    rows = pd.read_csv(mappings / "raw_columns.csv")
    rows = rows[rows["source_kind"] == "site"].sort_values(["table_name", "position"])
    terms = pd.read_csv(seeds / "codelists" / "raw_terms.csv", keep_default_na=False)
    meanings = {
        table: column_meanings(staging, table) for table in rows["table_name"].unique()
    }
    # the required tables first: who is treated, with what, how it went on
    rows = rows.assign(is_optional=~rows["table_name"].isin(required))
    return [
        TemplateColumn(
            row.table_name,
            row.column_name,
            row.data_type,
            meanings[row.table_name][row.column_name],
            needed(row),
            tuple(
                terms.loc[
                    terms["codelist"].isin(CODELISTS.get(row.column_name, [])),
                    "raw_term",
                ]
            ),
        )
        for row in rows.sort_values("is_optional", kind="stable").itertuples()
    ]


def needed(row) -> str:
    """Say whether a column or its values may be missing."""
    if row.value_is_required:
        return "in every row"
    if row.heading_is_required:
        return "the column must be there, a cell may be empty"
    return "the column may be left out"


def column_meanings(staging: Path, table: str) -> dict[str, str]:
    """Return what the staged table says of its columns."""
    path = staging / "site" / f"stg_site__{table}.yml"
    described = yaml.safe_load(path.read_text(encoding="utf-8"))["models"][0]
    docs = dict(
        re.findall(
            r"\{% docs (\w+) %\}\s*(.*?)\s*\{% enddocs %\}",
            (staging / "_docs.md").read_text(encoding="utf-8"),
            re.DOTALL,
        )
    )
    return {
        column["name"]: " ".join(
            DOC.sub(lambda found: docs[found[1]], column["description"]).split()
        )
        for column in described["columns"]
    }
