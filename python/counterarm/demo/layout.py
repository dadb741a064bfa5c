"""Names of files and columns: PRO-ACT in three releases, and the site template.

Headings are those of proact.md section 1, in the published order and with the odd
underscores; the site template is design.md section 3.
"""

RELEASES = ("2016", "2022", "2026")

# proact.md 1.0: table -> file name of the 2016 release, which mixes case
FILES_2016 = {
    "ADVERSEEVENTS": "AdverseEvents.csv",
    "ALSFRS": "alsfrs.csv",
    "ALSHISTORY": "AlsHistory.csv",
    "CONMEDS": "ConMeds.csv",
    "DEATHDATA": "DeathData.csv",
    "DEMOGRAPHICS": "demographics.csv",
    "FVC": "Fvc.csv",
    "RILUZOLE": "Riluzole.csv",
    "SVC": "Svc.csv",
    "TREATMENT": "Treatment.csv",
    "VITALSIGNS": "VitalSigns.csv",
}
TABLES = tuple(FILES_2016)

HEADINGS: dict[str, tuple[str, ...]] = {
    "ALSFRS": (
        "subject_id",
        "Q1_Speech",
        "Q2_Salivation",
        "Q3_Swallowing",
        "Q4_Handwriting",
        "Q5a_Cutting_without_Gastrostomy",
        "Q5b_Cutting_with_Gastrostomy",
        "Q6_Dressing_and_Hygiene",
        "Q7_Turning_in_Bed",
        "Q8_Walking",
        "Q9_Climbing_Stairs",
        "Q10_Respiratory",
        "ALSFRS_Delta",
        "ALSFRS_Total",
        "ALSFRS_R_Total",
        "R_1_Dyspnea",
        "R_2_Orthopnea",
        "R_3_Respiratory_Insufficiency",
        "Mode_of_Administration",
        "ALSFRS_Responded_By",
    ),
    "ALSHISTORY": (
        "subject_id",
        "Site_of_Onset___Bulbar",
        "Site_of_Onset___Limb",
        "Site_of_Onset___Limb_and_Bulbar",
        "Site_of_Onset___Other",
        "Site_of_Onset___Other_Specify",
        "Site_of_Onset___Spine",
        "Subject_ALS_History_Delta",
        "Disease_Duration",
        "Symptom",
        "Symptom_Other_Specify",
        "Location",
        "Location_Other_Specify",
        "Site_of_Onset",
        "Onset_Delta",
        "Diagnosis_Delta",
    ),
    "DEATHDATA": ("subject_id", "Subject_Died", "Death_Days"),
    "DEMOGRAPHICS": (
        "subject_id",
        "Demographics_Delta",
        "Age",
        "Date_of_Birth",
        "Ethnicity",
        "Race_Americ_Indian_Alaska_Native",
        "Race_Asian",
        "Race_Black_African_American",
        "Race_Hawaiian_Pacific_Islander",
        "Race_Unknown",
        "Race_Caucasian",
        "Race_Other",
        "Race_Other_Specify",
        "Sex",
    ),
    "TREATMENT": ("subject_id", "Study_Arm", "Treatment_Group_Delta"),
    "RILUZOLE": ("subject_id", "Subject_used_Riluzole", "Riluzole_use_Delta"),
    "FVC": (
        "subject_id",
        "Subject_Liters_Trial_1",
        "pct_of_Normal_Trial_1",
        "Subject_Liters_Trial_2",
        "pct_of_Normal_Trial_2",
        "Subject_Liters_Trial_3",
        "pct_of_Normal_Trial_3",
        "Forced_Vital_Capacity_Delta",
        "Subject_Normal",
        "Forced_Vital_Capacity_Units",
    ),
    "SVC": (
        "subject_id",
        "Subject_Liters_Trial_1",
        "pct_of_Normal_Trial_1",
        "Subject_Liters__Trial_2_",
        "pct_of_Normal_Trial_2",
        "Subject_Liters__Trial_3_",
        "pct_of_Normal_Trial_3",
        "Subject_Normal",
        "Slow_vital_Capacity_Delta",
        "Slow_Vital_Capacity_Units",
    ),
    "VITALSIGNS": (
        "subject_id",
        "Blood_Pressure_Diastolic",
        "Blood_Pressure_Diastolic_Units",
        "Blood_Pressure_Systolic",
        "Blood_Pressure_Systolic_Units",
        "Height",
        "Height_Units",
        "Pulse",
        "Pulse_Units",
        "Respiratory_Rate",
        "Respiratory_Rate_Units",
        "Temperature",
        "Temperature_Units",
        "Weight",
        "Weight_Units",
        "Vital_Signs_Delta",
        "Baseline_Standing_BP_Diastolic",
        "Baseline_Standing_BP_Systolic",
        "Baseline_Supine_BP_Diastolic",
        "Baseline_Supine_BP_Systolic",
        "Baseline_Weight",
        "Supine_Pulse",
        "Standing_Pulse",
        "Endpoint_Supine_Pulse",
        "Endpoint_Standing_Pulse",
        "Baseline_Supine_Pulse",
        "Baseline_Standing_Pulse",
        "Endpoint_Weight",
        "Endpoint_Standing_BP_Diastolic",
        "Endpoint_Standing_BP_Systolic",
        "Endpoint_Supine_BP_Diastolic",
        "Endpoint_Supine_BP_Systolic",
        "Supine_BP_Diastolic",
        "Supine_BP_Systolic",
        "Standing_BP_Diastolic",
        "Standing_BP_Systolic",
    ),
    "CONMEDS": (
        "subject_id",
        "Medication_Coded",
        "Start_Delta",
        "Stop_Delta",
        "Dose",
        "Unit",
        "Frequency",
        "Route",
    ),
    "ADVERSEEVENTS": (
        "subject_id",
        "Lowest_Level_Term",
        "Preferred_Term",
        "High_Level_Term",
        "High_Level_Group_Term",
        "System_Organ_Class",
        "SOC_Abbreviation",
        "SOC_Code",
        "Severity",
        "Outcome",
        "Start_Date_Delta",
        "End_Date_Delta",
    ),
}

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


def file_name(table: str, release: str) -> str:
    """Name the file of a PRO-ACT table in a release."""
    if release == "2016":
        return FILES_2016[table]
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
