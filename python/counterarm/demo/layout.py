"""Names of files and columns: PRO-ACT in three releases, and the site template.

The headings of PRO-ACT stand in `headings`; the site template is design.md section 3.
"""

from counterarm.demo.headings import HEADINGS

RELEASES = ("2016", "2022", "2026")

# proact.md 1.0: table -> file name of the 2016 release, which mixes case
FILES_2016 = {
    "ADVERSEEVENTS": "AdverseEvents.csv",
    "ALSFRS": "alsfrs.csv",
    "ALSHISTORY": "AlsHistory.csv",
    "CONMEDS": "ConMeds.csv",
    "DEATHDATA": "DeathData.csv",
    "DEMOGRAPHICS": "demographics.csv",
    "FAMILYHISTORY": "FamilyHistory.csv",
    "FVC": "Fvc.csv",
    "LABS": "Labs.csv",
    "RILUZOLE": "Riluzole.csv",
    "SVC": "Svc.csv",
    "TREATMENT": "Treatment.csv",
    "VITALSIGNS": "VitalSigns.csv",
}
# proact.md 1.18: tables that came later, by their first release
LATER_TABLES = {
    "2022": ("ELESCORIAL", "HANDGRIPSTRENGTH", "MUSCLESTRENGTH"),
    "2026": ("NEUROFILAMENT",),
}
# what `raw_tables.csv` asks of every delivery
REQUIRED_TABLES = (
    "ALSFRS",
    "ALSHISTORY",
    "DEATHDATA",
    "DEMOGRAPHICS",
    "RILUZOLE",
    "TREATMENT",
)
TABLES = tuple(FILES_2016) + tuple(t for new in LATER_TABLES.values() for t in new)

SITES = ("hanyang", "olsztyn")

# design.md section 3: the twelve items of the template, in scale order
SITE_ITEMS = (
    "q1_speech",
    "q2_salivation",
    "q3_swallowing",
    "q4_handwriting",
    "q5_cutting",
    "q6_dressing",
    "q7_turning",
    "q8_walking",
    "q9_climbing",
    "r1_dyspnea",
    "r2_orthopnea",
    "r3_respiratory_insufficiency",
)
SITE_HEADINGS: dict[str, tuple[str, ...]] = {
    "subjects": (
        "subject_id",
        "sex",
        "age_at_first_dose",
        "race",
        "country",
        "onset_site",
        "onset_date",
        "diagnosis_date",
        "riluzole",
        "el_escorial",
    ),
    "doses": (
        "subject_id",
        "dose_number",
        "dose_date",
        "treatment",
        "dose",
        "dose_unit",
    ),
    "visits": (
        "subject_id",
        "visit_date",
        *SITE_ITEMS,
        "gastrostomy",
        "alsfrs_r_total",
    ),
    "events": ("subject_id", "event", "event_date"),
    "adverse_events": (
        "subject_id",
        "term",
        "preferred_term",
        "system_organ_class",
        "start_date",
        "end_date",
        "severity",
        "serious",
        "causality",
        "outcome",
    ),
    "medications": ("subject_id", "medication", "start_date", "end_date"),
}

# proact.md 1.0: the 2026 files begin with a UTF-8 byte order mark
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def tables(release: str) -> tuple[str, ...]:
    """List the PRO-ACT tables of a release."""
    return tuple(FILES_2016) + tuple(
        table
        for first, new in LATER_TABLES.items()
        if first <= release
        for table in new
    )


def file_name(table: str, release: str) -> str:
    """Name the file of a PRO-ACT table in a release."""
    if release == "2016":
        return FILES_2016[table]
    if table == "NEUROFILAMENT":
        # proact.md 1.0: the one name in mixed case among capitals
        table = "Neurofilament"
    return f"PROACT_{table}.csv" if release == "2022" else f"F_PROACT_{table}.csv"


def heading(table: str, release: str) -> tuple[str, ...]:
    """Spell the headings of a PRO-ACT table as a release does.

    Only FVC changed: `Subject_Normal` went to lower case after 2016, while SVC kept
    it (proact.md 1.7, 1.8).
    """
    names = HEADINGS[table]
    if table == "FVC" and release != "2016":
        return tuple("subject_normal" if n == "Subject_Normal" else n for n in names)
    return names


def prefix(release: str) -> bytes:
    """Bytes that stand before the headings of every file of a release."""
    return BYTE_ORDER_MARK if release == "2026" else b""
