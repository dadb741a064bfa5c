"""define.xml is valid, refers to nothing that is not there, and says what holds."""

import pytest
from lxml import etree

from counterarm.submission.package import write_packages
from counterarm.submission.page import schema_problems

ODM = "http://www.cdisc.org/ns/odm/v1.3"
DEF = "http://www.cdisc.org/ns/def/v2.1"
NAMES = {"o": ODM, "d": DEF}


@pytest.fixture
def package(warehouse, tmp_path):
    list(write_packages(warehouse.opened, tmp_path, dates="anchor"))
    return tmp_path


@pytest.fixture
def read(package):
    return lambda name: etree.parse(str(package / name / "define.xml"))


@pytest.mark.parametrize(
    "name", ["SITE/sdtm", "SITE/adam", "PROACT/sdtm", "PROACT/adam"]
)
def test_the_schema_of_cdisc_finds_nothing(package, name):
    assert schema_problems(package / name / "define.xml") == []


def test_the_schema_of_cdisc_finds_a_defect(package):
    file = package / "SITE" / "sdtm" / "define.xml"
    file.write_text(file.read_text().replace('Mandatory="Yes"', 'Mandatory="Maybe"', 1))
    (first, *_) = schema_problems(file)
    assert "Maybe" in first


@pytest.mark.parametrize(
    "name", ["SITE/sdtm", "SITE/adam", "PROACT/sdtm", "PROACT/adam"]
)
def test_every_reference_is_to_something_that_is_there_and_nothing_is_unused(
    read, name
):
    define = read(name)
    for element, attribute, target in (
        ("ItemRef", "ItemOID", "o:ItemDef"),
        ("ItemRef", "MethodOID", "o:MethodDef"),
        ("CodeListRef", "CodeListOID", "o:CodeList"),
    ):
        asked = set(define.xpath(f"//o:{element}/@{attribute}", namespaces=NAMES))
        there = define.xpath(f"//{target}/@OID", namespaces=NAMES)
        assert len(there) == len(set(there))
        assert asked == set(there)
    for attribute, target in (
        ("WhereClauseOID", "d:WhereClauseDef"),
        ("ValueListOID", "d:ValueListDef"),
        ("d:CommentOID", "d:CommentDef"),
    ):
        asked = set(define.xpath(f"//@{attribute}", namespaces=NAMES))
        assert asked == set(define.xpath(f"//{target}/@OID", namespaces=NAMES))


def test_a_file_and_its_columns_are_those_of_the_folder(package, read):
    define = read("PROACT/sdtm")
    hrefs = define.xpath(
        "//o:ItemGroupDef/d:leaf/@*[local-name()='href']", namespaces=NAMES
    )
    assert sorted(hrefs) == sorted(
        p.name for p in (package / "PROACT/sdtm").glob("*.xpt")
    )


def item(define, oid):
    (found,) = define.xpath(f"//o:ItemDef[@OID='{oid}']", namespaces=NAMES)
    return found


def reference(define, oid):
    (found,) = define.xpath(
        f"//o:ItemGroupDef/o:ItemRef[@ItemOID='{oid}']", namespaces=NAMES
    )
    return found


def test_a_term_of_cdisc_has_its_code_and_decode_and_ours_is_an_extension(read):
    define = read("PROACT/sdtm")
    (sex,) = define.xpath("//o:CodeList[@OID='CL.SEX']", namespaces=NAMES)
    codes = sex.xpath(".//o:Alias/@Name", namespaces=NAMES)
    # NCI: C16576 Female, of the codelist C66731
    assert codes == ["C16576", "C66731"]
    assert sex.xpath(".//o:TranslatedText/text()", namespaces=NAMES) == ["Female"]
    policy = define.xpath(
        "//o:CodeList[@OID='CL.TSPARMCD']/*[@CodedValue='DATEPOL']", namespaces=NAMES
    )
    assert [one.get(f"{{{DEF}}}ExtendedValue") for one in policy] == ["Yes"]
    (ours,) = define.xpath("//o:CodeList[@OID='CL.QSTESTCD']", namespaces=NAMES)
    assert ours.get(f"{{{DEF}}}IsNonStandard") == "Yes"


def test_a_result_has_metadata_for_each_test(read):
    define = read("SITE/sdtm")
    speech = item(define, "IT.QS.QSORRES.ALSR101")
    assert speech.xpath(".//o:TranslatedText/text()", namespaces=NAMES) == [
        "ALSR1-Speech"
    ]
    assert [
        speech.get("Length"),
        item(define, "IT.QS.QSORRES.ALSR1TS").get("Length"),
    ] == [
        "1",
        "2",
    ]
    (clause,) = define.xpath(
        "//d:WhereClauseDef[@OID='WC.QS.QSTESTCD.ALSR101']//o:CheckValue/text()",
        namespaces=NAMES,
    )
    assert clause == "ALSR101"


def test_roles_keys_and_origins_are_those_of_the_model(read):
    define = read("SITE/sdtm")
    assert reference(define, "IT.QS.QSTESTCD").get("Role") == "Topic"
    assert reference(define, "IT.QS.QSDY").get("Role") == "Timing"
    assert reference(define, "IT.DM.USUBJID").get("KeySequence") == "2"
    assert reference(define, "IT.AE.AEREL").get(f"{{{DEF}}}HasNoData") == "Yes"
    (origin,) = item(define, "IT.QS.QSDY").xpath("d:Origin", namespaces=NAMES)
    assert (origin.get("Type"), origin.get("Source")) == ("Derived", "Sponsor")
    assert item(define, "IT.AE.AESTDTC").get("DataType") == "partialDate"
    assert item(define, "IT.QS.QSDTC").get("DataType") == "date"


def test_a_copied_variable_of_adam_names_its_predecessor(read):
    define = read("SITE/adam")
    (origin,) = item(define, "IT.ADSL.TRT01P").xpath("d:Origin", namespaces=NAMES)
    assert origin.get("Type") == "Predecessor"
    assert origin.xpath(".//o:TranslatedText/text()", namespaces=NAMES) == ["DM.ARM"]
    assert item(define, "IT.ADSL.TRTSDT").get(f"{{{DEF}}}DisplayFormat") == "DATE9."
    (decode,) = define.xpath(
        "//o:CodeList[@OID='CL.ADTTE.PARAMCD']//o:Decode//text()[normalize-space()]",
        namespaces=NAMES,
    )
    assert decode == "Overall Survival (days)"


def test_an_anchored_date_is_marked_in_define_and_on_the_page(package, read):
    define = read("PROACT/sdtm")
    (method,) = define.xpath(
        "//o:MethodDef[@OID='MT.AE.AESTDTC']//text()[normalize-space()]",
        namespaces=NAMES,
    )
    assert method.startswith("SYNTHETIC")
    page = (package / "PROACT" / "sdtm" / "define.html").read_text()
    assert "SYNTHETIC" in page
    assert "Adverse Events" in page
