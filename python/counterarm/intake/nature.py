"""Whether a delivery is of real patients: what its folders carry, or what is set."""

from pathlib import Path

import pandas as pd

from counterarm.intake.locate import SYNTHETIC_MARKER, site_folders


def describe_nature(
    proact_dir: str | Path, sites_dir: str | Path, delivery_is_real: object = None
) -> pd.DataFrame:
    """Return one row: is_real, and because, the reason in words.

    A delivery is synthetic only if PRO-ACT's folder and every site's folder carry the
    file `MADE_UP`, which `counterarm demo` writes; one folder without it makes the
    delivery real. `delivery_is_real` (true, false, or nothing) overrides the files.

    Raises `ValueError` for another value of `delivery_is_real`.
    """
    text = "" if delivery_is_real is None else str(delivery_is_real).strip().lower()
    if text not in ("", "none", "true", "false"):
        raise ValueError(
            f"the variable delivery_is_real is {delivery_is_real!r}: set it to true or "
            "false, or leave it out to let the delivered folders decide"
        )
    if text in ("true", "false"):
        return _row(text == "true", f"the variable delivery_is_real is {text}")
    without = without_marker(Path(proact_dir), Path(sites_dir))
    if without:
        return _row(True, f"no file {SYNTHETIC_MARKER} in {', '.join(without)}")
    return _row(False, f"every delivered folder has a file {SYNTHETIC_MARKER}")


def without_marker(proact_dir: Path, sites_dir: Path) -> list[str]:
    """Name the sources whose folder does not carry the marker."""
    sites = {folder.name.lower(): folder for folder in site_folders(sites_dir)}
    folders = [("proact", proact_dir), *sorted(sites.items())]
    return [
        source
        for source, folder in folders
        if not (folder / SYNTHETIC_MARKER).is_file()
    ]


def _row(is_real: bool, because: str) -> pd.DataFrame:
    return pd.DataFrame({"is_real": [is_real], "because": [because]})
