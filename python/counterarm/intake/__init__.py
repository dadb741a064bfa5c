"""Find the delivered files, read their headings, and say how SQL should read them.

Every column is read as text and typed in `01_staging`. A site in a layout of its own is
turned into the template by what the mapping seeds say, one that has SDTM by rule.
"""

from counterarm.intake.delivery import DeliveryError, describe_delivery
from counterarm.intake.manifest import listed_files, write_manifest

__all__ = ["DeliveryError", "describe_delivery", "listed_files", "write_manifest"]
