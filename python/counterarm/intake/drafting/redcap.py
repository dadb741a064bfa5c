"""What is REDCap's own in an export, raw or with labels.

A raw export has field names (`race___2`, `ae_complete`, `redcap_event_name`), one with
labels the questions (`Race (choice=Asian)`, `Complete?` for every form, `Event Name`).
"""

import re

from counterarm.intake.forms import key_of

EVENT = ("redcap_event_name", "event name")
REPEAT = ("redcap_repeat_instrument", "repeat instrument")
OTHERS = (
    "redcap_repeat_instance",
    "redcap_data_access_group",
    "redcap_survey_identifier",
    "repeat instance",
    "data access group",
    "survey identifier",
)
BOXES = (
    re.compile(r"^(?P<base>.+?)___(?P<level>[^_].*)$"),
    re.compile(
        r"^(?P<base>.+?)\s*\(choice=(?P<level>.+)\)$", re.IGNORECASE | re.DOTALL
    ),
)
STATUS = re.compile(r"complete\?( \(\d+\))?|[a-z0-9_]+_complete")
STATUSES = {"0", "1", "2", "incomplete", "unverified", "complete"}


def is_event(heading: str) -> bool:
    """Tell whether a column names the event of a line."""
    return key_of(heading) in EVENT


def is_repeat(heading: str) -> bool:
    """Tell whether a column names the repeated instrument of a line."""
    return key_of(heading) in REPEAT


def is_bookkeeping(heading: str, values: set[str]) -> bool:
    """Tell whether a column is kept by REDCap and tells nothing of a patient."""
    key = key_of(heading)
    is_status = STATUS.fullmatch(key) and {one.lower() for one in values} <= STATUSES
    return key in OTHERS or bool(is_status)


def box_of(heading: str) -> tuple[str, str] | None:
    """Return question and level of a checkbox, None for other columns."""
    for form in BOXES:
        found = form.match(heading)
        if found:
            return found["base"], found["level"].strip()
    return None


def is_unchecked(heading: str, value: str) -> bool:
    """Tell whether a cell is a box that is not checked."""
    return box_of(heading) is not None and value.strip().lower() in ("0", "unchecked")
