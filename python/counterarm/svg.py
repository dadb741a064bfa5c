"""A drawing that notebooks show."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, repr=False)
class Svg:
    """The text of an SVG, which a notebook shows; `alt` describes it in words."""

    text: str
    alt: str

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<Svg: {self.alt}>"

    def _repr_svg_(self) -> str:
        return self.text

    def save(self, path: str | Path) -> None:
        """Write the drawing to a file."""
        Path(path).write_text(self.text, encoding="utf-8")
