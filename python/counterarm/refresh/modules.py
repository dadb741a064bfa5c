"""The modules of the package that a Python model imports, and their digests."""

import ast
from functools import cache
from pathlib import Path

from counterarm.refresh.meaning import digest, python_meaning

PACKAGE = "counterarm"
FOLDER = Path(__file__).parents[1]


@cache
def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8")


@cache
def module_digest(file: Path) -> str:
    """Return the digest of a module, without comments and docstrings."""
    return digest(python_meaning(_read(file)))


def modules_of(text: str) -> set[Path]:
    """Return the files of the package that code imports, and that these import.

    An import within a function counts, and a package counts with each of its modules.
    """
    found: set[Path] = set()
    wanted = list(_imported(ast.parse(text)))
    while wanted:
        file = wanted.pop()
        if file not in found:
            found.add(file)
            wanted += _imported_by(file)
    return found


@cache
def _imported_by(file: Path) -> frozenset[Path]:
    return frozenset(_imported(ast.parse(_read(file))))


def _imported(tree: ast.Module) -> set[Path]:
    files: set[Path] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                files |= _files(alias.name)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            files |= _files(node.module)
            for alias in node.names:
                files |= _files(f"{node.module}.{alias.name}")
    return files


def _files(name: str) -> set[Path]:
    """Return the file of a dotted name in the package, and those of its packages."""
    words = name.split(".")
    if words[0] != PACKAGE:
        return set()
    files, folder = {FOLDER / "__init__.py"}, FOLDER
    for word in words[1:]:
        if (folder / f"{word}.py").is_file():
            files.add(folder / f"{word}.py")
        folder = folder / word
        if (folder / "__init__.py").is_file():
            files.add(folder / "__init__.py")
    return files
