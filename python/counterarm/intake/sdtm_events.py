"""The queries that make events of a site's SDTM: deaths, procedures, contacts."""

from collections.abc import Callable

from counterarm.intake.sdtm_study import FULL_DATE, SdtmSeeds, Study
from counterarm.intake.sdtm_visits import is_read
from counterarm.sql_words import sql_text

Taken = tuple[str, dict[str, str], str]
# Columns of dates on which a subject was in the study, and so alive, and which rows
# of theirs count: no visit that did not take place, nothing that was not done.
SIGNS_OF_LIFE = {
    "dm": (("rfst", "rfen", "rfxst", "rfxen", "rfpen"), None),
    "sv": (("svst", "sven"), "svoccur"),
    "qs": (("qs",), "qsstat"),
    "re": (("re",), "restat"),
    "vs": (("vs",), "vsstat"),
}


def known_terms(seeds: SdtmSeeds, domain: str) -> dict[str, str | None]:
    """Return the terms of DS or PR that the seed has, and the event that each is.

    A term that is known to be no event has None.
    """
    known = seeds.events[seeds.events["domain"] == domain.upper()]
    return {
        row.term.upper(): row.event if isinstance(row.event, str) else None
        for row in known.itertuples()
    }


def term(study: Study, domain: str) -> str:
    """Return the term of a row of DS or PR in capitals, --TERM where --DECOD is empty.

    PR has PRTRT, not PRTERM.
    """
    verbatim = "prtrt" if domain == "pr" else f"{domain}term"
    return f"upper({study.first_value(domain, f'{domain}decod', verbatim)})"


def event_maker(domain: str) -> Callable[[Study, SdtmSeeds], Taken]:
    """Return what makes events of a dataset whose terms sdtm_events.csv knows."""

    def make(study: Study, seeds: SdtmSeeds) -> Taken:
        pairs = ", ".join(
            f"{sql_text(name)}: {sql_text(event)}"
            for name, event in known_terms(seeds, domain).items()
            if event
        )
        decod = term(study, domain)
        # a procedure that was asked for may not have taken place
        done = took_place(study, domain, "proccur" if domain == "pr" else None)
        return (
            f"from {study.rows(domain)} as data",
            {
                "event": f"map_extract_value(map {{{pairs}}}, {decod})",
                "event_date": study.date(domain, f"{domain}st"),
            },
            f"coalesce(map_contains(map {{{pairs}}}, {decod}), false) and {done}",
        )

    return make


def deaths_of_dm(study: Study, seeds: SdtmSeeds) -> Taken:
    """DM's death flag or date, of subjects whose death is no row of DS."""
    in_ds = study.one_of("ds", "'Y'", f"coalesce({term(study, 'ds')} = 'DEATH', false)")
    return (
        f"from {study.rows('dm')} as data "
        f"left join ({in_ds}) as noted on data.usubjid = noted.usubjid",
        {"event": "'DEATH'", "event_date": study.date("dm", "dth")},
        f"(coalesce(upper({study.value('dm', 'dthfl')}) = 'Y', false) "
        f"or {study.value('dm', 'dthdtc')} is not null) and noted.usubjid is null",
    )


def contacts_of_dm(study: Study, seeds: SdtmSeeds) -> Taken:
    """Make a contact of the last day in the study by DM, SV, QS, RE and VS.

    One row per subject, dated by the latest of the reference dates (RFPENDTC is the
    end of participation) and visits, where DS and QS have none so late. A day after
    the death is no contact.
    """
    lasting = latest(
        study,
        *(
            (domain, stems, took_place(study, domain, column))
            for domain, (stems, column) in SIGNS_OF_LIFE.items()
        ),
    )
    events = ", ".join(
        sql_text(name) for name, event in known_terms(seeds, "ds").items() if event
    )
    known = latest(
        study,
        ("qs", ("qs",), is_read(study, seeds)),
        ("ds", ("dsst",), f"{term(study, 'ds')} in ({events})"),
    )
    death = latest(study, ("ds", ("dsst",), f"{term(study, 'ds')} = 'DEATH'"))
    in_dm = study.date("dm", "dth")
    return (
        f"""from {study.rows("dm")} as data
        left join ({lasting}) as lasting on data.usubjid = lasting.usubjid
        left join ({known}) as known on data.usubjid = known.usubjid
        left join ({death}) as death on data.usubjid = death.usubjid""",
        {"event": "'LAST_CONTACT'", "event_date": "lasting.value"},
        f"""lasting.value is not null
        and (known.value is null or lasting.value > known.value)
        and (
            coalesce(death.value, {in_dm}) is null
            or lasting.value <= coalesce(death.value, {in_dm})
        )""",
    )


def took_place(study: Study, domain: str, column: str | None) -> str:
    """Return the condition of a row that --OCCUR and --STAT neither deny nor doubt."""
    if column is None:
        return "true"
    return (
        f"coalesce(upper({study.value(domain, column)}), 'Y') "
        "not in ('N', 'NOT DONE', 'U', 'NA')"
    )


def latest(study: Study, *wanted: tuple[str, tuple[str, ...], str]) -> str:
    """Return the query of each subject's latest whole date.

    `wanted` are domains, their columns of dates and which rows count.
    """
    queries = [
        f"select usubjid, {study.date(domain, stem)} as value "
        f"from {study.rows(domain)} as data where {condition}"
        for domain, stems, condition in wanted
        for stem in stems
        if study.has(domain, f"{stem}dtc") or study.has(domain, f"{stem}dy")
    ]
    if not queries:
        return "select null as usubjid, cast(null as varchar) as value where false"
    return f"""
        select usubjid, max(value) as value
        from ({" union all ".join(queries)})
        where regexp_full_match(value, '{FULL_DATE}')
        group by usubjid
    """
