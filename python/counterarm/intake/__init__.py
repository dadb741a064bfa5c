"""Find the delivered files, read their headings, and say how SQL should read them.

No value is looked at here: every column is read as text, and typed in `01_staging`.
"""

from counterarm.intake.delivery import DeliveryError, describe_delivery

__all__ = ["DeliveryError", "describe_delivery"]
