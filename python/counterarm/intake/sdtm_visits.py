"""The query that turns QS of a site's SDTM into assessments, one row each."""

from collections.abc import Sequence

from counterarm.intake.sdtm_study import SdtmSeeds, Study
from counterarm.sql_words import sql_text


def visits_reader_sql(study: Study, seeds: SdtmSeeds, columns: Sequence[str]) -> str:
    """Return a query with one row per subject, day and assessment of the ALSFRS-R.

    Rows of QS belong to one assessment when they share day and QSSPID, or, where each
    row has a QSSPID of its own or none, day and VISITNUM (VISIT). Item 5 may come as
    one score or as the forms without (A) and with (B) gastrostomy, which tell of the
    gastrostomy too.
    """
    codes = codes_by_column(seeds)
    score = study.first_value("qs", "qsstresn", "qsstresc", "qsorres")
    return f"""
    with scores as (
        select
            data.file_name,
            data.record_number,
            data.line_number,
            data.subject_id,
            {item(study, seeds)} as code,
            {score} as score,
            {study.date("qs", "qs")} as visit_date,
            {study.value("qs", "qsspid")} as spid,
            {study.first_value("qs", "visitnum", "visit")} as visit
        from {study.rows("qs")} as data
        where {is_read(study, seeds)}
    ),
    keyed as (
        select
            *,
            case
                when spid is not null
                    and count(*) over (partition by subject_id, visit_date, spid) > 1
                then spid
                else visit
            end as assessment
        from scores
    )
    select
        {sql_text(study.source)} as source,
        min_by(file_name, record_number) as file_name,
        min(record_number) as row_number,
        min_by(line_number, record_number) as line_number,
        string_agg(
            concat_ws('=', code, coalesce(score, '')), chr(31) order by record_number
        ) || chr(31) || concat_ws(chr(31), subject_id, visit_date, assessment)
            as row_text,
        cast(null as varchar) as field_problem,
        {_selected(codes, columns)}
    from keyed
    group by subject_id, visit_date, assessment
    """


def item(study: Study, seeds: SdtmSeeds) -> str:
    """Return the code of alsfrs_items.csv that a row of QS has, null where none.

    A row of sdtm_items.csv gives a site's own code, in one QSCAT or in any, its item;
    it counts before our own codes, so that a site may use these for something else.
    """
    code = f"upper({study.value('qs', 'qstestcd')})"
    category = f"upper({study.value('qs', 'qscat')})"
    by_row = "".join(
        f" when {code} = {sql_text(row.qstestcd.upper())}"
        + (
            ""
            if row.qscat in (None, "", "*") or row.qscat != row.qscat
            else f" and {category} = {sql_text(row.qscat.upper())}"
        )
        + f" then {sql_text(row.alsfrs_item.upper())}"
        for row in seeds.own_items.itertuples()
        if row.site.lower() in ("*", study.source)
    )
    listed = ", ".join(
        sql_text(one) for codes in codes_by_column(seeds).values() for one in codes
    )
    return f"case{by_row} when {code} in ({listed}) then {code} end"


def is_read(study: Study, seeds: SdtmSeeds) -> str:
    """Return the condition of a row of QS that is part of an assessment."""
    return f"{item(study, seeds)} is not null"


def codes_by_column(seeds: SdtmSeeds) -> dict[str, list[str]]:
    """Return the test codes that fill each column of visits, the first that is there.

    The forms of item 5 have the code of the item and a letter.
    """
    items = seeds.items
    named = items[items["site_column"].notna()]
    return {
        row.site_column: [
            row.qstestcd,
            *sorted(
                code
                for code in items.loc[items["site_column"].isna(), "qstestcd"]
                if code.startswith(row.qstestcd)
            ),
        ]
        for row in named.itertuples()
    }


def _selected(codes: dict[str, list[str]], columns: Sequence[str]) -> str:
    def score(code: str) -> str:
        return f"max_by(score, record_number) filter (where code = {sql_text(code)})"

    forms = [code for of_column in codes.values() for code in of_column[1:]]
    made = {
        "subject_id": "subject_id",
        "visit_date": "visit_date",
        "gastrostomy": "case "
        + " ".join(
            f"when count(score) filter (where code = {sql_text(code)}) > 0 "
            f"then '{'Y' if code.endswith('B') else 'N'}'"
            for code in forms
        )
        + " end"
        if forms
        else "cast(null as varchar)",
    }
    for column, of_column in codes.items():
        made[column] = f"coalesce({', '.join(map(score, of_column))})"
    return ",\n        ".join(
        f"{made.get(column, 'cast(null as varchar)')} as {column}" for column in columns
    )
