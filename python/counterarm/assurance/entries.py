"""A YAML file as text with line numbers: what is wrong can then be located."""

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import yaml


class PatientsFileError(ValueError):
    """A file of patients that cannot be read: file, line, and what to do."""


@dataclass(frozen=True)
class Entry:
    """A value of the file and its line: a text, None, a list or a mapping."""

    file: Path
    line: int
    value: "str | list[Entry] | dict[str, Entry] | None"

    def error(self, reason: str) -> PatientsFileError:
        """Return the error that names this place."""
        return PatientsFileError(f"{self.file} line {self.line}: {reason}")

    def mapping(self, what: str) -> "dict[str, Entry]":
        """Return a mapping; an empty one of no value."""
        if self.value is None:
            return {}
        if not isinstance(self.value, dict):
            raise self.error(f"{what} must be a mapping (name: value)")
        return self.value

    def items(self, what: str) -> "list[Entry]":
        """Return a list; a single text is a list of one."""
        if isinstance(self.value, str):
            return [self]
        if not isinstance(self.value, list):
            raise self.error(f"{what} must be a list")
        return self.value

    def text(self, what: str) -> str:
        """Return a text that is not empty."""
        if not isinstance(self.value, str) or not self.value:
            raise self.error(f"{what} must be a text")
        return self.value

    def whole(self, what: str) -> int:
        """Return a whole number."""
        text = self.text(what)
        try:
            return int(text)
        except ValueError:
            raise self.error(f"{what} must be a whole number, not {text!r}") from None

    def known(self, name: str, names: "list[str] | set[str]", what: str) -> None:
        """Refuse a name that is not one of `names`."""
        if name not in names:
            near = get_close_matches(name, sorted(names), 1, 0.5)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            listed = ", ".join(sorted(names))
            raise self.error(f"{name!r} is no {what}{hint} (known: {listed})")


def read_entries(file: Path) -> Entry:
    """Read a YAML file. PatientsFileError for one that is not YAML, or repeats a key.

    Every value stays the text that was written, so that 13.10 keeps its two decimals.
    """
    try:
        node = yaml.compose(file.read_text(encoding="utf-8"), yaml.SafeLoader)
    except OSError as error:
        raise PatientsFileError(f"{file}: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PatientsFileError(f"{file}: not YAML: {error}") from None
    if node is None:
        raise PatientsFileError(f"{file}: the file is empty")
    return _entry(file, node)


def _entry(file: Path, node: yaml.Node) -> Entry:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Entry] = {}
        for key, value in node.value:
            if key.value in found:
                place = Entry(file, key.start_mark.line + 1, None)
                raise place.error(f"{key.value!r} is given twice")
            # the line of the key: an empty value has that of whatever follows
            found[key.value] = Entry(
                file, key.start_mark.line + 1, _entry(file, value).value
            )
        return Entry(file, line, found)
    if isinstance(node, yaml.SequenceNode):
        return Entry(file, line, [_entry(file, each) for each in node.value])
    is_null = node.tag == "tag:yaml.org,2002:null"
    return Entry(file, line, None if is_null else str(node.value))
