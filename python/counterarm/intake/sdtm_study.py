"""The datasets of a site as relations: their rows, values and dates, in SQL."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pandas as pd

from counterarm.intake.reader import SEPARATOR
from counterarm.intake.sdtm_files import Dataset, DatasetFile
from counterarm.sql_words import sql_name, sql_path, sql_text

# Day 1 of a subject of whom days are known and no date: the template has dates, and
# days_only says that they are none.
DAY_1 = "2000-01-01"
# Days of a life are fewer; DuckDB's dates end where more are added.
DAYS_AT_MOST = 1_000_000
FULL_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
# A dataset that was not delivered.
NO_RECORDS = """
    select
        cast(null as varchar) as usubjid,
        cast(null as varchar) as file_name,
        cast(null as bigint) as line_number,
        cast(null as bigint) as record_number,
        cast(null as varchar) as row_text
    where false
"""
# The columns of dates of each dataset, without DTC or DY at their end.
DATES = {
    "dm": ("rfst", "rfen", "rfxst", "rfxen", "rfpen", "dth"),
    "ex": ("exst", "exen"),
    "qs": ("qs",),
    "ds": ("dsst",),
    "ae": ("aest", "aeen"),
    "cm": ("cmst", "cmen"),
    "mh": ("mhst",),
    "pr": ("prst",),
    "re": ("re",),
    "vs": ("vs",),
    "lb": ("lb",),
    "sv": ("svst", "sven"),
}


@dataclass(frozen=True)
class SdtmSeeds:
    """What the seeds say of codes and terms of SDTM.

    `items` are the test codes of the ALSFRS-R (alsfrs_items), `events` the terms that
    are events (sdtm_events), `own_items` the test codes of sites (sdtm_items) and
    `own_arms` the meaning of their arms (sdtm_arms).
    """

    items: pd.DataFrame
    events: pd.DataFrame
    own_items: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(
            columns=["site", "qscat", "qstestcd", "alsfrs_item"]
        )
    )
    own_arms: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["site", "armcd", "arm"])
    )


class Study:
    """The datasets of a site; a column or dataset that is not there reads as null.

    `people` is a Parquet file of the subjects of DM, which `write_people` makes.
    """

    def __init__(
        self, source: str, datasets: Mapping[str, Dataset], people: Path
    ) -> None:
        self.source = source
        self.datasets = datasets
        self.people = people

    def records(self, domain: str) -> str:
        """Return the query of a dataset as delivered, all of its files together.

        Beside its columns it has file_name, line_number (within the file),
        record_number (within the dataset) and row_text.
        """
        if domain not in self.datasets:
            return NO_RECORDS
        return "\nunion all by name\n".join(
            self._records_of(file) for file in self.datasets[domain].files
        )

    def _records_of(self, file: DatasetFile) -> str:
        texts = ", ".join(sql_name(name) for name in file.columns)
        return f"""
            select
                *,
                {sql_text(file.path.name)} as file_name,
                line_number + {file.first_record} as record_number,
                concat_ws({SEPARATOR}, {texts}) as row_text
            from {parquet(file.copy)}
        """

    def rows(self, domain: str) -> str:
        """Return `records` with subject_id, reference_date and has_days_only."""
        return f"""(
            select
                data.*,
                coalesce(people.subject_id, data.usubjid) as subject_id,
                people.reference_date,
                coalesce(people.has_days_only, false) as has_days_only
            from ({self.records(domain)}) as data
            left join {parquet(self.people)} as people
                on data.usubjid = people.usubjid
        )"""

    def has(self, domain: str, column: str) -> bool:
        """Tell whether a dataset was delivered and has a column."""
        return domain in self.datasets and column in self.datasets[domain].columns

    def value(self, domain: str, column: str) -> str:
        """Return a column, trimmed, or null where the dataset does not have it."""
        if not self.has(domain, column):
            return "cast(null as varchar)"
        return f"nullif(trim(data.{sql_name(column)}), '')"

    def yes_no(self, domain: str, column: str) -> str:
        """Return a column of the codelist NY; its U (unknown) and NA are null."""
        value = self.value(domain, column)
        return f"case when upper({value}) not in ('U', 'NA') then {value} end"

    def first_value(self, domain: str, *columns: str) -> str:
        """Return the first of several columns that is filled."""
        return f"coalesce({', '.join(self.value(domain, one) for one in columns)})"

    def day(self, domain: str, column: str) -> str:
        """Return the date of a --DTC, without its time."""
        return f"split_part({self.value(domain, column)}, 'T', 1)"

    def full_day(self, domain: str, column: str) -> str:
        """Return the date of a --DTC as a date, null where it is not whole."""
        text = self.day(domain, column)
        return (
            f"case when regexp_full_match({text}, '{FULL_DATE}') "
            f"then try_cast({text} as date) end"
        )

    def date(self, domain: str, stem: str) -> str:
        """Return a date as text: --DTC, or where it is empty what --DY says.

        A --DY counts from the subject's reference date, which is day 1; there is no
        day 0. One that gives no date is the text `day 0`, which staging rejects.
        """
        dtc = self.day(domain, f"{stem}dtc")
        if not self.has(domain, f"{stem}dy"):
            return dtc
        text = self.value(domain, f"{stem}dy")
        number = f"try_cast({text} as double)"
        is_day = (
            f"{number} = floor({number}) and {number} <> 0 "
            f"and abs({number}) < {DAYS_AT_MOST}"
        )
        offset = f"cast({number} as integer) - cast({number} > 0 as integer)"
        return f"""case
            when {dtc} is not null and not data.has_days_only then {dtc}
            when {text} is null then {dtc}
            when {is_day} and data.reference_date is not null
            then strftime(data.reference_date + ({offset}), '%Y-%m-%d')
            else 'day ' || {text}
        end"""

    def one_of(self, domain: str, value: str, condition: str) -> str:
        """Return a query of the first value of each subject in a dataset."""
        return f"""
            select usubjid, min_by({value}, record_number) as value
            from {self.rows(domain)} as data
            where {condition} and {value} is not null
            group by usubjid
        """


def parquet(path: Path) -> str:
    """Return the call that reads a Parquet file, whose path is no glob pattern."""
    return f"read_parquet({sql_path(path)}, hive_partitioning = false)"


def write_people(study: Study) -> None:
    """Write the subjects of DM: usubjid, subject_id, reference_date, has_days_only.

    subject_id is SUBJID, or USUBJID for those of whom two have one SUBJID. The
    reference date, from which days count, is RFSTDTC, else RFXSTDTC, else that of the
    first dose. A subject of whom no dataset holds a date, but days, has_days_only.
    """
    first_dose = (
        f"select usubjid, min({study.full_day('ex', 'exstdtc')}) as dose_date "
        f"from ({study.records('ex')}) as data group by usubjid"
    )
    query = f"""
        with dm as (
            select
                usubjid,
                min_by({study.value("dm", "subjid")}, record_number) as subjid,
                min({study.full_day("dm", "rfstdtc")}) as first_date,
                min({study.full_day("dm", "rfxstdtc")}) as exposure_date
            from ({study.records("dm")}) as data
            where usubjid is not null
            group by usubjid
        ),
        first_doses as ({first_dose}),
        dated as ({_subjects_with(study, study.full_day, "dtc")}),
        with_days as ({_subjects_with(study, study.value, "dy")})
        select
            dm.usubjid,
            case
                when dm.subjid is not null
                    and count(*) over (partition by dm.subjid) = 1
                then dm.subjid
                else dm.usubjid
            end as subject_id,
            dated.usubjid is null and with_days.usubjid is not null as has_days_only,
            case
                when has_days_only then date '{DAY_1}'
                else coalesce(
                    dm.first_date, dm.exposure_date, first_doses.dose_date
                )
            end as reference_date
        from dm
        left join first_doses on dm.usubjid = first_doses.usubjid
        left join dated on dm.usubjid = dated.usubjid
        left join with_days on dm.usubjid = with_days.usubjid
    """
    with duckdb.connect() as connection:
        connection.execute(
            f"copy ({query}) to {sql_text(str(study.people))} (format parquet)"
        )


def _subjects_with(study: Study, value, ending: str) -> str:
    """Return the query of the subjects of whom any dataset fills such a column."""
    queries = [
        f"select distinct usubjid from ({study.records(domain)}) as data "
        f"where {value(domain, stem + ending)} is not null"
        for domain, stems in DATES.items()
        for stem in stems
        if study.has(domain, stem + ending)
    ]
    return "\nunion\n".join(queries) or "select null as usubjid where false"
