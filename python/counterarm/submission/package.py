"""Write the submission package of a study: its SDTM and ADaM, with their metadata."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from counterarm.submission.dates import DatedStudy, apply_policy
from counterarm.submission.metadata import (
    Codelist,
    Dataset,
    SubmissionError,
    read_codelists,
)
from counterarm.submission.study import read_study, studies, without_empty
from counterarm.submission.texts import Rewritten, in_plain_letters
from counterarm.submission.transport import write_dataset
from counterarm.warehouse.reader import Warehouse

# The creation date of files where the warehouse has no reference day.
NO_DAY = "2000-01-01"
CRF = "acrf.html"
# A STUDYID that can be the name of a folder.
STUDY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class Package:
    """The package of one study: datasets, options, and what was changed or left out."""

    study: str
    title: str
    form: str
    as_of: str
    dated: DatedStudy
    datasets: tuple[Dataset, ...]
    rewritten: tuple[Rewritten, ...]
    left_out: tuple[str, ...]

    def of(self, schema: str) -> list[Dataset]:
        """Return the datasets of sdtm or adam."""
        return [one for one in self.datasets if one.schema == schema]


def write_packages(
    warehouse: Warehouse,
    out: Path,
    *,
    wanted: Sequence[str] = (),
    form: str = "xpt",
    dates: str = "none",
) -> Iterator[dict]:
    """Write a package for each study, and yield file and n_rows of each dataset.

    `OUT/<STUDYID>/sdtm` and `OUT/<STUDYID>/adam` hold the datasets of that study alone,
    with their define.xml. `wanted` are the studies, all without; `form` is one of
    `counterarm.submission.transport.FORMATS`, `dates` one of
    `counterarm.submission.dates.POLICIES`. Raises `SubmissionError` for a study that is
    not there, a folder that is not empty, or a text that Version 5 cannot hold.
    """
    found = studies(warehouse, wanted)
    codelists = read_codelists(warehouse)
    for study in found:
        if not STUDY.fullmatch(study):
            raise SubmissionError(
                f"STUDYID {study!r} cannot be the name of a folder: use letters, "
                "digits, '.', '_' and '-'"
            )
        folder = out / study
        if folder.is_dir() and any(folder.iterdir()):
            raise SubmissionError(
                f"{folder} is not empty: name a folder without files of {study}, so "
                "that files of different packages are not mixed"
            )
        package = make_package(warehouse, study, form, dates)
        yield from write_package(warehouse, package, codelists, folder)


def make_package(warehouse: Warehouse, study: str, form: str, dates: str) -> Package:
    """Return the datasets of a study as a package holds them."""
    dated = apply_policy(
        read_study(warehouse, "sdtm", study),
        read_study(warehouse, "adam", study),
        dates,
    )
    kept, rewritten, left_out = [], [], []
    for dataset in dated.datasets:
        small = without_empty(dataset)
        names = set(small.rows.column_names)
        left_out += [
            f"{dataset.name}.{one.name}"
            for one in dataset.variables
            if one.name not in names
        ]
        if form == "xpt":
            small, changed = in_plain_letters(small)
            rewritten += changed
        kept.append(small)
    return Package(
        study=study,
        title=title_of(warehouse, study),
        form=form,
        as_of=day_of(warehouse),
        dated=replace(dated, datasets=()),
        datasets=tuple(kept),
        rewritten=tuple(rewritten),
        left_out=tuple(left_out),
    )


def write_package(
    warehouse: Warehouse,
    package: Package,
    codelists: Mapping[str, Codelist],
    folder: Path,
) -> Iterator[dict]:
    """Write the files of a package to a folder, and yield file and n_rows of each."""
    # odmlib and lxml take a second to import
    from counterarm.submission.annotated import annotated_form
    from counterarm.submission.define import Document, write_define
    from counterarm.submission.guide import write_guide
    from counterarm.submission.guides import adam_guide, sdtm_guide
    from counterarm.submission.page import write_page
    from counterarm.submission.results import result_displays

    guides = {"sdtm": ("sdrg.html", sdtm_guide), "adam": ("adrg.html", adam_guide)}

    for schema in ("sdtm", "adam"):
        datasets = package.of(schema)
        if not datasets:
            continue
        place = folder / schema
        place.mkdir(parents=True)
        for dataset in datasets:
            file = write_dataset(
                dataset, place, package.form, package.study, package.as_of
            )
            yield {"file": str(file), "n_rows": dataset.rows.num_rows}
        name, guide_of = guides[schema]
        guide = guide_of(warehouse, package)
        write_guide(guide, place / name)
        documents = [Document(f"LF.{name.split('.')[0].upper()}", name, guide.title)]
        form = annotated_form(warehouse, package.study) if schema == "sdtm" else None
        if form:
            write_guide(form, place / CRF)
            documents.append(Document("LF.ACRF", CRF, form.title, is_crf=True))
        define = write_define(
            datasets,
            codelists,
            place,
            study=package.study,
            title=package.title,
            form=package.form,
            as_of=package.as_of,
            documents=documents,
            displays=result_displays(warehouse, package.study, datasets)
            if schema == "adam"
            else (),
        )
        write_page(define)


def title_of(warehouse: Warehouse, study: str) -> str:
    """Return the title of a study in TS, else its STUDYID."""
    if not warehouse.has("sdtm.ts"):
        return study
    rows = warehouse.table("sdtm.ts", "studyid", "tsparmcd", "tsval")
    found = warehouse.rows(
        rows.filter(rows.studyid == study, rows.tsparmcd == "TITLE").select("tsval")
    )
    return (found and found[0][0]) or study


def day_of(warehouse: Warehouse) -> str:
    """Return the reference day of the build, which equal builds share."""
    if not warehouse.has("results.provenance"):
        return NO_DAY
    rows = warehouse.table("results.provenance", "name", "value")
    return dict(warehouse.rows(rows)).get("reference_day", NO_DAY)
