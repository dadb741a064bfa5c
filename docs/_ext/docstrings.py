"""Docstrings as they are written here, in plain text with `code`, for Sphinx."""

import re
from typing import Any

from sphinx.application import Sphinx

# what reStructuredText would take for markup: *emphasis*, |substitution|, a reference_
_MARKUP = re.compile(r"([*|\\]|(?<=\w)_(?!\w))")
# what may stand beside a literal without a blank
_BEFORE, _AFTER = "'\"([{<-/:", "'\")]}>-/\\:.,;!?"


def as_restructured_text(text: str) -> str:
    """Return a docstring with its code as literals and all else as it reads."""
    parts = re.sub("`+", "`", text).split("`")
    for i, part in enumerate(parts):
        if i % 2 == 0:
            parts[i] = _MARKUP.sub(r"\\\1", part)
            continue
        before, after = parts[i - 1][-1:], parts[i + 1][:1]
        code = re.sub(r"\s+", " ", part)
        parts[i] = f"``{code}``"
        if before.strip() and before not in _BEFORE:
            parts[i] = "\\ " + parts[i]
        if after.strip() and after not in _AFTER:
            parts[i] += "\\ "
    return "".join(parts)


def _process(
    app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]
) -> None:
    lines[:] = as_restructured_text("\n".join(lines)).split("\n")


def _signature(
    app: Sphinx, what: str, name: str, obj: Any, options: Any, *signature: str
) -> tuple[str, None] | None:
    # results are made by functions: their fields stand in the docstring
    is_result = what == "class" and not issubclass(obj, Exception)
    return ("", None) if is_result else None


def setup(app: Sphinx) -> dict[str, bool]:
    """Register what rewrites the docstrings that autodoc reads."""
    app.connect("autodoc-process-docstring", _process)
    app.connect("autodoc-process-signature", _signature)
    return {"parallel_read_safe": True}
