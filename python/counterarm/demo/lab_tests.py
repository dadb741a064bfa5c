"""Laboratory tests: their usual values, and how the styles of laboratory write them.

A trial had one of four styles: 0 conventional units, 1 SI units, 2 conventional values
without units, 3 capitals and counts per mm3. A test has one scale per style. Middles
and spreads are the demo's own; names follow proact.md 1.10 and cdisc.md section 3.
"""

from dataclasses import dataclass

# styles are numbered in this order
STYLE_NAMES = ("conventional", "si", "without_units", "capitals")
STYLES = len(STYLE_NAMES)
CAPITALS = 3  # the style that writes names in capitals, and commas into thousands
BARE_POINT = 2  # the style that writes .5

# panels are measured whole or not at all: chance at entry, and later
PANELS = {
    "chemistry": (0.98, 0.95),
    "hematology": (0.98, 0.95),
    "differential": (0.96, 0.92),
    "counts": (0.80, 0.70),
    "urine": (0.88, 0.42),
    "lipids": (0.80, 0.25),
    "thyroid": (0.60, 0.04),
    "clotting": (0.55, 0.12),
    "proteins": (0.30, 0.05),
    # fewer than 100 rows of each: proact.md 1.10, 93 of 222 names
    "rare": (0.0007, 0.0007),
}


@dataclass(frozen=True)
class Scale:
    """How a style writes a test: value times `factor`, rounded, with a unit.

    Negative decimals round to tens, hundreds and so on.
    """

    factor: float
    decimals: int
    unit: str


@dataclass(frozen=True)
class LabTest:
    """A test with a numeric result, lognormal about `middle` in conventional units."""

    name: str
    panel: str
    middle: float
    spread: float  # SD of the logarithm, over subjects and days together
    scales: tuple[Scale, ...]  # one per style
    male: float = 0.0  # added to the logarithm for men
    floor: float = 0.0  # below, the result is written "<" and the floor
    # percent of the value lost per point of the scale: muscle makes creatinine
    per_point: float = 0.0


def _units(unit: str, decimals: int, *si: float | str) -> tuple[Scale, ...]:
    """Give the scales of a unit; `si` holds factor, decimals and unit of style 1."""
    factor, si_decimals, si_unit = si or (1.0, decimals, unit)
    return (
        Scale(1.0, decimals, unit),
        Scale(float(factor), int(si_decimals), str(si_unit)),
        Scale(1.0, decimals, ""),
        Scale(1.0, decimals, unit.lower()),
    )


def _cells(decimals: int) -> tuple[Scale, ...]:
    """Give the scales of a blood count: thousands per microlitre, or per mm3."""
    return (
        Scale(1.0, decimals, "10E3/uL"),
        Scale(1.0, decimals, "10E9/L"),
        Scale(1.0, decimals, ""),
        Scale(1_000.0, decimals - 3, "/mm3"),
    )


def _enzyme() -> tuple[Scale, ...]:
    return (
        Scale(1.0, 0, "IU/L"),
        Scale(1.0, 0, "U/L"),
        Scale(1.0, 0, ""),
        Scale(1.0, 0, "u/l"),
    )


# proact.md 2 #22: red cells on four scales
_RED_CELLS = (
    Scale(1.0, 2, "10E12/L"),
    Scale(1_000.0, 0, "10E9/L"),
    Scale(100.0, 0, ""),
    Scale(1e6, -4, "/mm3"),
)
_PERCENT = _units("%", 1)

_C, _H, _D, _N, _U = "chemistry", "hematology", "differential", "counts", "urine"
_L, _Y, _K, _P, _R = "lipids", "thyroid", "clotting", "proteins", "rare"
TESTS = (
    LabTest("Albumin", _C, 4.3, 0.07, _units("g/dL", 1, 10, 0, "g/L")),
    LabTest("Alkaline Phosphatase", _C, 68, 0.28, _enzyme()),
    LabTest("ALT(SGPT)", _C, 27, 0.5, _enzyme(), 0.2, 5),
    LabTest("AST(SGOT)", _C, 26, 0.38, _enzyme(), 0.15, 5),
    LabTest("Bicarbonate", _C, 26, 0.1, _units("mEq/L", 0, 1, 0, "mmol/L")),
    LabTest(
        "Bilirubin (Total)",
        _C,
        0.55,
        0.42,
        _units("mg/dL", 1, 17.104, 1, "umol/L"),
        0.1,
        0.2,
    ),
    LabTest(
        "Bilirubin (Direct)",
        _C,
        0.14,
        0.4,
        _units("mg/dL", 2, 17.104, 1, "umol/L"),
        0.0,
        0.1,
    ),
    LabTest(
        "Blood Urea Nitrogen (BUN)",
        _C,
        15,
        0.28,
        _units("mg/dL", 0, 0.357, 1, "mmol/L"),
        0.1,
    ),
    LabTest("Calcium", _C, 9.4, 0.04, _units("mg/dL", 1, 0.2495, 2, "mmol/L")),
    LabTest("Chloride", _C, 103, 0.025, _units("mEq/L", 0, 1, 0, "mmol/L")),
    LabTest("CK", _C, 165, 0.75, _enzyme(), 0.45, 10, 1.0),
    LabTest(
        "Creatinine",
        _C,
        0.86,
        0.19,
        _units("mg/dL", 2, 88.42, 0, "umol/L"),
        0.18,
        0.1,
        1.5,
    ),
    LabTest("Gamma-glutamyltransferase", _C, 25, 0.6, _enzyme(), 0.3, 3),
    LabTest("Glucose", _C, 96, 0.17, _units("mg/dL", 0, 0.0555, 1, "mmol/L")),
    LabTest("Lactate Dehydrogenase", _C, 172, 0.2, _enzyme()),
    LabTest("Magnesium", _C, 2.1, 0.08, _units("mg/dL", 1, 0.4114, 2, "mmol/L")),
    LabTest("Phosphorus", _C, 3.5, 0.14, _units("mg/dL", 1, 0.3229, 2, "mmol/L")),
    LabTest("Potassium", _C, 4.2, 0.08, _units("mEq/L", 1, 1, 1, "mmol/L")),
    LabTest("Protein", _C, 7.0, 0.06, _units("g/dL", 1, 10, 0, "g/L")),
    LabTest("Sodium", _C, 140, 0.016, _units("mEq/L", 0, 1, 0, "mmol/L")),
    LabTest("Uric Acid", _C, 5.0, 0.25, _units("mg/dL", 1, 59.48, 0, "umol/L"), 0.25),
    LabTest("Hematocrit", _H, 41.5, 0.07, _PERCENT, 0.09),
    LabTest("Hemoglobin", _H, 13.9, 0.07, _units("g/dL", 1, 10, 0, "g/L"), 0.09),
    LabTest("Mean Corpuscular Hemoglobin", _H, 30.4, 0.05, _units("pg", 1)),
    LabTest(
        "Mean Corpuscular Hemoglobin Concentration",
        _H,
        33.6,
        0.03,
        _units("g/dL", 1, 10, 0, "g/L"),
    ),
    LabTest("Mean Corpuscular Volume", _H, 91, 0.05, _units("fL", 0)),
    LabTest("Platelets", _H, 245, 0.24, _cells(0)),
    LabTest("Red Blood Cells (RBC)", _H, 4.55, 0.08, _RED_CELLS, 0.08),
    LabTest("White Blood Cell (WBC)", _H, 6.6, 0.27, _cells(1)),
    LabTest("Basophils", _D, 0.5, 0.5, _PERCENT),
    LabTest("Eosinophils", _D, 2.2, 0.6, _PERCENT),
    LabTest("Lymphocytes", _D, 28, 0.27, _PERCENT),
    LabTest("Monocytes", _D, 6.3, 0.28, _PERCENT),
    LabTest("Neutrophils", _D, 61, 0.13, _PERCENT),
    LabTest("Absolute Basophil Count", _N, 0.035, 0.5, _cells(2), 0.0, 0.01),
    LabTest("Absolute Eosinophil Count", _N, 0.15, 0.6, _cells(2), 0.0, 0.01),
    LabTest("Absolute Lymphocyte Count", _N, 1.8, 0.3, _cells(2)),
    LabTest("Absolute Monocyte Count", _N, 0.42, 0.32, _cells(2)),
    LabTest("Absolute Neutrophil Count", _N, 4.1, 0.35, _cells(2)),
    LabTest("Urine Ph", _U, 6.0, 0.08, _units("", 1)),
    LabTest("Urine Specific Gravity", _U, 1.017, 0.004, _units("", 3)),
    LabTest(
        "Total Cholesterol", _L, 208, 0.2, _units("mg/dL", 0, 0.02586, 2, "mmol/L")
    ),
    LabTest("HDL", _L, 52, 0.25, _units("mg/dL", 0, 0.02586, 2, "mmol/L"), -0.15),
    LabTest("LDL", _L, 125, 0.28, _units("mg/dL", 0, 0.02586, 2, "mmol/L")),
    LabTest("Triglycerides", _L, 128, 0.5, _units("mg/dL", 0, 0.01129, 2, "mmol/L")),
    LabTest("HbA1c (Glycated Hemoglobin)", _L, 5.5, 0.09, _PERCENT),
    LabTest("TSH", _Y, 1.7, 0.6, _units("uIU/mL", 2, 1, 2, "mIU/L"), 0.0, 0.3),
    LabTest("Free T3", _Y, 3.1, 0.13, _units("pg/mL", 1, 1.536, 1, "pmol/L")),
    LabTest("Free T4", _Y, 1.2, 0.15, _units("ng/dL", 2, 12.87, 1, "pmol/L")),
    LabTest("International Normalized Ratio (Clotting)", _K, 1.0, 0.09, _units("", 2)),
    LabTest("Prothrombin Time (Clotting)", _K, 12.2, 0.1, _units("sec", 1, 1, 1, "s")),
    LabTest("ALPHA1-GLOBULIN", _P, 3.6, 0.2, _PERCENT),
    LabTest("ALPHA2-GLOBULIN", _P, 9.3, 0.16, _PERCENT),
    LabTest("BETA-GLOBULIN", _P, 10.9, 0.14, _PERCENT),
    LabTest("GAMMA-GLOBULIN", _P, 14.5, 0.22, _PERCENT),
    LabTest("Immunoglobulin G", _P, 1050, 0.22, _units("mg/dL", 0, 0.01, 2, "g/L")),
    LabTest(
        "C-Reactive Protein",
        _P,
        1.6,
        1.1,
        _units("mg/L", 1, 0.1, 2, "mg/dL"),
        0.0,
        0.2,
    ),
    LabTest("Amylase", _R, 58, 0.35, _enzyme()),
    LabTest("Bilirubin (Indirect)", _R, 0.4, 0.4, _units("mg/dL", 1)),
    LabTest("Band Neutrophils", _R, 2, 0.6, _PERCENT),
    LabTest("Segmented Neutrophils", _R, 58, 0.13, _PERCENT),
    LabTest("Immunoglobulin A", _R, 220, 0.4, _units("mg/dL", 0, 0.01, 2, "g/L")),
    LabTest("Immunoglobulin M", _R, 110, 0.45, _units("mg/dL", 0, 0.01, 2, "g/L")),
    # names without a code in the terminology of CDISC (cdisc.md section 3)
    LabTest("Folate", _R, 9.5, 0.4, _units("ng/mL", 1, 2.266, 1, "nmol/L")),
    LabTest("Salivary Amylase", _R, 40, 0.4, _enzyme()),
    LabTest("Total Volume of Specimen", _R, 8, 0.2, _units("mL", 1)),
    LabTest("Uncoded Test 7", _R, 3, 0.5, _units("", 1)),
)

# how a style spells a test otherwise; style 3 writes capitals besides
SPELLINGS = {
    ("ALT(SGPT)", 1): "ALT (SGPT)",
    ("ALT(SGPT)", 2): "SGPT",
    ("AST(SGOT)", 1): "AST (SGOT)",
    ("AST(SGOT)", 2): "SGOT",
    ("Blood Urea Nitrogen (BUN)", 2): "BUN",
    ("CK", 1): "Creatine Kinase",
    ("Gamma-glutamyltransferase", 1): "Gamma-Glutamyltransferase",
    ("Gamma-glutamyltransferase", 2): "GGT",
    ("Lactate Dehydrogenase", 2): "LDH",
    ("Hemoglobin", 2): "hemoglobin",
    ("Mean Corpuscular Hemoglobin", 2): "MCH",
    ("Mean Corpuscular Hemoglobin Concentration", 2): "MCHC",
    ("Mean Corpuscular Volume", 2): "MCV",
    ("Red Blood Cells (RBC)", 1): "RBC",
    ("White Blood Cell (WBC)", 1): "WBC",
    ("Urine Ph", 1): "Urine pH",
    ("TSH", 1): "Thyroid Stimulating Hormone",
}


def spell(name: str, style: int) -> str:
    """Spell the name of a test as a style does."""
    name = SPELLINGS.get((name, style), name)
    return name.upper() if style == CAPITALS else name
