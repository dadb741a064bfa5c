"""What a result rests on: the delivered files, the protocol and the software."""

import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

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
UNKNOWN = "unknown"


def list_provenance(
    files: pd.DataFrame,
    protocol: pd.DataFrame,
    nature: pd.DataFrame,
    *,
    commit: str = UNKNOWN,
    reference_day: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """List kind (file, protocol, package, setting or git), name and value.

    The value of a file is its SHA-256, that of a protocol seed the digest of its rows,
    that of a package its version, that of a setting or of git what is given. `files`
    are rows of `quality.row_accounting`, `protocol` those of
    `protocol.protocol_checks`, `nature` the row of `quality.delivery_nature`.
    `reference_day` is that of `staging`: no date may lie after it, and a build of the
    same delivery keeps it. Nothing else depends on when or where the build ran, so that
    equal builds have equal provenance.
    """
    rows = [
        ("file", f"{row.source}/{row.file_name}", row.sha256)
        for row in files.drop_duplicates(["source", "file_name"]).itertuples()
    ]
    rows += [("protocol", row.seed, row.sha256) for row in protocol.itertuples()]
    rows += [("package", name, version(name)) for name in PACKAGES]
    rows.append(("package", "python", platform.python_version()))
    is_real = bool(nature["is_real"].iloc[0])
    rows.append(("setting", "delivery_is_real", str(is_real).lower()))
    rows.append(("setting", "delivery_is_real because", nature["because"].iloc[0]))
    if reference_day is not None:
        (day,) = pd.to_datetime(reference_day["reference_date"]).dt.date
        rows.append(("setting", "reference_day", day.isoformat()))
    rows.append(("git", "commit", commit))
    frame = pd.DataFrame(rows, columns=["kind", "name", "value"])
    return frame.sort_values(["kind", "name"], ignore_index=True)


def git_commit(folder: Path = Path(__file__).parent) -> str:
    """Name the commit of the code in `folder`; say so where files differ from it.

    Returns "unknown" where there is no repository or no git.
    """
    try:
        outputs = [
            subprocess.run(
                ["git", "-C", str(folder), *arguments],
                capture_output=True,
                text=True,
                check=True,
                timeout=30,
            ).stdout.strip()
            for arguments in (
                ["rev-parse", "HEAD"],
                ["status", "--porcelain", "--untracked-files=no"],
            )
        ]
    except (OSError, subprocess.SubprocessError):
        return UNKNOWN
    return outputs[0] + (" with changes that are not committed" if outputs[1] else "")
