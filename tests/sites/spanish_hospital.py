"""A synthetic Spanish hospital: its flat REDCap export as an Excel workbook.

The patients are those of a site in the form of the template; what is written is the
export that a hospital would have of them: several forms in one sheet, events and
repeated instruments, codes or labels, dates as 31/12/2019 (some as dates of Excel, some
as text), decimal commas.
"""

import csv
import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter

YES_NO = {"N": ("0", "No"), "Y": ("1", "Sí")}
CODES = {
    "sex": {"F": ("1", "Mujer"), "M": ("2", "Hombre")},
    "country": {
        "AUT": ("43", "Austria"),
        "POL": ("48", "Polonia"),
        "KOR": ("82", "Corea del Sur"),
        "CHN": ("86", "China"),
        "USA": ("1", "Estados Unidos"),
    },
    "onset_site": {
        "BULBAR": ("1", "Bulbar"),
        "LIMB": ("2", "Espinal"),
        "LIMB AND BULBAR": ("3", "Ambos"),
        "OTHER": ("4", "Otro"),
    },
    "riluzole": YES_NO,
    "gastrostomy": YES_NO,
    "serious": YES_NO,
    "el_escorial": {
        "DEFINITE": ("1", "Definida"),
        "PROBABLE": ("2", "Probable"),
        "POSSIBLE": ("3", "Posible"),
    },
    "severity": {
        "MILD": ("1", "Leve"),
        "MODERATE": ("2", "Moderado"),
        "SEVERE": ("3", "Grave"),
    },
    "causality": {
        "UNLIKELY": ("1", "Improbable"),
        "POSSIBLE": ("2", "Posible"),
        "PROBABLE": ("3", "Probable"),
        "DEFINITE": ("4", "Segura"),
    },
    "outcome": {
        "RECOVERED": ("1", "Recuperado"),
        "NOT RECOVERED": ("2", "No recuperado"),
        "FATAL": ("3", "Mortal"),
        "RECOVERING": ("4", "En recuperación"),
        "RECOVERED WITH SEQUELAE": ("5", "Recuperado con secuelas"),
        "UNKNOWN": ("9", "Desconocido"),
    },
}
RACES = {"WHITE": ("1", "Blanca"), "ASIAN": ("2", "Asiática"), "OTHER": ("3", "Otra")}
EVENTS = {
    "basal_arm_1": "Basal (Arm 1: CMM & riluzol)",
    "visita_arm_1": "Visita (Arm 1: CMM & riluzol)",
    "tratamiento_arm_1": "Tratamiento (Arm 1: CMM & riluzol)",
    "final_arm_1": "Fin de estudio (Arm 1: CMM & riluzol)",
}
INSTRUMENTS = {
    "dosis": "Dosis",
    "evento_adverso": "Evento adverso",
    "medicacion": "Medicación concomitante",
}
RECORD = ("record_id", "Record ID")
REPEATS = [
    ("redcap_event_name", "Event Name"),
    ("redcap_repeat_instrument", "Repeat Instrument"),
    ("redcap_repeat_instance", "Repeat Instance"),
]
ITEMS = (
    "Lenguaje",
    "Salivación",
    "Deglución",
    "Escritura",
    "Cortar",
    "Vestido e higiene",
    "Girarse en la cama",
    "Caminar",
    "Subir escaleras",
    "Disnea",
    "Ortopnea",
    "Insuficiencia respiratoria",
)
FORMS = {
    "demografia": [
        ("fecha_nacimiento", "Fecha de nacimiento"),
        ("sexo", "Sexo"),
        ("edad", "Edad"),
        *((f"raza___{n}", f"Raza (choice={label})") for n, label in RACES.values()),
        ("pais", "País"),
        ("sitio_inicio", "Sitio de inicio"),
        ("fecha_inicio_sintomas", "Fecha de inicio de síntomas"),
        ("fecha_diagnostico", "Fecha de diagnóstico"),
        ("riluzol", "Riluzol"),
        ("el_escorial", "Criterios de El Escorial"),
    ],
    "alsfrs_r": [
        ("fecha_visita", "Fecha de la visita"),
        *((f"alsfrs_{n}", label) for n, label in enumerate(ITEMS, start=1)),
        ("gastrostomia", "Gastrostomía"),
        ("alsfrs_total", "ALSFRS-R, puntuación total"),
    ],
    "dosis": [
        ("dosis_n", "Número de dosis"),
        ("fecha_dosis", "Fecha de la dosis"),
        ("dosis", "Dosis"),
    ],
    "seguimiento": [
        ("fecha_defuncion", "Fecha de defunción"),
        ("fecha_traqueostomia", "Fecha de traqueostomía"),
        ("fecha_gastrostomia", "Fecha de gastrostomía"),
        ("fecha_ventilacion_permanente", "Fecha de ventilación permanente"),
        ("fecha_retirada", "Fecha de retirada"),
        ("fecha_ultimo_contacto", "Fecha del último contacto"),
    ],
    "evento_adverso": [
        ("ea_termino", "Evento adverso"),
        ("ea_pt", "PT de MedDRA"),
        ("ea_soc", "SOC de MedDRA"),
        ("ea_fecha_inicio", "Fecha de inicio"),
        ("ea_fecha_fin", "Fecha de fin"),
        ("ea_intensidad", "Intensidad"),
        ("ea_grave", "Grave"),
        ("ea_causalidad", "Causalidad"),
        ("ea_desenlace", "Desenlace"),
    ],
    "medicacion": [
        ("medicamento", "Medicamento"),
        ("med_fecha_inicio", "Fecha de inicio de medicación"),
        ("med_fecha_fin", "Fecha de fin de medicación"),
    ],
}
DATES_OF_EVENTS = {
    "DEATH": "fecha_defuncion",
    "TRACHEOSTOMY": "fecha_traqueostomia",
    "GASTROSTOMY": "fecha_gastrostomia",
    "PERMANENT_VENTILATION": "fecha_ventilacion_permanente",
    "WITHDRAWAL": "fecha_retirada",
    "LAST_CONTACT": "fecha_ultimo_contacto",
}
ITEM = re.compile(r"[qr]\d+_")
# Forms whose dates were typed as text; the others are dates of Excel.
TEXT_DATES = ("seguimiento", "dosis", "demografia")


@dataclass(frozen=True)
class Export:
    """Whether an export has labels or codes, and how it writes what it holds."""

    has_labels: bool

    def code(self, column: str, value: str) -> str:
        return CODES[column][value][self.has_labels] if value else ""

    def box(self, is_checked: bool) -> str:
        words = ("Unchecked", "Checked") if self.has_labels else ("0", "1")
        return words[is_checked]

    def event(self, name: str) -> str:
        return EVENTS[name] if self.has_labels else name

    def instrument(self, name: str) -> str:
        return INSTRUMENTS[name] if self.has_labels else name

    @property
    def status(self) -> str:
        return "Complete" if self.has_labels else "2"


def comma(value: str) -> str:
    """Write a number with a decimal comma."""
    return value.replace(".", ",")


def day(value: str, form: str) -> dt.date | str:
    """Write a date of the template as the export does."""
    if not value:
        return ""
    date = dt.date.fromisoformat(value)
    return date.strftime("%d/%m/%Y") if form in TEXT_DATES else date


def rows_of(site: Path, table: str, subjects: int | None) -> list[dict[str, str]]:
    """Return a table's rows of the first so many subjects, of all for None."""

    def read(name: str) -> list[dict[str, str]]:
        with (site / f"{name}.csv").open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    kept = {row["subject_id"] for row in read("subjects")[:subjects]}
    return [row for row in read(table) if row["subject_id"] in kept]


def lines_of(site: Path, export: Export, subjects: int | None) -> list[dict]:
    """Return the lines of the export: form, event, instrument, instance and values."""

    def rows(table: str) -> list[dict[str, str]]:
        return rows_of(site, table, subjects)

    lines: list[dict] = []

    def line(subject: str, event: str, form: str, values: dict, n: int = 0) -> None:
        lines.append(
            {
                "record_id": subject,
                "redcap_event_name": export.event(event),
                "redcap_repeat_instrument": export.instrument(form) if n else "",
                "redcap_repeat_instance": str(n) if n else "",
                "form": form,
                **values,
                f"{form}_complete": export.status,
            }
        )

    for row in rows("subjects"):
        line(row["subject_id"], "basal_arm_1", "demografia", baseline(row, export))
    for row in rows("visits"):
        scores = [score for name, score in row.items() if ITEM.match(name)]
        values = {"fecha_visita": day(row["visit_date"], "alsfrs_r")}
        for n, score in enumerate(scores, start=1):
            values[f"alsfrs_{n}"] = number(score)
        values["gastrostomia"] = export.code("gastrostomy", row["gastrostomy"])
        values["alsfrs_total"] = number(row["alsfrs_r_total"])
        line(row["subject_id"], "visita_arm_1", "alsfrs_r", values)
    repeated(rows("doses"), "dosis", line, dose)
    last: dict[str, dict] = {}
    for row in rows("events"):
        dates = last.setdefault(row["subject_id"], {})
        dates[DATES_OF_EVENTS[row["event"]]] = day(row["event_date"], "seguimiento")
    for subject, dates in last.items():
        line(subject, "final_arm_1", "seguimiento", dates)
    repeated(
        rows("adverse_events"),
        "evento_adverso",
        line,
        lambda row: adverse_event(row, export),
    )
    repeated(rows("medications"), "medicacion", line, medication)
    return sorted(lines, key=lambda one: one["record_id"])


def repeated(
    rows: list[dict], form: str, line: Callable, values: Callable[[dict], dict]
) -> None:
    """Add the lines of a repeated instrument, counted for each subject."""
    n: dict[str, int] = {}
    for row in rows:
        subject = row["subject_id"]
        n[subject] = n.get(subject, 0) + 1
        line(subject, "tratamiento_arm_1", form, values(row), n[subject])


def number(text: str) -> float | str:
    """Return a number as a cell of Excel has it."""
    return float(text) if text else ""


def baseline(row: dict, export: Export) -> dict:
    """Return the cells of the form of a subject."""
    return {
        "fecha_nacimiento": "01/07/1960",
        "sexo": export.code("sex", row["sex"]),
        "edad": comma(row["age_at_first_dose"]),
        **{
            f"raza___{n}": export.box(row["race"] == race)
            for race, (n, _) in RACES.items()
        },
        "pais": export.code("country", row["country"]),
        "sitio_inicio": export.code("onset_site", row["onset_site"]),
        "fecha_inicio_sintomas": day(row["onset_date"], "demografia"),
        "fecha_diagnostico": day(row["diagnosis_date"], "demografia"),
        "riluzol": export.code("riluzole", row["riluzole"]),
        "el_escorial": export.code("el_escorial", row["el_escorial"]),
    }


def dose(row: dict) -> dict:
    """Return the cells of a dose."""
    return {
        "dosis_n": number(row["dose_number"]),
        "fecha_dosis": day(row["dose_date"], "dosis"),
        "dosis": comma(row["dose"]),
    }


def adverse_event(row: dict, export: Export) -> dict:
    """Return the cells of an adverse event."""
    return {
        "ea_termino": row["term"],
        "ea_pt": row["preferred_term"],
        "ea_soc": row["system_organ_class"],
        "ea_fecha_inicio": day(row["start_date"], "evento_adverso"),
        "ea_fecha_fin": day(row["end_date"], "evento_adverso"),
        "ea_intensidad": export.code("severity", row["severity"]),
        "ea_grave": export.code("serious", row["serious"]),
        "ea_causalidad": export.code("causality", row["causality"]),
        "ea_desenlace": export.code("outcome", row["outcome"]),
    }


def medication(row: dict) -> dict:
    """Return the cells of a medication."""
    return {
        "medicamento": row["medication"],
        "med_fecha_inicio": day(row["start_date"], "medicacion"),
        "med_fecha_fin": day(row["end_date"], "medicacion"),
    }


def write_export(
    site: Path, path: Path, *, has_labels: bool = False, subjects: int | None = None
) -> None:
    """Write the export of a site in the form of the template as a workbook.

    Of its patients the first so many; None: all.
    """
    export = Export(has_labels)
    fields = [RECORD, *REPEATS]
    for form, own in FORMS.items():
        fields += [*own, (f"{form}_complete", "Complete?")]
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path) as book:
        date = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet = book.add_worksheet("Datos")
        for place, names in enumerate(fields):
            sheet.write_string(0, place, names[has_labels])
        for number_of_row, line in enumerate(lines_of(site, export, subjects), start=1):
            for place, (name, _) in enumerate(fields):
                cell = line.get(name, "")
                if isinstance(cell, dt.date):
                    sheet.write_datetime(number_of_row, place, cell, date)
                elif isinstance(cell, float):
                    sheet.write_number(number_of_row, place, cell)
                elif cell:
                    sheet.write_string(number_of_row, place, cell)
