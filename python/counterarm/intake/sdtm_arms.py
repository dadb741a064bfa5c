"""Which arm a subject of a site's SDTM was in: treated, placebo, or none."""

from counterarm.intake.sdtm_study import SdtmSeeds, Study
from counterarm.sql_words import sql_text

# Words of an arm, an arm's code or a treatment that name a placebo.
PLACEBO = "(^|[^A-Z])(PLACEBO|SHAM|PBO|PLB)([^A-Z]|$)"
# Codes and names of those who were in no arm (ARMNULRS of SDTM CT, and older codes).
NO_ARM = {
    "SCRNFAIL": "SCRNFAIL",
    "SCREEN FAILURE": "SCRNFAIL",
    "NOTASSGN": "NOTASSGN",
    "NOT ASSIGNED": "NOTASSGN",
    "NOTTRT": "NOTTRT",
    "NOT TREATED": "NOTTRT",
    "ASSIGNED, NOT TREATED": "NOTTRT",
}
ARMS = ("TREATED", "PLACEBO", *dict.fromkeys(NO_ARM.values()))


def delivered_arm(study: Study) -> tuple[str, str]:
    """Return code and name of the arm as delivered: the actual one before the planned.

    Where neither stands, ARMNRS gives the reason.
    """
    reason = study.value("dm", "armnrs")
    actual = study.value("dm", "actarmcd")
    planned = study.value("dm", "armcd")
    # a subject in no actual arm has a reason in its place
    code = f"coalesce({actual}, {reason}, {planned})"
    name = f"""case
        when {actual} = {planned} then
            coalesce({study.value("dm", "actarm")}, {study.value("dm", "arm")})
        when {actual} is not null then {study.value("dm", "actarm")}
        when {reason} is null then
            coalesce({study.value("dm", "actarm")}, {study.value("dm", "arm")})
    end"""
    return code, name


def arm(study: Study, seeds: SdtmSeeds) -> str:
    """Return the arm of the template: one of `ARMS`, null where DM names none.

    A row of sdtm_arms.csv counts first; then an arm that is called a placebo is one,
    and every other is treated. Whether a subject was dosed at all, EX says.
    """
    code, name = delivered_arm(study)
    by_row = "".join(
        f"\n            when upper(coalesce({code}, {name})) = "
        f"{sql_text(row.armcd.upper())} then {sql_text(row.arm)}"
        for row in seeds.own_arms.itertuples()
        if row.site in ("*", study.source)
    )
    no_arm = ", ".join(f"{sql_text(k)}: {sql_text(v)}" for k, v in NO_ARM.items())
    both = f"upper(concat_ws(' ', {code}, {name}))"
    return f"""case{by_row}
            when map_contains(map {{{no_arm}}}, upper({code}))
            then map_extract_value(map {{{no_arm}}}, upper({code}))
            when map_contains(map {{{no_arm}}}, upper({name}))
            then map_extract_value(map {{{no_arm}}}, upper({name}))
            when regexp_matches({both}, '{PLACEBO}') then 'PLACEBO'
            when coalesce({code}, {name}) is not null then 'TREATED'
        end"""
