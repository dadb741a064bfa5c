"""The queries that turn a site's SDTM datasets into the tables of the template."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from counterarm.intake.reader import SEPARATOR
from counterarm.intake.sdtm_files import Dataset
from counterarm.sql_words import sql_path, sql_text


@dataclass(frozen=True)
class SdtmSeeds:
    """What the seeds say: test codes of the ALSFRS-R, and terms that are events."""

    items: pd.DataFrame
    events: pd.DataFrame


def read_copy(dataset: Dataset) -> str:
    """Return the call that reads the copy of a dataset."""
    return f"read_parquet({sql_path(dataset.copy)}, hive_partitioning = false)"


class Study:
    """The datasets of a site; a column or dataset that is not there reads as null."""

    def __init__(self, source: str, datasets: Mapping[str, Dataset]) -> None:
        self.source = source
        self.datasets = datasets

    def rows(self, domain: str) -> str:
        """Return the query of a dataset with subject_id and row_text."""
        dataset = self.datasets[domain]
        texts = ", ".join(f"data.{name}" for name in dataset.columns)
        return f"""(
            select
                data.*,
                coalesce(people.subject_id, data.usubjid) as subject_id,
                concat_ws({SEPARATOR}, {texts}) as row_text
            from {read_copy(dataset)} as data
            left join ({self.people}) as people on data.usubjid = people.usubjid
        )"""

    @property
    def people(self) -> str:
        """USUBJID and SUBJID of DM; USUBJID for both where two have one SUBJID."""
        subjid = self.value("dm", "subjid", "")
        return f"""
            select
                usubjid,
                case
                    when count(*) over (partition by {subjid}) = 1 then {subjid}
                    else usubjid
                end as subject_id
            from {read_copy(self.datasets["dm"])}
        """

    def has(self, domain: str, column: str) -> bool:
        """Tell whether a dataset was delivered and has a column."""
        return domain in self.datasets and column in self.datasets[domain].columns

    def value(self, domain: str, column: str, alias: str = "data.") -> str:
        """Return a column, trimmed, or null where the dataset does not have it."""
        if not self.has(domain, column):
            return "cast(null as varchar)"
        return f"nullif(trim({alias}{column}), '')"

    def day(self, domain: str, column: str) -> str:
        """Return the date of a --DTC, without its time."""
        value = self.value(domain, column)
        return f"split_part({value}, 'T', 1)"

    def one_of(self, domain: str, value: str, condition: str) -> str:
        """Return a query of the first value of each subject in a dataset."""
        if domain not in self.datasets:
            return "select null as usubjid, null as value where false"
        return f"""
            select usubjid, min_by({value}, line_number) as value
            from {read_copy(self.datasets[domain])} as data
            where {condition} and {value} is not null
            group by usubjid
        """


def subjects(study: Study, seeds: SdtmSeeds) -> tuple[str, dict[str, str], str]:
    """DM, with the qualifiers, histories and riluzole of other datasets."""

    def supp(domain: str, name: str) -> str:
        return study.one_of(
            domain,
            study.value(domain, "qval"),
            f"upper({study.value(domain, 'qnam')}) = '{name}'",
        )

    def history(kind: str) -> str:
        return study.one_of(
            "mh",
            study.day("mh", "mhstdtc"),
            f"upper({study.value('mh', 'mhevdtyp')}) = '{kind}'",
        )

    looked_up = {
        "age": supp("suppdm", "AGEDEC"),
        "certainty": supp("suppdm", "ELESCOR"),
        "onset_place": supp("suppmh", "ONSETLOC"),
        "onset": history("SYMPTOM ONSET"),
        "diagnosis": history("DIAGNOSIS"),
        "riluzole": study.one_of(
            "cm", study.value("cm", "cmoccur"), is_riluzole_answer(study)
        ),
    }
    joins = "\n".join(
        f"left join ({query}) as {name} on data.usubjid = {name}.usubjid"
        for name, query in looked_up.items()
    )
    years = f"""
        case
            when coalesce(upper({study.value("dm", "ageu")}), 'YEARS') = 'YEARS'
            then {study.value("dm", "age")}
        end
    """
    return (
        f"from {study.rows('dm')} as data {joins}",
        {
            "sex": study.value("dm", "sex"),
            "age_at_first_dose": f"coalesce(age.value, {years})",
            "race": study.value("dm", "race"),
            "country": study.value("dm", "country"),
            "onset_site": "onset_place.value",
            "onset_date": "onset.value",
            "diagnosis_date": "diagnosis.value",
            "riluzole": "riluzole.value",
            "el_escorial": "certainty.value",
        },
        "true",
    )


def doses(study: Study, seeds: SdtmSeeds) -> tuple[str, dict[str, str], str]:
    """EX, without doses that did not take place."""
    return (
        f"from {study.rows('ex')} as data",
        {
            "dose_number": study.value("ex", "exseq"),
            "dose_date": study.day("ex", "exstdtc"),
            "treatment": study.value("ex", "extrt"),
            "dose": study.value("ex", "exdose"),
            "dose_unit": study.value("ex", "exdosu"),
        },
        f"coalesce(upper({study.value('ex', 'exoccur')}), 'Y') <> 'N'",
    )


def adverse_events(study: Study, seeds: SdtmSeeds) -> tuple[str, dict[str, str], str]:
    """AE."""
    body_system = [study.value("ae", "aebodsys"), study.value("ae", "aesoc")]
    return (
        f"from {study.rows('ae')} as data",
        {
            "term": study.value("ae", "aeterm"),
            "preferred_term": study.value("ae", "aedecod"),
            "system_organ_class": f"coalesce({', '.join(body_system)})",
            "start_date": study.day("ae", "aestdtc"),
            "end_date": study.day("ae", "aeendtc"),
            "severity": study.value("ae", "aesev"),
            "serious": study.value("ae", "aeser"),
            "causality": study.value("ae", "aerel"),
            "outcome": outcome_of_event(study),
            "hospitalised": study.value("ae", "aeshosp"),
        },
        "true",
    )


def outcome_of_event(study: Study) -> str:
    """Return AEOUT; where it is empty and AESDTH says Y, FATAL."""
    died = f"upper({study.value('ae', 'aesdth')}) = 'Y'"
    return f"coalesce({study.value('ae', 'aeout')}, case when {died} then 'FATAL' end)"


def medications(study: Study, seeds: SdtmSeeds) -> tuple[str, dict[str, str], str]:
    """CM, without answers to the question for riluzole and what was not taken."""
    return (
        f"from {study.rows('cm')} as data",
        {
            "medication": study.value("cm", "cmtrt"),
            "start_date": study.day("cm", "cmstdtc"),
            "end_date": study.day("cm", "cmendtc"),
        },
        f"not coalesce({is_riluzole_answer(study)}, false) "
        f"and coalesce(upper({study.value('cm', 'cmoccur')}), 'Y') <> 'N'",
    )


def is_riluzole_answer(study: Study) -> str:
    """Return the condition of a CM row that answers the question for riluzole."""
    return (
        f"(upper({study.value('cm', 'cmtrt')}) = 'RILUZOLE' "
        f"and upper({study.value('cm', 'cmpresp')}) = 'Y')"
    )


def event_maker(domain: str) -> Callable:
    """Return what makes events of a dataset whose --DECOD sdtm_events.csv knows."""

    def make(study: Study, seeds: SdtmSeeds) -> tuple[str, dict[str, str], str]:
        decod = f"upper({study.value(domain, f'{domain}decod')})"
        known = seeds.events[seeds.events["domain"] == domain.upper()]
        pairs = ", ".join(
            f"{sql_text(row.term)}: {sql_text(row.event)}" for row in known.itertuples()
        )
        return (
            f"from {study.rows(domain)} as data",
            {
                "event": f"map_extract_value(map {{{pairs}}}, {decod})",
                "event_date": study.day(domain, f"{domain}stdtc"),
            },
            f"coalesce(map_contains(map {{{pairs}}}, {decod}), false)",
        )

    return make


def deaths_of_dm(study: Study, seeds: SdtmSeeds) -> tuple[str, dict[str, str], str]:
    """DM's death flag, of subjects whose death is no row of DS."""
    in_ds = study.one_of(
        "ds",
        study.value("ds", "dsdecod"),
        f"upper({study.value('ds', 'dsdecod')}) = 'DEATH'",
    )
    return (
        f"from {study.rows('dm')} as data "
        f"left join ({in_ds}) as told on data.usubjid = told.usubjid",
        {"event": "'DEATH'", "event_date": study.day("dm", "dthdtc")},
        f"coalesce(upper({study.value('dm', 'dthfl')}) = 'Y', false) "
        "and told.usubjid is null",
    )


# Template table and dataset, and what makes one of the other: the rows, the columns
# beside subject_id, and which rows are taken. visits is made of groups of rows.
MAKERS: list[tuple[str, str, Callable]] = [
    ("subjects", "dm", subjects),
    ("doses", "ex", doses),
    ("events", "ds", event_maker("ds")),
    ("events", "pr", event_maker("pr")),
    ("events", "dm", deaths_of_dm),
    ("adverse_events", "ae", adverse_events),
    ("medications", "cm", medications),
]


def table_reader_sql(
    study: Study,
    domain: str,
    made: tuple[str, dict[str, str], str],
    columns: Sequence[str],
    first_row: int,
) -> str:
    """Return a query with one row per row of a dataset that a maker takes."""
    origin, values, condition = made
    dataset = study.datasets[domain]
    selected = ",\n        ".join(
        f"data.subject_id as {column}"
        if column == "subject_id"
        else f"{values.get(column, 'cast(null as varchar)')} as {column}"
        for column in columns
    )
    return f"""
    select
        {sql_text(study.source)} as source,
        {sql_text(dataset.path.name)} as file_name,
        cast(data.line_number + {first_row} as bigint) as row_number,
        data.line_number,
        data.row_text,
        cast(null as varchar) as field_problem,
        {selected}
    {origin}
    where {condition}
    """


def lines_read_sql(study: Study, domain: str, condition: str) -> str:
    """Return a query with one row per row of a dataset, and whether it is read."""
    dataset = study.datasets[domain]
    return f"""
    select
        {sql_text(study.source)} as source,
        {sql_text(dataset.path.name)} as file_name,
        line_number,
        coalesce({condition}, false) as is_read
    from {read_copy(dataset)} as data
    """
