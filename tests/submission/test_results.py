"""Analysis Results Metadata: the main results of a study and what gives them."""

import pytest
from lxml import etree

from counterarm.submission.package import write_packages
from counterarm.submission.page import schema_problems

ARM = {
    "arm": "http://www.cdisc.org/ns/arm/v1.0",
    "o": "http://www.cdisc.org/ns/odm/v1.3",
}


@pytest.fixture
def results(warehouse):
    """A main analysis of SITE with PROACT, a variant, and one of another endpoint."""
    warehouse.connection.execute(
        """
        create schema results; create schema protocol; create schema analysis;
        create table analysis.cox (analysis_id varchar);
        create table results.analysis_summary as select * from (values
            ('one', null, 'The main one', true, 'unadjusted', 'OS', 'as_recorded',
             'naive'),
            ('one_other', 'one', 'A variant', true, 'unadjusted', 'OS', 'as_recorded',
             'naive'),
            ('two', null, 'Of a decline', true, 'unadjusted', 'DECLINE', 'as_recorded',
             'naive'))
            as rows (analysis_id, based_on, label, is_delivered, model_id, endpoint,
                follow_up_rule, variance);
        create table protocol.analysis_arms as select * from (values
            ('one', 'treated', 'SITE', 'ANY', 'first_dose'),
            ('one', 'control', 'PROACT', 'PLACEBO', 'entry'),
            ('two', 'treated', 'SITE', 'ANY', 'first_dose'))
            as rows (analysis_id, arm, studyid, armcd, index_rule);
        create table protocol.analysis_matching as
            select 'one' as analysis_id, 'nearest' as method, 1 as ratio;
        """
    )
    return warehouse


@pytest.fixture
def define(results, tmp_path):
    list(write_packages(results.opened, tmp_path))
    return lambda study: tmp_path / study / "adam" / "define.xml"


def found(define, study, path):
    return etree.parse(str(define(study))).xpath(path, namespaces=ARM)


@pytest.mark.parametrize("study", ["SITE", "PROACT"])
def test_the_schema_of_cdisc_accepts_the_results(define, study):
    assert schema_problems(define(study)) == []
    assert found(define, study, "//arm:ResultDisplay/@Name") == ["one"]


def test_a_result_names_its_dataset_parameter_and_variables(define):
    path = "//arm:AnalysisResult/@ParameterOID"
    assert found(define, "SITE", path) == ["IT.ADTTE.PARAMCD"]
    path = "//arm:AnalysisVariable/@ItemOID"
    assert found(define, "SITE", path) == ["IT.ADTTE.AVAL", "IT.ADTTE.CNSR"]
    (clause,) = found(define, "SITE", "//arm:AnalysisDataset/*/@WhereClauseOID")
    path = f"//*[@OID='{clause}']//o:CheckValue/text()"
    assert found(define, "SITE", path) == ["OS"]


def test_a_result_has_its_parameters_and_the_sql_that_gives_it(define):
    (text,) = found(define, "SITE", "//arm:Documentation//o:TranslatedText/text()")
    assert "treated arm: SITE, ARMCD ANY, followed from first_dose" in text
    assert "Subjects of PROACT are in the package of that study" in text
    assert "analysis_matching: method nearest, ratio 1" in text
    (code,) = found(define, "SITE", "//arm:Code/text()")
    assert "where analysis_id = 'one' and model_id = 'unadjusted'" in code


def test_without_results_there_is_no_display(warehouse, tmp_path):
    list(write_packages(warehouse.opened, tmp_path, wanted=["SITE"]))
    file = tmp_path / "SITE" / "adam" / "define.xml"
    assert "arm:" not in file.read_text()
    assert schema_problems(file) == []
