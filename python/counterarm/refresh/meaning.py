"""Digests of files that do not change when only comments or blanks change.

Where it is uncertain whether an edit has an effect, the digest changes.
"""

import ast
import hashlib
import json
import re
from typing import Any

import yaml

# In this order: a quote within a comment starts no string, and dashes within a string
# start no comment.
_SQL = re.compile(
    r"(?P<jinja_comment>\{#.*?#\})"
    r"|(?P<line_comment>--[^\n]*)"
    r"|(?P<block_comment>/\*.*?\*/)"
    r"|(?P<text>'(?:''|[^'])*'|\"(?:\"\"|[^\"])*\")"
    r"|(?P<line_end>[ \t]*(?:\r?\n[ \t]*)+)"
    r"|(?P<rest>[^'\"\s/{-]+|.)",
    re.DOTALL,
)
_QUOTED = re.compile("\0(\\d+)\0")
_DOLLAR_QUOTE = re.compile(r"\$\w*\$")
_COMMENTS = ("jinja_comment", "line_comment", "block_comment")
# Indentation may be part of a string that such a block returns.
_MAKES_TEXT = re.compile(r"\bendset\b|\bmacro\b|\bcall\b")
# Unit tests test code; no table depends on them.
_NOT_BUILT = ("unit_tests",)


def digest(content: str | bytes) -> str:
    """Return the SHA-256 of a text or of bytes."""
    data = content.encode() if isinstance(content, str) else content
    return hashlib.sha256(data).hexdigest()


def sql_meaning(text: str) -> str:
    """Return SQL with Jinja without comments, blank lines and indentation.

    A comment with a Jinja expression stays, since dbt renders it. Text in quotes stays
    as it is. All of it is returned as it is where quotes cannot be paired. Where Jinja
    makes text, blank lines and indentation stay.
    """
    if "\\" in text or _DOLLAR_QUOTE.search(text):
        return text
    keeps_indentation = bool(_MAKES_TEXT.search(text))
    parts: list[str] = []
    quoted: list[str] = []
    for found in _SQL.finditer(text):
        kind, part = found.lastgroup, found[0]
        if kind == "rest" and part in ("'", '"'):
            return text
        if kind in _COMMENTS and (kind == "jinja_comment" or not _is_rendered(part)):
            # words separated by a comment only remain separate words
            parts.append(" " if parts and not parts[-1].endswith("\n") else "")
        elif kind == "line_end" and not keeps_indentation:
            parts.append("\n")
        elif kind == "text":
            # its blanks and line ends are part of a value
            parts.append(f"\0{len(quoted)}\0")
            quoted.append(part)
        else:
            parts.append(part)
    whole = "".join(parts).lstrip()
    if not keeps_indentation:
        lines = (line.rstrip() for line in whole.split("\n"))
        whole = "\n".join(line for line in lines if line.strip())
    return _QUOTED.sub(lambda found: quoted[int(found[1])], whole)


def _is_rendered(comment: str) -> bool:
    # a comment of Jinja that begins in one of SQL may end lines below
    return any(sign in comment for sign in ("{{", "{%", "{#", "#}"))


def python_meaning(text: str) -> str:
    """Return what Python compiles of a module: no comments, layout or docstrings."""
    tree = ast.parse(text)
    if "__doc__" not in text:
        for node in ast.walk(tree):
            if isinstance(
                node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
            ) and ast.get_docstring(node, clean=False):
                node.body = node.body[1:]
    return ast.dump(tree)


def yaml_meaning(text: str) -> str:
    """Return a YAML file as JSON: without comments, in its order."""
    return _json(yaml.load(text, Loader=_LOADER))


def yaml_entries(text: str) -> dict[str, str]:
    """Return the entries of a dbt property file by name, as JSON, unit tests left out.

    Content that is not a list of named entries, such as the version, is under "".
    """
    entries: dict[str, list] = {}
    for section, content in (yaml.load(text, Loader=_LOADER) or {}).items():
        if section in _NOT_BUILT:
            continue
        if not isinstance(content, list):
            entries.setdefault("", []).append([section, content])
            continue
        for entry in content:
            entries.setdefault(entry["name"], []).append([section, entry])
    return {name: _json(found) for name, found in entries.items()}


def _json(content: Any) -> str:
    return json.dumps(content, default=str)


# five times as fast where the library has it in C
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
