"""Validate a define.xml against the schemas of CDISC, and write it as HTML."""

from pathlib import Path

import defineutils.definehtml
import odmlib
from lxml import etree

from counterarm.submission.metadata import SubmissionError

# The schema of Analysis Results Metadata 1.0 includes that of Define-XML 2.1.
SCHEMA = Path(odmlib.__file__).parent / "schemas/arm/1.0-define2.1/arm1-0-0.xsd"
STYLE = Path(defineutils.definehtml.__file__).parent / "define2-1.xsl"


def write_page(define: Path) -> Path:
    """Validate a define.xml, write define.html next to it, and return the page.

    Browsers no longer apply style sheets to XML; the page is self-contained.
    Raises `SubmissionError` for an invalid define.xml.
    """
    problems = schema_problems(define)
    if problems:
        raise SubmissionError(
            f"{define} is not valid Define-XML 2.1, which is a defect of counterarm: "
            f"{problems[0]}"
        )
    page = etree.XSLT(etree.parse(str(STYLE)))(etree.parse(str(define)))
    target = define.with_suffix(".html")
    target.write_bytes(etree.tostring(page, pretty_print=True, method="html"))
    return target


def schema_problems(define: Path) -> list[str]:
    """Return the errors of a file under the schemas of Define-XML 2.1 and ARM 1.0."""
    schema = etree.XMLSchema(etree.parse(str(SCHEMA)))
    schema.validate(etree.parse(str(define)))
    return [f"line {one.line}: {one.message}" for one in schema.error_log]
