"""What the seeds say of sites that have SDTM, checked row by row."""

from collections.abc import Iterator, Mapping

import pandas as pd

from counterarm.intake.sdtm_arms import ARMS
from counterarm.intake.sdtm_formats import READERS, python_encoding
from counterarm.intake.sdtm_study import SdtmSeeds


def read_sdtm_seeds(
    mappings: Mapping[str, pd.DataFrame], problems: list[str]
) -> SdtmSeeds:
    """Return the seeds of SDTM; note each row of a site's own that makes no sense.

    `mappings` holds alsfrs_items and sdtm_events, and may hold sdtm_items and
    sdtm_arms.
    """
    items = mappings["alsfrs_items"]
    codes = set(items.loc[items["qstestcd"].str.startswith("ALSR"), "qstestcd"])
    own_items = pd.DataFrame(
        [
            row
            for line, row in rows_of(mappings, "sdtm_items")
            if is_right(
                problems,
                ("sdtm_items", line, "alsfrs_item", row["alsfrs_item"]),
                codes,
                row["site"] and row["qstestcd"],
            )
        ],
        columns=["site", "qscat", "qstestcd", "alsfrs_item"],
    )
    own_arms = pd.DataFrame(
        [
            row
            for line, row in rows_of(mappings, "sdtm_arms")
            if is_right(
                problems,
                ("sdtm_arms", line, "arm", row["arm"]),
                set(ARMS),
                row["site"] and row["armcd"],
            )
        ],
        columns=["site", "armcd", "arm"],
    )
    return SdtmSeeds(items, mappings["sdtm_events"], own_items, own_arms)


def read_encodings(
    mappings: Mapping[str, pd.DataFrame], problems: list[str]
) -> dict[str, dict[str, str]]:
    """Return the encodings of datasets, by site and file name in lower case.

    They are rows of site_files.csv that name a dataset, or `*`, of a site without a row
    in site_columns.csv: one that is mapped is read by its mapping alone.
    """
    mapped = {row["site"].lower() for _, row in rows_of(mappings, "site_columns")}
    found: dict[str, dict[str, str]] = {}
    for line, row in rows_of(mappings, "site_files"):
        site, name = row["site"].lower(), (row["file_name"] or "").lower()
        if site in mapped or not (name == "*" or name.endswith(tuple(READERS))):
            continue
        encoding = python_encoding(row["encoding"] or "utf-8")
        if encoding is None:
            problems.append(
                f"seeds/mappings/site_files.csv line {line}: encoding "
                f"{row['encoding']!r} is not one that SAS or Python knows"
            )
            continue
        found.setdefault(site, {})[name] = encoding
    return found


def rows_of(
    mappings: Mapping[str, pd.DataFrame], seed: str
) -> Iterator[tuple[int, dict[str, str | None]]]:
    """Yield line number and cells of a seed that may be absent; an empty cell is None.

    The site is in lower case, and "" where the cell is empty.
    """
    if seed not in mappings:
        return
    for line, row in enumerate(mappings[seed].to_dict("records"), start=2):
        cells = {
            column: str(value).strip() or None
            if isinstance(value, str) or not pd.isna(value)
            else None
            for column, value in row.items()
        }
        yield line, cells | {"site": (cells["site"] or "").lower()}


def is_right(
    problems: list[str],
    place: tuple[str, int, str, str | None],
    allowed: set[str],
    is_whole: object,
) -> bool:
    """Note a row that is not whole, or whose value is none of those allowed."""
    seed, line, column, value = place
    where = f"seeds/mappings/{seed}.csv line {line}"
    if value not in allowed:
        problems.append(
            f"{where}: {column} {value!r} is none of {', '.join(sorted(allowed))}"
        )
    elif not is_whole:
        problems.append(f"{where}: a column that must be filled is empty")
    return bool(is_whole) and value in allowed
