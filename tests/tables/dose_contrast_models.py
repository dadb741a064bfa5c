"""The SQL models of the contrasts of doses on made-up subjects, without dbt."""

import re
from pathlib import Path

import duckdb
import pandas as pd

from counterarm.tables.time_contrasts import time_contrasts

MODELS = Path(__file__).parents[2] / "models" / "07_analyses"
REF = re.compile(r"\{\{ ref\('(\w+)'\) \}\}")
GROUPS = [
    ("doses", 1, "control", "control", None, None),
    ("doses", 2, "single_cycle", "treated", 2, 2),
    ("doses", 3, "multiple", "treated", 3, None),
    ("three_doses", 1, "control", "control", None, None),
    ("three_doses", 2, "treated", "treated", 3, None),
]


def variant(method: str, landmark: int | None = None, **other: object) -> dict:
    """Return a row of the protocol; its variant is named by method and landmark."""
    name = method if landmark is None else f"{method}_{landmark}"
    return {
        "analysis_id": "a",
        "contrast_id": "doses",
        "endpoint": "OS",
        "variant": name,
        "method": method,
        "landmark": landmark,
        "left_out": "subject",
        "models": "unadjusted",
        "horizons": "full",
        "variances": "naive|cluster",
    } | other


def run(
    subjects: pd.DataFrame, doses: pd.DataFrame, variants: list[dict]
) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """Return the contrasts of subjects and doses, and the tables on the way.

    `subjects` has usubjid, set_id, arm, days, is_event and may have covariates, which
    the model `adjusted` adjusts for; `doses` has usubjid, dose and dose_day.
    """
    columns = ["contrast_id", "position", "group_name", "arm", "min_doses", "max_doses"]
    groups = pd.DataFrame(GROUPS, columns=columns).assign(analysis_id="a")
    groups = groups.astype({"min_doses": "Int64", "max_doses": "Int64"})
    contrasts = pd.DataFrame(variants).astype({"landmark": "Int64"})
    total = doses.groupby("usubjid").size()
    covariates = [
        name
        for name in subjects
        if name not in ("usubjid", "set_id", "arm", "days", "is_event")
    ]
    tables = {
        "matched_subjects": subjects[["usubjid", "set_id", "arm"]].assign(
            analysis_id="a",
            weight=1.0,
            n_doses=subjects["usubjid"].map(total).fillna(0).astype(int),
        ),
        "cohort_endpoints": subjects[["usubjid", "days", "is_event"]].assign(
            analysis_id="a",
            endpoint="OS",
            is_event=subjects["is_event"].astype(bool),
            competing_event=pd.Series(pd.NA, subjects.index, "string"),
            entry_days=pd.Series(pd.NA, subjects.index, "Int64"),
        ),
        "dose_days": doses.assign(analysis_id="a"),
        "analysis_dose_contrasts": contrasts,
        "analysis_dose_contrast_groups": groups,
    }
    with duckdb.connect() as connection:
        for name, frame in tables.items():
            connection.register(name, frame)
        for path in (
            "groups/matched_endpoints",
            "doses/contrast_members",
            "doses/dose_periods",
        ):
            name = Path(path).name
            sql = REF.sub(r"\1", (MODELS / f"{path}.sql").read_text())
            tables[name] = connection.sql(sql).df()
            connection.register(name, tables[name])
    adjustments = [
        subjects[["usubjid", "set_id"]].assign(
            analysis_id="a",
            model_id="adjusted",
            position=position,
            term=name,
            value=subjects[name],
        )
        for position, name in enumerate(covariates)
    ]
    empty = pd.DataFrame(
        columns=["analysis_id", "model_id", "position", "term", "set_id", "usubjid"]
    )
    found = time_contrasts(
        tables["dose_periods"],
        members=tables["contrast_members"],
        contrasts=contrasts,
        groups=groups,
        adjustments=pd.concat(adjustments) if adjustments else empty,
    )
    return found, tables
