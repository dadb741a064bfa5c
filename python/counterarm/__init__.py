"""External control arms for ALS trials."""

__version__ = "0.1.0"
