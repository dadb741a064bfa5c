"""What `counterarm check` says of a site's dates that were not read."""

import pytest

from counterarm.check.date_advice import RejectedDates


def advice(values: list[str], layout: str = "template", is_read_too: bool = False):
    found = RejectedDates(
        "ulm", "events.csv", layout, "event_date", values, is_read_too
    )
    return "\n".join(
        f"{one.source} {one.file} {one.column}: {one.count} {one.reason}; {one.remedy}"
        for one in found.findings
    )


def test_the_row_that_reads_a_file_of_the_template_is_written_out():
    assert advice(["31/12/2019", "01/02/2020"]) == (
        "ulm events.csv event_date: 2 look like DD/MM/YYYY; add to "
        "seeds/mappings/site_files.csv the row ulm,events.csv,,,DD/MM/YYYY,,,"
    )


def test_where_other_dates_are_read_both_formats_are_named():
    assert advice(["31.12.2019"], is_read_too=True).endswith(
        "the row ulm,events.csv,,,YYYY-MM-DD|DD.MM.YYYY,,,"
    )


def test_of_a_mapped_file_the_setting_of_the_column_is_named():
    text = advice(["2019-12-31T10:00"], layout="mapped")
    assert "give the column the date_format YYYY-MM-DDTHH:MI in" in text


def test_an_ambiguous_format_is_said_to_be_so():
    text = advice(["01/02/2019", "03/04/2019"])
    assert "look like DD/MM/YYYY or MM/DD/YYYY (day and month are ambiguous" in text


def test_values_of_two_kinds_are_each_named():
    text = advice(["43500", "31/12/2019", "unknown"])
    assert "1 Excel's" in text
    assert "1 look like DD/MM/YYYY" in text


def test_numbers_of_excel_are_named():
    assert "Excel's numbers of days" in advice(["43500", "43501"])


@pytest.mark.parametrize("values", [["2019-02-30"], ["unknown"], ["2019"]])
def test_what_no_setting_reads_gets_no_advice(values):
    assert advice(values) == ""
