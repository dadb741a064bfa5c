"""Cells of a sheet that the reader of workbooks shows as empty: errors and formulas."""

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, iterparse
from zipfile import ZipFile

PLACE = re.compile(r"([A-Z]+)(\d+)")
At = tuple[int, int]


def odd_cells(path: Path, sheet: str) -> tuple[dict[At, str], list[At]]:
    """Return the cells with an error and its name, and formulas without a result.

    Places are row and column from 0 on. A program that writes formulas without
    calculating them leaves them without a result.
    """
    errors: dict[At, str] = {}
    empty: list[At] = []
    with ZipFile(path) as book:
        part = part_of(book, sheet)
        if part is None:
            return errors, empty
        for cell in elements(book, part, "c"):
            found = PLACE.fullmatch(cell.get("r", ""))
            value = next((one.text for one in cell if local(one) == "v"), None)
            if found and cell.get("t") == "e":
                errors[place_of(found)] = value or "#ERROR"
            elif found and not value and is_formula(cell):
                empty.append(place_of(found))
    return errors, empty


def is_formula(cell: Element) -> bool:
    """Tell whether a cell is calculated; one whose result is a text may be empty."""
    return cell.get("t") != "str" and any(local(one) == "f" for one in cell)


def part_of(book: ZipFile, sheet: str) -> str | None:
    """Return the name of the part of a workbook that holds a sheet."""
    names = {name.lower(): name for name in book.namelist()}
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= set(names):
        return None
    wanted = None
    for one in elements(book, names["xl/workbook.xml"], "sheet"):
        if one.get("name") == sheet:
            wanted = next((v for k, v in one.attrib.items() if k.endswith("}id")), None)
    for one in elements(book, names["xl/_rels/workbook.xml.rels"], "Relationship"):
        if one.get("Id") == wanted:
            target = posixpath.normpath(posixpath.join("xl", one.get("Target", "")))
            return names.get(target.lstrip("/").lower())
    return None


def elements(book: ZipFile, part: str, name: str) -> Iterator[Element]:
    """Yield the elements of a name, one at a time."""
    with book.open(part) as file:
        for _, element in iterparse(file):
            if local(element) == name:
                yield element
                element.clear()


def local(element: Element) -> str:
    """Return the name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def place_of(found: re.Match) -> At:
    """Return row and column of a cell called such as `AB12`, from 0 on."""
    column = 0
    for letter in found[1]:
        column = 26 * column + ord(letter) - ord("A") + 1
    return int(found[2]) - 1, column - 1


def cell_name(row: int, column: int) -> str:
    """Return the name of a cell as Excel shows it: `cell_name(11, 27)` is `AB12`."""
    letters, rest = "", column + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row + 1}"
