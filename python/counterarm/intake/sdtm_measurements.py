"""The queries that make measurements of RE, VS and LB of a site's SDTM."""

from collections.abc import Callable

from counterarm.intake.sdtm_study import SdtmSeeds, Study

Taken = tuple[str, dict[str, str], str]


def measurement_maker(domain: str) -> Callable[[Study, SdtmSeeds], Taken]:
    """Return what makes measurements of a dataset of findings.

    The result is as collected with its unit; where that is empty the standard result
    stands for it, with the standard unit. A result that was not done is none. A
    derived row counts where the same test and day have no collected one, and no row of
    a trial: the best of several trials is chosen again from the trials.
    """

    def make(study: Study, seeds: SdtmSeeds) -> Taken:
        def value(column: str) -> str:
            return study.value(domain, f"{domain}{column}")

        collected = value("orres")
        standard = f"coalesce({value('stresc')}, {value('stresn')})"
        result = f"coalesce({collected}, {standard})"
        is_derived = f"coalesce({value('drvfl')} = 'Y', false)"
        same = f"data.usubjid, {value('testcd')}, {study.date(domain, domain)}"
        return (
            f"""from (
                select
                    *,
                    {is_derived}
                    and (
                        bool_or(not {is_derived} and {result} is not null) over same_day
                        or (
                            {value("repnum")} is null
                            and bool_or(
                                {value("repnum")} is not null and {result} is not null
                            ) over same_day
                        )
                    ) as is_chosen_again
                from {study.rows(domain)} as data
                window same_day as (partition by {same})
            ) as data""",
            {
                "measurement_date": study.date(domain, domain),
                "test": name_of_test(study, domain),
                "result": result,
                "unit": f"case when {collected} is not null then {value('orresu')} "
                f"else {value('stresu')} end",
                "trial": value("repnum"),
                "position": value("pos"),
                "specimen": value("spec"),
            },
            f"{result} is not null and not is_chosen_again",
        )

    return make


def name_of_test(study: Study, domain: str) -> str:
    """Return the code of a test, of urine with `(URINE)`: its units differ."""
    code = study.first_value(domain, f"{domain}testcd", f"{domain}test")
    if domain != "lb":
        return code
    is_urine = (
        f"upper({study.value('lb', 'lbspec')}) = 'URINE' "
        f"or ({study.value('lb', 'lbspec')} is null "
        f"and upper({study.value('lb', 'lbcat')}) = 'URINALYSIS')"
    )
    return f"case when {is_urine} then concat({code}, ' (URINE)') else {code} end"
