"""The import path of the drafts before they moved to `counterarm.intake.drafting`."""

from counterarm.intake.drafting import write_draft

__all__ = ["write_draft"]
