"""One subject's path through the warehouse, from raw rows to endpoint."""

from counterarm.subject.names import UnknownSubjectError, find_subject
from counterarm.subject.path import AnalysisPath, SubjectPath, subject_path
from counterarm.subject.text import path_text

__all__ = [
    "AnalysisPath",
    "SubjectPath",
    "UnknownSubjectError",
    "find_subject",
    "path_text",
    "subject_path",
]
