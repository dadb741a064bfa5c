"""Dates of a study that has only study days: none, or synthetic dates.

A delivery without dates counts days from a reference day. SDTM derives --DY from --DTC
and RFSTDTC (SDTMIG 3.4, 4.4.4), so a package of such a study either has no --DTC at all
(`none`), or dates counted from one reference date, the same for every subject
(`anchor`), which are marked SYNTHETIC in the metadata.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from counterarm.submission.metadata import Dataset, Variable
from counterarm.submission.study import is_empty

POLICIES = ("none", "anchor")
ANCHOR = dt.date(2000, 1, 1)
# Days farther than this from the reference day, in years, are considered errors of the
# source: as dates they would be in another century.
YEARS_AT_MOST = 100
DAYS_AT_MOST = YEARS_AT_MOST * 365
SYNTHETIC = (
    f"SYNTHETIC: no date was delivered; counted from the reference date "
    f"{ANCHOR.isoformat()}, which is the same for every subject."
)
NO_DATES = (
    "No dates were delivered: --DY counts from trial entry, which is day 1, and there "
    "is no --DTC."
)
# The study day of a date of ADSL and ADAE, where it is not named like the date.
DAY_OF = {"DTHDT": "DTHADY", "AESTDTC": "ASTDY", "AEENDTC": "AENDY"}
# Domains whose records imply a contact with the subject, and those that do not.
CONTACTS = ("DS", "EX", "QS", "RE", "VS", "MK", "LB")
REPORTED = ("AE", "CM", "PR")
REFERENCE_DATES = ("RFSTDTC", "RFXSTDTC", "RFXENDTC", "RFENDTC", "RFPENDTC", "DTHDTC")


@dataclass(frozen=True)
class DatedStudy:
    """The datasets under a policy, and how many days were too far for a date."""

    datasets: tuple[Dataset, ...]
    policy: str
    n_days_too_far: int = 0


def has_dates(datasets: Sequence[Dataset]) -> bool:
    """Return whether any date of SDTM has a value: then no policy applies."""
    return any(
        one.name.endswith("DTC") and not is_empty(dataset.rows, one)
        for dataset in datasets
        for one in dataset.variables
    )


def apply_policy(
    sdtm: Sequence[Dataset], adam: Sequence[Dataset], policy: str
) -> DatedStudy:
    """Return the datasets of a study with the dates that the policy assigns.

    A study with dates keeps them, whatever the policy (`policy` is then `delivered`).
    """
    if has_dates(sdtm):
        return DatedStudy((*sdtm, *adam), "delivered")
    if policy == "none":
        return DatedStudy(tuple(map(_without_dates, (*sdtm, *adam))), policy)
    counter = _Dates(sdtm)
    dated = tuple(counter.date(dataset) for dataset in (*sdtm, *adam))
    return DatedStudy(dated, policy, counter.n_too_far)


def _without_dates(dataset: Dataset) -> Dataset:
    names = [
        one.name
        for one in dataset.variables
        if not one.name.endswith("DTC") or not is_empty(dataset.rows, one)
    ]
    has_days = any(name.endswith("DY") for name in names)
    kept = dataset.with_rows(dataset.rows.select(names))
    return replace(kept, comment=NO_DATES if has_days else dataset.comment)


def day_as_date(day: int | None) -> dt.date | None:
    """Return the synthetic date of a study day; null beyond `DAYS_AT_MOST`."""
    if day is None or abs(day) > DAYS_AT_MOST:
        return None
    return ANCHOR + dt.timedelta(days=day - 1 if day > 0 else day)


class _Dates:
    """Counts the synthetic dates of one study."""

    def __init__(self, sdtm: Sequence[Dataset]):
        self.n_too_far = 0
        tables = {one.name: one.rows.to_pylist() for one in sdtm}
        self.treated = {
            row["USUBJID"] for row in tables["DM"] if row.get("ARMNRS") is None
        }
        doses = _days_by_subject(tables.get("EX", []), ("EXSTDY", "EXENDY"))
        contacts = _days_of_subjects(sdtm, CONTACTS)
        anything = _days_of_subjects(sdtm, (*CONTACTS, *REPORTED))
        deaths = _days_by_subject(
            [row for row in tables.get("DS", []) if row["DSDECOD"] == "DEATH"],
            ("DSSTDY",),
        )
        first, last = (_of_each(doses, take) for take in (min, max))
        self.reference = {
            "RFSTDTC": dict.fromkeys(self.treated, 1),
            "RFXSTDTC": first,
            "RFXENDTC": last,
            # the last day that the subject is known to have been in the study
            "RFENDTC": _of_each(contacts, max),
            # and the last day of anything reported about the subject
            "RFPENDTC": _of_each(anything, max),
            "DTHDTC": _of_each(deaths, max),
        }

    def date(self, dataset: Dataset) -> Dataset:
        """Return a dataset with a date for each of its study days."""
        dataset = _with_missing_dates(dataset)
        names = dataset.rows.column_names
        columns = {name: dataset.rows[name].to_pylist() for name in names}
        # the relatives of AP domains are those of a subject
        subjects = columns.get("USUBJID") or columns.get("RSUBJID") or []
        found: set[str] = set()
        for variable in dataset.variables:
            days = self._days(dataset, variable.name, columns, subjects)
            if days is None:
                continue
            is_text = variable.is_text
            dates = [day_as_date(day) for day in days]
            columns[variable.name] = [
                date.isoformat() if is_text and date else date for date in dates
            ]
            found.add(variable.name)
        if dataset.schema == "sdtm":
            self._clear_days(columns, subjects)
        if dataset.name == "TS":
            _state_policy(columns)
        return _rebuilt(dataset, columns, found)

    def _days(
        self, dataset: Dataset, name: str, columns: dict, subjects: list
    ) -> list | None:
        """Return the study days that a date is counted from; None for no date."""
        if dataset.name == "DM" and name in REFERENCE_DATES:
            by_subject = self.reference[name]
            # only the treated have a reference period
            is_for_all = name in ("DTHDTC", "RFPENDTC")
            return [
                by_subject.get(subject)
                if is_for_all or subject in self.treated
                else None
                for subject in subjects
            ]
        if dataset.schema == "adam" and name == "RFSTDT":
            return [1 if subject in self.treated else None for subject in subjects]
        if dataset.schema == "sdtm" and name.endswith("DTC"):
            return columns.get(name[:-3] + "DY")
        if dataset.schema == "adam" and name.endswith(("DT", "DTC")):
            return columns.get(DAY_OF.get(name, name.removesuffix("DT") + "DY"))
        return None

    def _clear_days(self, columns: dict, subjects: list) -> None:
        """Clear --DY without a date, and of subjects without a reference date."""
        for name, days in columns.items():
            if not name.endswith("DY") or name[:-2] + "DTC" not in columns:
                continue
            self.n_too_far += sum(
                day is not None and abs(day) > DAYS_AT_MOST for day in days
            )
            columns[name] = [
                day
                if day_as_date(day) is not None and subject in self.treated
                else None
                for day, subject in zip(days, subjects, strict=True)
            ]


def _with_missing_dates(dataset: Dataset) -> Dataset:
    """Add --DTC before a --DY of SDTM that has none, as DMDY and MHDY."""
    if dataset.schema != "sdtm":
        return dataset
    variables: list[Variable] = []
    rows, names = dataset.rows, set(dataset.rows.column_names)
    for one in dataset.variables:
        date = one.name[:-2] + "DTC"
        if one.name.endswith("DY") and date not in names:
            label = (
                "Date/Time of Collection"
                if len(one.name) == 4
                else one.label.replace("Study Day of", "Date/Time of")
            )
            variables.append(
                Variable(
                    name=date,
                    label=label,
                    is_text=True,
                    core="Perm",
                    origin="Derived",
                    origin_source="Sponsor",
                    role="Timing",
                )
            )
            rows = rows.append_column(date, pa.nulls(rows.num_rows, pa.string()))
        variables.append(one)
    return replace(
        dataset,
        variables=tuple(variables),
        rows=rows.select([one.name for one in variables]),
    )


def _state_policy(columns: dict) -> None:
    """State in TS that the dates are synthetic."""
    columns["TSVAL"] = [
        f"SYNTHETIC DATES: --DTC COUNTS FROM {ANCHOR.isoformat()}, "
        "DAY 1 OF EVERY SUBJECT"
        if code == "DATEPOL"
        else value
        for code, value in zip(columns["TSPARMCD"], columns["TSVAL"], strict=True)
    ]


def _rebuilt(dataset: Dataset, columns: dict, dated: set[str]) -> Dataset:
    """Return the dataset with these values, each synthetic date marked as such."""
    variables = tuple(
        replace(
            one,
            origin="Derived",
            origin_source="Sponsor",
            predecessor=None,
            method=SYNTHETIC,
            comment=SYNTHETIC,
        )
        if one.name in dated
        else one
        for one in dataset.variables
    )
    schema = dataset.rows.schema
    rows = pa.table(
        {
            name: pa.array(values, schema.field(name).type)
            for name, values in columns.items()
        }
    )
    rebuilt = replace(dataset, variables=variables)
    return replace(
        rebuilt.with_rows(rows), comment=SYNTHETIC if dated else dataset.comment
    )


def _days_by_subject(
    rows: Sequence[dict], names: Sequence[str]
) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for row in rows:
        for name in names:
            day = row.get(name)
            if day is not None and abs(day) <= DAYS_AT_MOST:
                found.setdefault(row["USUBJID"], []).append(day)
    return found


def _days_of_subjects(
    sdtm: Sequence[Dataset], names: Sequence[str]
) -> dict[str, list[int]]:
    """Return the days of the records of some datasets, by subject."""
    found: dict[str, list[int]] = {}
    for dataset in sdtm:
        if dataset.name not in names:
            continue
        days = [
            name
            for name in dataset.rows.column_names
            if name in {dataset.name + end for end in ("DY", "STDY", "ENDY")}
        ]
        rows = dataset.rows.select(["USUBJID", *days]).to_pylist()
        for subject, of_subject in _days_by_subject(rows, days).items():
            found.setdefault(subject, []).extend(of_subject)
    return found


def _of_each(
    days: dict[str, list[int]], take: Callable[[list[int]], int]
) -> dict[str, int]:
    return {subject: take(of_subject) for subject, of_subject in days.items()}
