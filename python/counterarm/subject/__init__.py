"""One subject's path through the warehouse, from raw rows to endpoint."""

from counterarm.subject.path import (
    AnalysisPath,
    SubjectPath,
    UnknownSubjectError,
    find_subject,
    subject_path,
)
from counterarm.subject.text import path_text

__all__ = [
    "AnalysisPath",
    "SubjectPath",
    "UnknownSubjectError",
    "find_subject",
    "path_text",
    "subject_path",
]
