"""SVG as a tree: coordinates rounded for files, and a figure made part of the page."""

import re
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

_NAMESPACE = "http://www.w3.org/2000/svg"
_COORDINATES = ("d", "transform", "x", "y", "x1", "x2", "y1", "y2", "width", "height")
# What the page's style sheet sets, or what the one label of the figure replaces.
_DROPPED = (
    *("role", "aria-roledescription", "aria-hidden"),
    *("pointer-events", "font-family"),
)
_SHARED_MARKS = re.compile(r"\bmark-(?:symbol|rule|text|rect)\b")
_INHERITED = (
    *("fill", "stroke", "stroke-width", "stroke-dasharray", "opacity"),
    *("font-size", "font-weight", "text-anchor"),
)
_EMPTY_PATH = "M0,0h0v0h0Z"

ElementTree.register_namespace("", _NAMESPACE)


def rounded(svg: str) -> str:
    """Write coordinates to a tenth of a pixel: a third of the bytes, the same look.

    Only coordinates: a number that is read, as text or tip, keeps all its digits.
    """
    root = ElementTree.fromstring(svg)
    for node in root.iter():
        for name in _COORDINATES:
            if name in node.attrib:
                node.set(name, _short(node.attrib[name]))
    return ElementTree.tostring(root, encoding="unicode")


def _short(coordinates: str) -> str:
    text = re.sub(
        r"-?\d+\.\d\d+", lambda number: f"{float(number[0]):.1f}", coordinates
    )
    # Two corners of a step that have become one.
    return re.sub(r"(L-?[\d.]+,-?[\d.]+)\1+", r"\1", text)


def inline_svg(svg: str, own: str, label: str, colours: dict[str, str]) -> str:
    """Return an SVG as part of an HTML page: one image to a screen reader.

    `own` is put before every id, `label` is what the image says without eyes and
    `colours` the properties of the style sheet by the colour that they stand for.
    Labels of marks become `data-tip`.

    Raises `xml.etree.ElementTree.ParseError` for a text that is no XML.
    """
    root = ElementTree.fromstring(svg)
    _, _, width, height = root.attrib["viewBox"].split()
    _remove_backgrounds(root)
    prefix = re.sub(r"\W+", "_", own)
    for node in root.iter():
        node.tag = node.tag.removeprefix(f"{{{_NAMESPACE}}}")
        _adapt(node, prefix, colours)
    for group in root.iter("g"):
        if _SHARED_MARKS.search(group.get("class", "")):
            _lift(group)
    root.attrib = {
        "viewBox": f"0 0 {width} {height}",
        "width": width,
        "height": height,
        "style": f"min-width: min(34rem, {width}px)",
        "role": "img",
        "aria-label": label,
    }
    return ElementTree.tostring(root, encoding="unicode")


def _remove_backgrounds(root: Element) -> None:
    """Take the white ground out, and paths that draw nothing."""
    is_first = True
    for parent, child in _pairs(root):
        tag = child.tag.removeprefix(f"{{{_NAMESPACE}}}")
        if tag == "rect" and child.get("fill") == "white" and is_first:
            parent.remove(child)
            is_first = False
        elif tag == "title":
            parent.remove(child)
        elif tag == "path" and child.get("class") in ("background", "foreground"):
            is_hidden = child.get("display") == "none"
            if child.get("d") == _EMPTY_PATH or (
                is_hidden and child.get("class") == "foreground"
            ):
                parent.remove(child)


def _pairs(root: Element) -> Iterator[tuple[Element, Element]]:
    yield from [(parent, child) for parent in root.iter() for child in parent]


def _adapt(node: Element, prefix: str, colours: dict[str, str]) -> None:
    for name in _DROPPED:
        node.attrib.pop(name, None)
    if "aria-label" in node.attrib:
        label = node.attrib.pop("aria-label")
        # Vega labels titles, too, which say what they are without a tip
        if not label.startswith("Title text"):
            node.set("data-tip", label)
    if "id" in node.attrib:
        node.set("id", f"{prefix}_{node.attrib['id']}")
    for name, value in node.attrib.items():
        if value in colours:
            node.set(name, colours[value])
        elif "url(#" in value:
            node.set(name, value.replace("url(#", f"url(#{prefix}_"))


def _lift(group: Element) -> None:
    """Say once, of a group of marks, what all of them have: a third of the bytes."""
    marks = list(group)
    if len(marks) < 2 or not all(
        mark.tag in ("path", "line", "text") for mark in marks
    ):
        return
    for name in _INHERITED:
        values = {mark.get(name) for mark in marks}
        if len(values) != 1 or None in values:
            continue
        group.set(name, values.pop())
        for mark in marks:
            del mark.attrib[name]
