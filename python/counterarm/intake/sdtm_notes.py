"""What a site's SDTM lacks or holds that is not read, in words, for `check`."""

from collections.abc import Iterator

import duckdb

from counterarm.intake.sdtm_arms import PLACEBO, arm, delivered_arm
from counterarm.intake.sdtm_events import known_terms, term
from counterarm.intake.sdtm_reader import QUALIFIERS_READ, is_riluzole_answer
from counterarm.intake.sdtm_study import SdtmSeeds, Study, parquet
from counterarm.intake.sdtm_visits import is_read, item

# Of the codes or terms that a note lists, so many are named.
NAMED = 8

Note = tuple[str, str]


def notes_of(study: Study, seeds: SdtmSeeds) -> list[Note]:
    """Return what a reader of the delivery must know, each with the file's name."""
    with duckdb.connect() as connection:
        # a note is of a dataset, or of one file of several that it came in
        return [
            (
                study.datasets[name].files[0].path.name
                if name in study.datasets
                else name,
                text,
            )
            for name, text in (
                *studies(connection, study),
                *arms(connection, study, seeds),
                *placebo_doses(connection, study),
                *unknown_occurrences(connection, study),
                *unread_questions(connection, study, seeds),
                *repeated_questions(connection, study, seeds),
                *unknown_terms(connection, study, seeds),
                *lacking_histories(connection, study),
                *unread_qualifiers(connection, study),
                *subjects_not_in_dm(connection, study),
                *subjects_with_days_only(connection, study),
            )
        ]


def has_no_item(study: Study, seeds: SdtmSeeds) -> bool:
    """Tell whether QS holds not one item of the ALSFRS-R."""
    with duckdb.connect() as connection:
        (n,) = connection.execute(
            f"select count(*) from ({study.records('qs')}) as data "
            f"where {is_read(study, seeds)}"
        ).fetchone()
    return n == 0


def doubled_records(study: Study) -> list[str]:
    """Say which datasets have a record, by USUBJID and --SEQ, in two of their files."""
    found = []
    with duckdb.connect() as connection:
        for domain, dataset in study.datasets.items():
            number = f"{domain}seq"
            if len(dataset.files) < 2 or not study.has(domain, number):
                continue
            (n,) = connection.execute(
                "select count(*) from ("
                f"select 1 from ({study.records(domain)}) as data "
                f"where {study.value(domain, number)} is not null "
                f"group by usubjid, {study.value(domain, number)} "
                "having count(distinct file_name) > 1)"
            ).fetchone()
            if n:
                names = " and ".join(file.path.name for file in dataset.files)
                found.append(
                    f"{study.source}: {n} records (USUBJID and {number.upper()}) stand "
                    f"in more than one of {names}; deliver the dataset whole or split"
                )
    return found


def studies(connection: duckdb.DuckDBPyConnection, study: Study) -> Iterator[Note]:
    """Several STUDYIDs in one folder."""
    found = connection.execute(
        counts_of(study.value("dm", "studyid"), study.records("dm"))
    ).fetchall()
    if len(found) > 1:
        yield (
            "dm",
            f"{len(found)} values of STUDYID: {counted(found, 'subjects')}; all are "
            f"read as the one site {study.source}. Give each study a folder to keep "
            "them apart",
        )


def arms(
    connection: duckdb.DuckDBPyConnection, study: Study, seeds: SdtmSeeds
) -> Iterator[Note]:
    """Arms other than the treated one, and what they are read as."""
    code, name = delivered_arm(study)
    found = connection.execute(
        f"""
        select delivered, read_as, count(*) from (
            select
                concat_ws(' = ', {code}, nullif({name}, {code})) as delivered,
                coalesce({arm(study, seeds)}, '') as read_as
            from {study.rows("dm")} as data
        )
        group by delivered, read_as
        order by read_as, delivered
        """
    ).fetchall()
    if {kind for _, kind, _ in found} <= {"TREATED", ""} and len(found) < 2:
        return
    listed = "; ".join(
        f"{delivered or 'no arm'}: {n} subjects, {read_as(kind)}"
        for delivered, kind, n in found
    )
    yield (
        "dm",
        f"arms (ACTARMCD, ARMCD, ARM): {listed}. A row in seeds/mappings/sdtm_arms.csv "
        "corrects an arm",
    )


def read_as(kind: str) -> str:
    """Say what an arm of the template means."""
    return {
        "TREATED": "treated where EX has a dose",
        "PLACEBO": "placebo: never treated, and no candidate of a treated arm",
        "": "by EX alone: treated where it has a dose that is no placebo",
    }.get(kind, f"{kind}: not treated")


def placebo_doses(
    connection: duckdb.DuckDBPyConnection, study: Study
) -> Iterator[Note]:
    """Doses of 0 or of a placebo."""
    n_rows, n_subjects = connection.execute(
        f"""
        select count(*), count(distinct usubjid)
        from ({study.records("ex")}) as data
        where try_cast({study.value("ex", "exdose")} as double) = 0
            or regexp_matches(upper({study.value("ex", "extrt")}), '{PLACEBO}')
        """
    ).fetchone()
    if n_rows:
        yield (
            "ex",
            f"{n_rows} rows of {n_subjects} subjects are a dose of 0 or a placebo; "
            "they do not count as treatment",
        )


def unknown_occurrences(
    connection: duckdb.DuckDBPyConnection, study: Study
) -> Iterator[Note]:
    """Doses, medications and procedures of which it is not known if they took place."""
    for domain in ("ex", "cm", "pr"):
        column = f"{domain}occur"
        if not study.has(domain, column):
            continue
        n_rows, n_subjects = connection.execute(
            f"""
            select count(*), count(distinct usubjid)
            from ({study.records(domain)}) as data
            where upper({study.value(domain, column)}) in ('U', 'NA')
            """
        ).fetchone()
        if n_rows:
            yield (
                domain,
                f"not read: {n_rows} rows of {n_subjects} subjects whose "
                f"{column.upper()} is U or NA: whether they took place is not known",
            )


def unread_questions(
    connection: duckdb.DuckDBPyConnection, study: Study, seeds: SdtmSeeds
) -> Iterator[Note]:
    """Questions of QS that are no item of the ALSFRS-R, by QSCAT."""
    found = connection.execute(
        f"""
        with questions as (
            select
                coalesce({study.value("qs", "qscat")}, 'empty') as category,
                coalesce({study.value("qs", "qstestcd")}, 'empty') as code,
                {study.first_value("qs", "qsorres", "qsstresc")} as score,
                file_name,
                record_number
            from ({study.records("qs")}) as data
            where {item(study, seeds)} is null
        ),
        unread as (
            select
                category,
                code,
                min(file_name) as file_name,
                count(*) as n,
                min_by(score, record_number) as example
            from questions
            group by category, code
        )
        select
            category,
            min(file_name),
            cast(sum(n) as bigint),
            list(code || ' (' || n || coalesce(', e.g. ' || example, '') || ')'
                order by code)
        from unread
        group by category
        order by category
        """
    ).fetchall()
    for category, file, n, codes in found:
        rows = f"{n} rows of QSCAT {category} with the QSTESTCD {first_of(codes)}"
        if "ALS" in f"{category} {' '.join(codes)}".upper():
            yield (
                file,
                f"not read: {rows}. Rows in seeds/mappings/sdtm_items.csv say which "
                "items of the ALSFRS-R they are",
            )
        else:
            yield file, f"another questionnaire: {rows}"


def repeated_questions(
    connection: duckdb.DuckDBPyConnection, study: Study, seeds: SdtmSeeds
) -> Iterator[Note]:
    """Rows of one subject, day, visit and item that hold different scores."""
    score = study.first_value("qs", "qsstresn", "qsstresc", "qsorres")
    found = connection.execute(
        f"""
        select count(*), min(file_name || ' row ' || line_number) from (
            select min(file_name) as file_name, min(line_number) as line_number
            from {study.rows("qs")} as data
            where {is_read(study, seeds)}
            group by
                usubjid, {study.date("qs", "qs")}, {study.value("qs", "qsspid")},
                {study.first_value("qs", "visitnum", "visit")}, {item(study, seeds)}
            having count(distinct {score}) > 1
        )
        """
    ).fetchone()
    if found[0]:
        yield (
            "qs",
            f"{found[0]} times an item has two scores at one visit of one day (the "
            f"first: {found[1]}): the last in the file counts. Give each assessment "
            "its own VISITNUM or QSSPID",
        )


def unknown_terms(
    connection: duckdb.DuckDBPyConnection, study: Study, seeds: SdtmSeeds
) -> Iterator[Note]:
    """Terms of DS and PR that sdtm_events.csv does not have."""
    for domain in ("ds", "pr"):
        if domain not in study.datasets:
            continue
        known = list(known_terms(seeds, domain))
        found = connection.execute(
            counts_of(term(study, domain), study.records(domain), unlisted=True),
            [known],
        ).fetchall()
        if found:
            yield (
                domain,
                f"not read: the {domain.upper()}DECOD {counted(found, 'rows')}. A row "
                "in seeds/mappings/sdtm_events.csv maps it to an event, if it is one",
            )


def lacking_histories(
    connection: duckdb.DuckDBPyConnection, study: Study
) -> Iterator[Note]:
    """Histories that the analyses need of everybody, and that MH and CM lack."""

    def lacks(domain: str, condition: str) -> bool:
        if domain not in study.datasets:
            return True
        return (
            connection.execute(
                f"select count(*) from ({study.records(domain)}) as data "
                f"where {condition}"
            ).fetchone()[0]
            == 0
        )

    for kind, column in (("SYMPTOM ONSET", "onset"), ("DIAGNOSIS", "diagnosis")):
        if lacks("mh", f"upper({study.value('mh', 'mhevdtyp')}) = '{kind}'"):
            yield (
                "mh" if "mh" in study.datasets else "dm",
                f"no {column} of ALS is known: MH has no row with MHEVDTYP {kind}",
            )
    if lacks("suppmh", f"upper({study.value('suppmh', 'qnam')}) = 'ONSETLOC'"):
        yield "dm", "no onset site is known: SUPPMH has no QNAM ONSETLOC"
    if lacks("cm", is_riluzole_answer(study)):
        yield (
            "cm" if "cm" in study.datasets else "dm",
            "riluzole use is unknown for all subjects: CM has no row with CMTRT "
            "RILUZOLE and CMPRESP Y",
        )


def unread_qualifiers(
    connection: duckdb.DuckDBPyConnection, study: Study
) -> Iterator[Note]:
    """Qualifiers of SUPP-- that fill nothing."""
    for domain, wanted in QUALIFIERS_READ.items():
        if domain not in study.datasets:
            continue
        found = connection.execute(
            counts_of(
                f"upper({study.value(domain, 'qnam')})",
                study.records(domain),
                unlisted=True,
            ),
            [list(wanted)],
        ).fetchall()
        if found:
            yield domain, f"qualifiers that fill nothing: {counted(found, 'rows')}"


def subjects_not_in_dm(
    connection: duckdb.DuckDBPyConnection, study: Study
) -> Iterator[Note]:
    """Subjects whom a dataset names and DM does not."""
    for domain in study.datasets:
        if domain == "dm":
            continue
        n, first = connection.execute(
            f"""
            select count(distinct data.usubjid), min(data.usubjid)
            from ({study.records(domain)}) as data
            anti join ({study.records("dm")}) as dm on data.usubjid = dm.usubjid
            """
        ).fetchone()
        if n:
            yield domain, f"{n} subjects are not in DM, e.g. USUBJID {first}"


def subjects_with_days_only(
    connection: duckdb.DuckDBPyConnection, study: Study
) -> Iterator[Note]:
    """Subjects of whom --DY is known and no date."""
    (n,) = connection.execute(
        f"select count(*) filter (where has_days_only) from {parquet(study.people)}"
    ).fetchone()
    if n:
        yield (
            "dm",
            f"{n} subjects have study days (--DY) and no date: their days are read, "
            "and no date is written",
        )


def counts_of(value: str, records: str, *, unlisted: bool = False) -> str:
    """Return the query that counts the rows per value, or per value not in a list."""
    condition = "where not coalesce(list_contains(?, value), false)" if unlisted else ""
    return f"""
        select value, count(*) from (select {value} as value from ({records}) as data)
        {condition}
        group by value
        order by value nulls first
    """


def counted(found: list[tuple[str | None, int]], what: str) -> str:
    """Write names with their counts, the first of them where they are many."""
    listed = [f"{name or 'empty'} ({n})" for name, n in found]
    return f"{first_of(listed)} {what}"


def first_of(names: list[str]) -> str:
    """Join names, the first of them where they are many."""
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
