"""The queries that turn a site's SDTM datasets into the tables of the template."""

from collections.abc import Callable, Sequence

from counterarm.intake.sdtm_arms import arm
from counterarm.intake.sdtm_events import (
    contacts_of_dm,
    deaths_of_dm,
    event_maker,
    term,
    took_place,
)
from counterarm.intake.sdtm_files import DatasetFile
from counterarm.intake.sdtm_measurements import measurement_maker
from counterarm.intake.sdtm_study import SdtmSeeds, Study
from counterarm.sql_words import sql_text

Taken = tuple[str, dict[str, str], str]
# The qualifiers of SUPP-- that are read.
QUALIFIERS_READ = {
    "suppdm": ("AGEDEC", "ELESCOR", "FAMHXALS", "FTD"),
    "suppmh": ("ONSETLOC",),
}
# Milestones of DS on which a subject entered the study.
ENROLMENTS = "('ENROLLED', 'ENTERED INTO TRIAL')"


def subjects(study: Study, seeds: SdtmSeeds) -> Taken:
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
            study.date("mh", "mhst"),
            f"upper({study.value('mh', 'mhevdtyp')}) = '{kind}'",
        )

    looked_up = {
        "age": supp("suppdm", "AGEDEC"),
        "certainty": supp("suppdm", "ELESCOR"),
        "onset_place": supp("suppmh", "ONSETLOC"),
        "onset": history("SYMPTOM ONSET"),
        "diagnosis": history("DIAGNOSIS"),
        "enrolment": study.one_of(
            "ds", study.date("ds", "dsst"), f"{term(study, 'ds')} in {ENROLMENTS}"
        ),
        "family": supp("suppdm", "FAMHXALS"),
        "dementia": supp("suppdm", "FTD"),
        "riluzole": study.one_of(
            "cm", study.yes_no("cm", "cmoccur"), is_riluzole_answer(study)
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
            "arm": arm(study, seeds),
            "enrolment_date": enrolment_of(study),
            "family_history": "family.value",
            "ftd": "dementia.value",
            "days_only": "case when data.has_days_only then 'Y' end",
        },
        "true",
    )


def enrolment_of(study: Study) -> str:
    """Return the milestone of DS; without EX, where nobody is dosed, else RFSTDTC."""
    if "ex" in study.datasets:
        return "enrolment.value"
    return "coalesce(enrolment.value, strftime(data.reference_date, '%Y-%m-%d'))"


def doses(study: Study, seeds: SdtmSeeds) -> Taken:
    """EX, without doses that did not take place."""
    return (
        f"from {study.rows('ex')} as data",
        {
            "dose_number": study.value("ex", "exseq"),
            "dose_date": study.date("ex", "exst"),
            "treatment": study.value("ex", "extrt"),
            "dose": study.value("ex", "exdose"),
            "dose_unit": study.value("ex", "exdosu"),
        },
        took_place(study, "ex", "exoccur"),
    )


def adverse_events(study: Study, seeds: SdtmSeeds) -> Taken:
    """AE."""
    return (
        f"from {study.rows('ae')} as data",
        {
            "term": study.value("ae", "aeterm"),
            "preferred_term": study.value("ae", "aedecod"),
            "system_organ_class": study.first_value("ae", "aebodsys", "aesoc"),
            "start_date": study.date("ae", "aest"),
            "end_date": study.date("ae", "aeen"),
            "severity": study.value("ae", "aesev"),
            "serious": study.yes_no("ae", "aeser"),
            "causality": study.value("ae", "aerel"),
            "outcome": outcome_of_event(study),
            "hospitalised": study.yes_no("ae", "aeshosp"),
            "congenital_anomaly": study.yes_no("ae", "aescong"),
            "disability": study.yes_no("ae", "aesdisab"),
            "life_threatening": study.yes_no("ae", "aeslife"),
            "medically_important": study.yes_no("ae", "aesmie"),
        },
        "true",
    )


def outcome_of_event(study: Study) -> str:
    """Return AEOUT; where it is empty and AESDTH says Y, FATAL."""
    died = f"upper({study.value('ae', 'aesdth')}) = 'Y'"
    return f"coalesce({study.value('ae', 'aeout')}, case when {died} then 'FATAL' end)"


def medications(study: Study, seeds: SdtmSeeds) -> Taken:
    """CM, without answers to the question for riluzole and what was not taken."""
    return (
        f"from {study.rows('cm')} as data",
        {
            "medication": study.value("cm", "cmtrt"),
            "start_date": study.date("cm", "cmst"),
            "end_date": study.date("cm", "cmen"),
        },
        f"not coalesce({is_riluzole_answer(study)}, false) "
        f"and {took_place(study, 'cm', 'cmoccur')}",
    )


def is_riluzole_answer(study: Study) -> str:
    """Return the condition of a CM row that answers the question for riluzole."""
    return (
        f"(upper({study.value('cm', 'cmtrt')}) = 'RILUZOLE' "
        f"and upper({study.value('cm', 'cmpresp')}) = 'Y')"
    )


# Template table and dataset, and what makes one of the other: the rows, the columns
# beside subject_id, and which rows are taken. visits is made of groups of rows.
MAKERS: list[tuple[str, str, Callable[[Study, SdtmSeeds], Taken]]] = [
    ("subjects", "dm", subjects),
    ("doses", "ex", doses),
    ("events", "ds", event_maker("ds")),
    ("events", "pr", event_maker("pr")),
    ("events", "dm", deaths_of_dm),
    ("events", "dm", contacts_of_dm),
    ("adverse_events", "ae", adverse_events),
    ("medications", "cm", medications),
    ("measurements", "re", measurement_maker("re")),
    ("measurements", "vs", measurement_maker("vs")),
    ("measurements", "lb", measurement_maker("lb")),
]


def table_reader_sql(
    study: Study, made: Taken, columns: Sequence[str], first_row: int
) -> str:
    """Return a query with one row per row of a dataset that a maker takes."""
    origin, values, condition = made
    selected = ",\n        ".join(
        f"data.subject_id as {column}"
        if column == "subject_id"
        else f"{values.get(column, 'cast(null as varchar)')} as {column}"
        for column in columns
    )
    return f"""
    select
        {sql_text(study.source)} as source,
        data.file_name,
        cast(data.record_number + {first_row} as bigint) as row_number,
        data.line_number,
        data.row_text,
        cast(null as varchar) as field_problem,
        {selected}
    {origin}
    where {condition}
    """


def of_file_sql(reader: str, file: DatasetFile, n_files: int) -> str:
    """Return what a query over all files of a dataset reads of one of them."""
    if n_files == 1:
        return reader
    return f"select * from ({reader}) where file_name = {sql_text(file.path.name)}"


def lines_read_sql(study: Study, origin: str, condition: str) -> str:
    """Return a query with one row per row of a dataset, and whether it is read.

    `origin` and `condition` are those of the maker of the dataset's table.
    """
    return f"""
    select
        {sql_text(study.source)} as source,
        data.file_name,
        data.line_number,
        coalesce({condition}, false) as is_read
    {origin}
    """
