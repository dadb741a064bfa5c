"""What a submission package has beside its datasets is no file left unread."""

from pathlib import Path

import pytest

from counterarm.intake.sdtm_site import unused_note


@pytest.mark.parametrize(
    "name", ["acrf.html", "define.html", "define.xml", "DEFINE.XML", "sdrg.html"]
)
def test_a_file_that_describes_the_datasets_is_not_needed(name):
    assert unused_note(Path(name)).startswith("not needed: describes the datasets")


@pytest.mark.parametrize("name", ["notes.html", "define.pdf", "dm.xml"])
def test_any_other_file_is_not_used(name):
    assert unused_note(Path(name)).startswith("not used")
