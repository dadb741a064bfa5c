"""Show a define.xml as a page, and judge it by the schemas of CDISC."""

from pathlib import Path

import defineutils.definehtml
import odmlib
from lxml import etree

from counterarm.submission.metadata import SubmissionError

# The schema of Analysis Results Metadata 1.0 includes that of Define-XML 2.1.
SCHEMA = Path(odmlib.__file__).parent / "schemas/arm/1.0-define2.1/arm1-0-0.xsd"
STYLE = Path(defineutils.definehtml.__file__).parent / "define2-1.xsl"


def write_page(define: Path) -> Path:
    """Write define.html beside a define.xml, after judging that, and return it.

    Browsers no longer apply style sheets to XML; the page needs nothing but itself.
    Raises `SubmissionError` for a define.xml that the schema refuses.
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
    """Return what the schemas of Define-XML 2.1 and ARM 1.0 refuse in a file."""
    schema = etree.XMLSchema(etree.parse(str(SCHEMA)))
    schema.validate(etree.parse(str(define)))
    return [f"line {one.line}: {one.message}" for one in schema.error_log]
