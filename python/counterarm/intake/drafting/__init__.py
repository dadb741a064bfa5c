"""Draft the mapping seeds of a site from its files, for a person to finish."""

from counterarm.intake.drafting.draft import DraftError, write_draft

__all__ = ["DraftError", "write_draft"]
