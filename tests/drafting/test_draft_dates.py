"""The date format of each column in a draft, and what it says where none is certain."""

import csv
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from counterarm.intake.drafting import write_draft
from counterarm.intake.drafting.dates import column_dates, formats_of
from counterarm.intake.forms import FormError, date_forms

SEEDS = Path(__file__).parents[2] / "seeds"


def draft(folder: Path, **files: str) -> dict[str, list[dict[str, str]]]:
    """Draft a site of some CSVs; return the rows of each seed."""
    site = folder / "ulm"
    site.mkdir()
    for name, text in files.items():
        (site / f"{name}.csv").write_text(text, encoding="utf-8")
    write_draft(site, folder / "draft", SEEDS)
    found = {}
    for path in (folder / "draft").iterdir():
        with path.open(newline="", encoding="utf-8") as file:
            found[path.stem] = list(csv.DictReader(file))
    return found


def form_of(found: dict, name: str) -> dict[str, str]:
    return next(row for row in found["site_files"] if row["file_name"] == name)


@pytest.mark.parametrize(
    ("values", "written"),
    [
        (["2019-02-03"], "YYYY-MM-DD"),
        (["13/02/2019", "01/02/2019"], "DD/MM/YYYY"),
        (["12/25/2018", "02/03/2018"], "MM/DD/YYYY"),
        (["01/02/2019", "12/12/2019"], "DD/MM/YYYY or MM/DD/YYYY"),
        (["13/01/2020", "01/13/2020"], "DD/MM/YYYY or MM/DD/YYYY"),
        (["3.4.2019"], "DD.MM.YYYY"),
        (["3.4.19", "13.12.19"], "DD.MM.YY"),
        (["03-04-19"], "DD-MM-YY or MM-DD-YY"),
        (["03-Apr-2019"], "DD-MON-YYYY"),
        (["2019. 03. 04"], "YYYY. MM. DD"),
        (["2019-02-03 10:00", "2019-02-03"], "YYYY-MM-DD|YYYY-MM-DD HH:MI"),
        (["2019-02-03T10:00:00"], "YYYY-MM-DDTHH:MI:SS"),
        (["12/11/2019 10:00", "13/11/2019"], "DD/MM/YYYY|DD/MM/YYYY HH:MI"),
    ],
)
def test_the_format_of_a_column_is_the_one_that_all_its_dates_have(values, written):
    assert column_dates(Counter(map(formats_of, values))).written() == written


def test_what_is_no_day_of_the_calendar_is_no_date():
    assert column_dates(Counter(map(formats_of, ["2019-02-30"]))) is None
    assert formats_of("31/04/2019") == ()
    assert formats_of("٠٣/٠٤/٢٠١٩") == ()


def test_a_format_that_a_person_must_choose_is_refused_until_then():
    with pytest.raises(FormError, match="more than one format; keep the one"):
        date_forms("DD/MM/YYYY or MM/DD/YYYY")


AMBIGUOUS = "patient_id,visit_date,speech\n1,01/02/2019,4\n1,03/04/2019,3\n"


def test_a_column_that_decides_is_followed_and_named(tmp_path):
    found = draft(
        tmp_path,
        visits=AMBIGUOUS,
        subjects="patient_id,sex,onset_date\n1,F,12/25/2018\n2,M,02/03/2018\n",
    )
    row = form_of(found, "visits.csv")
    assert row["date_format"] == "MM/DD/YYYY"
    assert "are ambiguous" in row["note"]
    assert "as in subjects.csv onset_date" in row["note"]
    assert "cannot" not in form_of(found, "subjects.csv")["note"]


def test_where_nothing_decides_both_formats_are_named(tmp_path):
    row = form_of(draft(tmp_path, visits=AMBIGUOUS), "visits.csv")
    assert row["date_format"] == "DD/MM/YYYY or MM/DD/YYYY"
    assert "ask the site and keep one" in row["note"]


def test_columns_that_disagree_decide_for_no_other(tmp_path):
    found = draft(
        tmp_path,
        visits=AMBIGUOUS,
        subjects="patient_id,sex,onset_date\n1,F,12/25/2018\n",
        doses="patient_id,dose_date,dose\n1,25/12/2018,1\n",
    )
    row = form_of(found, "visits.csv")
    assert row["date_format"] == "DD/MM/YYYY or MM/DD/YYYY"


def test_each_column_has_its_own_format(tmp_path):
    found = draft(
        tmp_path,
        subjects="patient_id,sex,onset_date,diagnosis_date,death_date\n"
        "1,F,25.12.2018,26.12.2018,2020-01-02\n2,M,13.01.2018,14.02.2018,\n",
    )
    assert form_of(found, "subjects.csv")["date_format"] == "DD.MM.YYYY"
    own = {
        row["site_column"]: row["date_format"]
        for row in found["site_columns"]
        if row["column_name"].endswith("date")
    }
    assert own == {"onset_date": "", "diagnosis_date": "", "death_date": "YYYY-MM-DD"}


def test_a_column_of_dates_with_a_few_other_values_is_still_one(tmp_path):
    days = "".join(f"{n},{n % 28 + 1:02}/11/2019,4\n" for n in range(40))
    found = draft(
        tmp_path, visits=f"patient_id,visit_date,speech\n{days}41,unknown,3\n"
    )
    (row,) = [
        one for one in found["site_columns"] if one["site_column"] == "visit_date"
    ]
    assert row["column_name"] == "visit_date"
    assert "no date in 1 of 41 rows" in row["note"]


PATIENTS = {
    "spanish": "NHC,Sexo,Edad,País,Sitio de inicio,Fecha de inicio de síntomas,"
    "Fecha de diagnóstico,Riluzol,Fecha de defunción,Fecha de nacimiento",
    "french": "N° patient,Sexe,Âge,Pays,Lieu de début,Date des premiers symptômes,"
    "Date de diagnostic,Riluzole,Date de décès,Date de naissance",
    "italian": "Codice paziente,Sesso,Età,Paese,Sede di esordio,Data di esordio,"
    "Data di diagnosi,Riluzolo,Data di decesso,Data di nascita",
    "polish": "Numer pacjenta,Płeć,Wiek,Kraj,Miejsce pierwszych objawów,"
    "Data zachorowania,Data rozpoznania,Ryluzol,Data zgonu,Data urodzenia",
    "korean": "환자번호,성별,나이,국가,발병부위,발병일,진단일,릴루졸,사망일,생년월일",
}
WANTED = [
    "subject_id",
    "sex",
    "age_at_first_dose",
    "country",
    "onset_site",
    "onset_date",
    "diagnosis_date",
    "riluzole",
    "event_date",
]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("language", PATIENTS)
def test_headings_of_five_languages_are_known(tmp_path, language, form):
    headings = unicodedata.normalize(form, PATIENTS[language])
    found = draft(
        tmp_path,
        data=f"{headings}\n1,F,61,X,Bulbar,2018-12-25,2019-01-02,Y,2020-03-04,1950-02-03\n",
    )
    rows = {
        row["site_column"]: row["column_name"]
        for row in found["site_columns"]
        if row["site_column"] and not row["record"]
    } | {
        row["site_column"]: row["column_name"]
        for row in found["site_columns"]
        if row["record"] == "death" and row["column_name"] == "event_date"
    }
    assert list(map(rows.get, PATIENTS[language].split(","))) == [*WANTED, ""]
