"""What a result rests on: the delivered files, the protocol and the software."""

import platform
from importlib.metadata import version

import pandas as pd

# Every package whose version can move a number.
PACKAGES = [
    "counterarm",
    "dbt-core",
    "dbt-duckdb",
    "duckdb",
    "great-expectations",
    "numpy",
    "pandas",
    "pyreadstat",
    "scipy",
    "statsmodels",
]


def list_provenance(files: pd.DataFrame, protocol: pd.DataFrame) -> pd.DataFrame:
    """List kind (file, protocol or package), name and value, one row each.

    The value of a file is its SHA-256, that of a protocol seed the digest of its rows,
    that of a package its version. `files` are rows of `quality.row_accounting`,
    `protocol` those of `protocol.protocol_checks`. Nothing in it tells when or where
    the build ran, so that equal builds have equal provenance.
    """
    rows = [
        ("file", f"{row.source}/{row.file_name}", row.sha256)
        for row in files.drop_duplicates(["source", "file_name"]).itertuples()
    ]
    rows += [("protocol", row.seed, row.sha256) for row in protocol.itertuples()]
    rows += [("package", name, version(name)) for name in PACKAGES]
    rows.append(("package", "python", platform.python_version()))
    frame = pd.DataFrame(rows, columns=["kind", "name", "value"])
    return frame.sort_values(["kind", "name"], ignore_index=True)
