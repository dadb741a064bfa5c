"""The figures of the report, as Vega specifications and SVG."""
