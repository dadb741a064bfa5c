"""What a delivery lost or changed since the build that was published last."""

from counterarm.comparison.changes import COLUMNS, delivery_changes

__all__ = ["COLUMNS", "delivery_changes"]
