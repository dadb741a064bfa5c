"""The reviewer's guides of a package: SDRG for SDTM and ADRG for ADaM.

All counts come from the warehouse of the package: sources, rows that were not used,
terms without a mapping, flags, and variables that are left out.
"""

from counterarm.submission.dates import DAYS_AT_MOST, NO_DATES, SYNTHETIC
from counterarm.submission.guide import (
    Guide,
    GuideSection,
    GuideTable,
    quoted,
    table_of,
)
from counterarm.submission.metadata import Dataset
from counterarm.submission.package import Package
from counterarm.warehouse.reader import Warehouse, ordered

POLICIES = {
    "delivered": (
        "The dates are those of the source. A partial date is kept as delivered, and "
        "has no study day.",
    ),
    "none": (
        NO_DATES,
        "SDTM derives --DY from --DTC and RFSTDTC, so that rules which require --DTC "
        "with --DY report every dataset with study days.",
    ),
    "anchor": (
        SYNTHETIC,
        "Subjects in an arm have RFSTDTC; the others have dates and no --DY. RFENDTC "
        "is the last day on which something was collected or done; RFPENDTC also "
        "considers events and medications.",
    ),
}


def sdtm_guide(warehouse: Warehouse, package: Package) -> Guide:
    """Return the Study Data Reviewer's Guide of a package."""
    study, source = quoted(package.study), quoted(package.study.lower())
    return Guide(
        f"Study Data Reviewer's Guide: {package.study}",
        (
            _introduction(package, "SDTM", "SDTMIG 3.4, SDTM 2.0", "2025-03-28"),
            GuideSection(
                "Protocol",
                ("TS describes the trial; UNK marks a value that is not known.",),
                table_of(
                    warehouse,
                    "Trial summary",
                    ("Parameter", "Value", "Null flavor"),
                    "sdtm.ts",
                    "select tsparm, tsval, tsvalnf from sdtm.ts "
                    f"where studyid = {study}",
                ),
            ),
            GuideSection("Dates", POLICIES[package.dated.policy] + _too_far(package)),
            _datasets(package, "sdtm"),
            GuideSection(
                "Sources",
                (
                    "Each delivered line is read once. A line that equals an earlier "
                    "one is a duplicate; a rejected line lacks a valid value that is "
                    "required. --SPID contains file and line.",
                ),
                table_of(
                    warehouse,
                    "Delivered files",
                    ("Table", "File", "Rows", "Kept", "Duplicates", "Rejected"),
                    "quality.row_accounting",
                    "select table_name, file_name, n_raw, n_kept, n_duplicate, "
                    f"n_rejected from quality.row_accounting where source = {source}",
                ),
            ),
            _not_used(warehouse, package, source),
            _known_findings(warehouse, package, "sdtm"),
        ),
    )


def adam_guide(warehouse: Warehouse, package: Package) -> Guide:
    """Return the Analysis Data Reviewer's Guide of a package."""
    return Guide(
        f"Analysis Data Reviewer's Guide: {package.study}",
        (
            _introduction(package, "ADaM", "ADaMIG 1.3, OCCDS 1.1", "2025-09-26"),
            GuideSection(
                "Analysis considerations",
                (
                    "Day 1 is the first dose, for PRO-ACT trial entry; there is no day "
                    "0. The baseline is the last value up to day 1. Of the values in "
                    "an analysis window, that nearest to the target has ANL01FL.",
                    "TRT01PN is 0 for placebo, 1 for active and 2 for treated. A time "
                    "to event is ADY - STARTDY, a difference in days without adding 1.",
                    "A subject whose arm was not released is in no population: its "
                    "flags are N. A subject without a record of death is not known to "
                    "be alive.",
                    *POLICIES[package.dated.policy],
                ),
            ),
            _datasets(package, "adam"),
            GuideSection(
                "Parameters",
                (),
                tuple(_parameters(one) for one in _with_parameters(package)),
            ),
            GuideSection(
                "Times to event",
                ("Subjects without a time have no row; the table counts them.",),
                table_of(
                    warehouse,
                    "Subjects, rows and reasons",
                    ("Parameter", "Subjects", "Rows", "Events", "Without a day"),
                    "quality.adtte_accounting",
                    "select paramcd, n_subjects, n_rows, n_events, n_without_day "
                    "from quality.adtte_accounting "
                    f"where studyid = {quoted(package.study)}",
                ),
            ),
            _flags(warehouse, package),
            _known_findings(warehouse, package, "adam"),
            GuideSection(
                "Software and inputs",
                ("Equal inputs and versions give equal datasets.",),
                table_of(
                    warehouse,
                    "Inputs of the datasets",
                    ("Kind", "Name", "Version or digest"),
                    "results.provenance",
                    "select kind, name, value from results.provenance "
                    "where kind in ('package', 'git') or "
                    "(kind = 'file' and starts_with(name, "
                    f"{quoted(package.study.lower() + '/')}))",
                ),
            ),
        ),
    )


def _introduction(package: Package, name: str, guide: str, terms: str) -> GuideSection:
    return GuideSection(
        "Introduction",
        (
            f"{name} datasets of {package.title} (STUDYID {package.study}), made by "
            "counterarm. This guide supplements define.xml; its numbers are those of "
            "the build that made the datasets.",
            f"Standards: {guide}; CDISC terminology {terms}; Define-XML 2.1.",
            "The ALSFRS-R has no CDISC codes: QSTESTCD has codes of the sponsor.",
        ),
    )


def _datasets(package: Package, schema: str) -> GuideSection:
    rows = tuple(
        (one.name, one.label, one.class_name, one.structure, one.rows.num_rows)
        for one in package.of(schema)
    )
    left_out = [
        name
        for name in package.left_out
        if name.split(".")[0] in {one.name for one in package.of(schema)}
    ]
    sentence = (
        f"Permissible variables without a value are left out: {', '.join(left_out)}."
        if left_out
        else "No permissible variable is without a value."
    )
    return GuideSection(
        "Datasets",
        (sentence, *_rewritten(package, schema)),
        (
            GuideTable(
                "Datasets", ("Dataset", "Label", "Class", "Structure", "Rows"), rows
            ),
        ),
    )


def _rewritten(package: Package, schema: str) -> tuple[str, ...]:
    names = {one.name for one in package.of(schema)}
    changed = [
        f"{one.dataset}.{one.variable} ({one.n_rows} rows)"
        for one in package.rewritten
        if one.dataset in names
    ]
    if not changed:
        return ()
    return (
        "Transliterated, as Version 5 is in ASCII: "
        f"{', '.join(changed)}. Dataset-JSON holds the texts as delivered.",
    )


def _too_far(package: Package) -> tuple[str, ...]:
    n_days = package.dated.n_days_too_far
    if not n_days:
        return ()
    return (
        f"{n_days} study days more than {DAYS_AT_MOST} from day 1 are errors of the "
        "source, and have neither date nor --DY.",
    )


def _not_used(warehouse: Warehouse, package: Package, source: str) -> GuideSection:
    return GuideSection(
        "What was not used",
        ("A value that is not a term of its codelist is null; SUPP-- keeps it.",),
        (
            *table_of(
                warehouse,
                "Terms without a mapping",
                ("Table", "Column", "Codelist", "Terms", "Rows"),
                "quality.unmapped_terms",
                "select table_name, column_name, codelist, count(*) as n_terms, "
                "sum(n_rows) as n_rows from quality.unmapped_terms "
                f"where source = {source} group by all",
            ),
            *table_of(
                warehouse,
                "Findings without a test code",
                ("Table", "Reason", "Rows"),
                "quality.quarantined_findings",
                "select table_name, reason, count(*) as n_rows "
                "from quality.quarantined_findings "
                f"where source = {source} group by all",
            ),
            *table_of(
                warehouse,
                "Impossible or doubtful values",
                ("Table", "Column", "Rule", "Consequence", "Values"),
                "quality.impossible_values",
                "select table_name, column_name, rule, consequence, "
                "count(*) as n_values from quality.impossible_values "
                f"where source = {source} group by all",
            ),
        ),
    )


def _flags(warehouse: Warehouse, package: Package) -> GuideSection:
    return GuideSection(
        "Data quality flags",
        (),
        table_of(
            warehouse,
            "Flags",
            ("Flag", "Subjects", "Handling"),
            "quality.flags",
            "select flag, count(distinct usubjid) as n_subjects, min(handling) as how "
            "from quality.flags where starts_with(usubjid, "
            f"{quoted(package.study + '-')}) group by flag",
        ),
    )


def _with_parameters(package: Package) -> list[Dataset]:
    return [one for one in package.of("adam") if "PARAMCD" in one.rows.column_names]


def _parameters(dataset: Dataset) -> GuideTable:
    counted = (
        dataset.rows.select(["PARAMCD", "PARAM"])
        .group_by(["PARAMCD", "PARAM"])
        .aggregate([([], "count_all")])
        .sort_by("PARAMCD")
        .to_pylist()
    )
    return GuideTable(
        dataset.name,
        ("Code", "Parameter", "Rows"),
        tuple((row["PARAMCD"], row["PARAM"], row["count_all"]) for row in counted),
    )


def _known_findings(
    warehouse: Warehouse, package: Package, schema: str
) -> GuideSection:
    """List the findings of conformance checks that remain, and why."""
    names = {one.name for one in package.of(schema)}
    who = {"*", package.study} | (set() if package.study == "PROACT" else {"SITE"})
    rows = (
        warehouse.records(ordered(warehouse.table("seeds.allowed_findings")))
        if warehouse.has("seeds.allowed_findings")
        else []
    )
    found = tuple(
        (row["rule_id"], row["dataset"], row["verdict"], row["reason"])
        for row in rows
        if row["standard"] == schema
        and row["study"] in who
        and row["date_policy"] in ("*", package.dated.policy)
        and row["dataset"] in ("*", *names)
    )
    text = (
        "Findings that conformance checks may report on these datasets, and why they "
        "remain. A finding that is not listed is not explained."
        if found
        else "No finding of a conformance check is known to remain."
    )
    tables = (
        (GuideTable("Findings", ("Rule", "Dataset", "Verdict", "Reason"), found),)
        if found
        else ()
    )
    return GuideSection("Known findings", (text,), tables)
