"""Formulas as MathML, which browsers show without a script or a network."""

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the renderer."""
    app.add_html_math_renderer("mathml", (inline, None), (display, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def inline(writer: object, node: nodes.math) -> None:
    """Write a formula within a line."""
    writer.body.append(convert(node.astext()))
    raise nodes.SkipNode


def display(writer: object, node: nodes.math_block) -> None:
    """Write a formula of its own line; a narrow page scrolls it."""
    formula = convert(node.astext(), display="block")
    writer.body.append(
        f'<div style="overflow: auto hidden; padding-block: 0.3em">{formula}</div>'
    )
    raise nodes.SkipNode
