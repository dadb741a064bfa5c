"""The draft of a Spanish label export of REDCap, its questions as people word them."""

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner

from counterarm.cli import main
from counterarm.intake.drafting import write_draft

ROOT = Path(__file__).parents[2]
# Questions with what they are in the template: table, record and column.
BASELINE = {
    "ID del participante": "",
    "Event Name": "",
    "Repeat Instrument": "",
    "Repeat Instance": "",
    "Sexo del paciente": "subjects.sex",
    "Edad en la primera infusión (años)": "subjects.age_at_first_dose",
    "Región de inicio de los síntomas": "subjects.onset_site",
    "Fecha de los primeros síntomas": "subjects.onset_date",
    "Fecha del diagnóstico de ELA": "subjects.diagnosis_date",
    "¿Toma riluzol?": "subjects.riluzole",
    "Fecha del consentimiento": "",
}
VISIT = {
    "Fecha de evaluación": "visits.visit_date",
    "1. Habla": "visits.q1_speech",
    "4. Escritura": "visits.q4_handwriting",
    "5a. Corte de alimentos (sin gastrostomía)": "visits.q5_cutting",
    "5b. Manejo de utensilios (con gastrostomía)": "visits.q5_cutting",
    "7. Movilidad en la cama": "visits.q7_turning",
    "8. Marcha": "visits.q8_walking",
    "12. Insuficiencia respiratoria": "visits.r3_respiratory_insufficiency",
    "¿Gastrostomía (PEG)?": "visits.gastrostomy",
    "Puntuación total de la ALSFRS-R": "visits.alsfrs_r_total",
    "alsfrs_r_pendiente": "",
}
DOSE = {
    "Infusión n.º": "doses.dose_number",
    "Fecha de infusión": "doses.dose_date",
    "Número de células (millones)": "doses.dose",
}
END = {
    "Fecha de fallecimiento": "events.death.event_date",
    "Fecha de traqueotomía": "events.tracheostomy.event_date",
    "Fecha de inicio de la VMNI": "events.niv_start.event_date",
    "Fecha del último contacto o visita": "events.last_contact.event_date",
    "Fecha de abandono del estudio": "events.withdrawal.event_date",
    "Complete?": "",
}
MEANT = BASELINE | VISIT | DOSE | END
SUBJECT = next(iter(MEANT))


def write_lines(path: Path, *rows: tuple[str, dict[str, str], list[str]]) -> None:
    """Write an export: event and instrument, the questions and their answers."""
    path.parent.mkdir(parents=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        written = csv.DictWriter(file, list(MEANT), restval="")
        written.writeheader()
        for place, questions, answers in rows:
            event, _, instrument = place.partition("/")
            for subject in ("SVQ-1", "SVQ-2"):
                written.writerow(
                    dict(zip(questions, answers, strict=True))
                    | {SUBJECT: subject, "Event Name": event}
                    | {"Repeat Instrument": instrument}
                )


@pytest.fixture
def site(tmp_path) -> Path:
    """The folder of the site with its export."""
    baseline = list(BASELINE)[4:]
    answers = ["Mujer", "61,5", "Bulbar", "13-02-2018", "20-03-2018", "Sí"]
    write_lines(
        tmp_path / "sevilla" / "ELA_LABELS.csv",
        ("Basal", dict.fromkeys(baseline), [*answers, "21-05-2019"]),
        ("Mes 3", VISIT, ["24-06-2019", *"43", "3", "", *"434", "No", "40", "1"]),
        ("Mes 3/Infusión", DOSE, ["1", "25-06-2019", "60"]),
        ("Fin", END, ["25-06-2021", "", "", "", "", "Complete"]),
    )
    return tmp_path / "sevilla"


def test_every_question_is_what_a_person_reads_in_it(site, tmp_path):
    write_draft(site, tmp_path / "draft", ROOT / "seeds")
    with (tmp_path / "draft" / "site_columns.csv").open(encoding="utf-8") as file:
        drafted = list(csv.DictReader(file))
    found = {
        row["site_column"]: ".".join(
            filter(None, (row["table_name"], row["record"], row["column_name"]))
        )
        for row in drafted
        if row["site_column"] != SUBJECT
    }
    wanted = {key: meant for key, meant in MEANT.items() if meant}
    assert {key: found[key] for key in wanted} == wanted
    assert found["alsfrs_r_pendiente"] == ""
    # another date is nothing that is known, and no event without a name
    assert found["Fecha del consentimiento"] == ""
    # the first column of an export of REDCap is its record, whatever it is called
    subjects = {
        row["site_column"] for row in drafted if row["column_name"] == "subject_id"
    }
    assert subjects == {SUBJECT}


def test_a_column_about_a_patient_is_not_the_one_that_names_the_patient(tmp_path):
    site = tmp_path / "sevilla"
    site.mkdir()
    lines = ["Sexo del paciente;Código;Edad", "Mujer;S-1;61", "Hombre;S-2;63"]
    (site / "Pacientes.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    write_draft(site, tmp_path / "draft", ROOT / "seeds")
    text = (tmp_path / "draft" / "site_columns.csv").read_text(encoding="utf-8")
    found = {
        row["site_column"]: row["column_name"]
        for row in csv.DictReader(text.splitlines())
    }
    assert found == {
        "Sexo del paciente": "sex",
        "Código": "subject_id",
        "Edad": "age_at_first_dose",
    }


def test_the_command_names_what_it_did_not_find(site, tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    export = site / "ELA_LABELS.csv"
    lines = export.read_text(encoding="utf-8").replace("Fecha de infusión", "Xyz")
    export.write_text(lines, encoding="utf-8")
    out = tmp_path / "draft"
    done = CliRunner().invoke(main, ["map", str(site), "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "site_files.csv: 1 row, to be confirmed" in done.output
    assert "no column was recognised for doses.dose_date" in done.output
    assert "subjects.sex" not in done.output
