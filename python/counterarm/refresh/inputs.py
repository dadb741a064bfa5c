"""Everything that a build reads, by name, with a digest of what it means."""

import json
import os
import platform
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from counterarm import __version__
from counterarm.intake.copies import digest_of
from counterarm.refresh.meaning import (
    digest,
    python_meaning,
    sql_meaning,
    yaml_entries,
    yaml_meaning,
)
from counterarm.refresh.modules import FOLDER, PACKAGE, module_digest, modules_of
from counterarm.refresh.nodes import Node

# Settings that name a folder: what is in it is an input, beside the name.
FOLDERS = {
    "COUNTERARM_PROACT_DIR": ("the PRO-ACT delivery", "demo/proact"),
    "COUNTERARM_SITES_DIR": ("the sites' delivery", "demo/sites"),
}
YML = (".yml", ".yaml")
INSTALLATION = "the installation"
DOCS = "the blocks of the documentation"
_SETTING = re.compile(r"env_var\(\s*['\"](\w+)['\"]")
_MACRO = re.compile(r"\{%-?\s*(macro|test)\s+(\w+)")
_WORD = re.compile(r"\w+")
_REQUIRED = re.compile(r"[\w.-]+")
# what every node runs through: the connection to the file
_EVERYWHERE = f"from {PACKAGE} import dbt_connection"


@dataclass(frozen=True)
class ProjectFiles:
    """The files that dbt and the gates read, each with its name and its bytes.

    `code` are the folders of models, macros and tests of data, `seeds` and
    `expectations` those of their names; `settings` are dbt_project.yml and
    profiles.yml. Names are relative to `root`, where dbt runs.
    """

    root: Path
    folders: Mapping[str, Path]
    settings: tuple[Path, ...]

    @classmethod
    def of(cls, root: Path, parts: Path) -> "ProjectFiles":
        """Return those of the project that dbt runs in `root`, its parts in `parts`."""
        names = ("models", "macros", "tests/dbt", "seeds", "expectations")
        return cls(
            root,
            {name: parts / name for name in names},
            (root / "dbt_project.yml", root / "profiles.yml"),
        )

    @cached_property
    def texts(self) -> dict[str, str]:
        """The text of every file by its name."""
        suffixes = (".sql", ".py", ".yml", ".yaml", ".md", ".csv")
        files = [
            file
            for folder in self.folders.values()
            for file in files_below(folder)
            if file.suffix in suffixes and file.is_file()
        ]
        return {
            self.name(file): file.read_text(encoding="utf-8", errors="surrogateescape")
            for file in [*files, *self.settings]
        }

    def name(self, file: Path) -> str:
        """Return the name of a file as dbt writes it."""
        return file.relative_to(self.root).as_posix()

    def within(self, part: str) -> dict[str, str]:
        """Return the texts of a part of the project."""
        start = f"{self.name(self.folders[part])}/"
        return {name: t for name, t in self.texts.items() if name.startswith(start)}


@dataclass
class Inputs:
    """The inputs of a build of a project, as they are now."""

    project: ProjectFiles
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    @cached_property
    def bytes(self) -> str:
        """The digest of everything, comments included: equal, and nothing changed."""
        parts = [f"{name}\0{digest(_raw(t))}" for name, t in self.project.texts.items()]
        parts += [
            f"{file.relative_to(FOLDER).as_posix()}\0{digest_of(file)}"
            for file in sorted(FOLDER.rglob("*.py"))
        ]
        parts += [f"{name}\0{value}" for name, value in self.outside.items()]
        return digest("\n".join(parts))

    @cached_property
    def outside(self) -> dict[str, str]:
        """What is no file of the project: settings, deliveries, the installation."""
        named = sorted(
            {
                name
                for part, text in self.project.texts.items()
                if not part.endswith(".csv")
                for name in _SETTING.findall(text)
            }
        )
        found = {f"setting {name}": digest(self._value(name)) for name in named}
        found |= self.delivery
        return found | {INSTALLATION: digest("\n".join(self._installation()))}

    def _setting(self, name: str) -> str:
        return self.environment.get(name, "")

    def _value(self, name: str) -> str:
        """Return a setting; of a folder of the delivery also where it is."""
        if name not in FOLDERS:
            return self._setting(name)
        return str(self.folder(name).resolve())

    def folder(self, name: str) -> Path:
        """Return the folder that a setting of `FOLDERS` names."""
        return self.project.root / (self._setting(name) or FOLDERS[name][1])

    def _installation(self) -> Iterator[str]:
        yield f"{PACKAGE} {__version__}"
        yield f"python {platform.python_version()} {sys.implementation.name}"
        yield f"{platform.system()} {platform.machine()}"
        for name in _requirements():
            yield f"{name} {_version(name)}"
        # dbt's own settings may be anything
        for name, value in sorted(self.environment.items()):
            if name.startswith("DBT_") and name not in _HARMLESS:
                yield f"{name} {value}"

    @cached_property
    def delivery(self) -> dict[str, str]:
        """The digest of each delivered folder and of each file in it."""
        found: dict[str, str] = {}
        for setting, (name, _) in FOLDERS.items():
            folder = self.folder(setting)
            files = {
                f"{name}: {file.relative_to(folder).as_posix()}": _content(file)
                for file in files_below(folder)
            }
            found |= files
            found[name] = digest("\n".join(f"{n}\0{d}" for n, d in files.items()))
        return found

    @cached_property
    def entries(self) -> dict[str, dict[str, str]]:
        """For each name that a yml describes, the files that do, with the entry."""
        found: dict[str, dict[str, str]] = {}
        for part in ("models", "seeds", "macros", "tests/dbt"):
            for file, text in self.project.within(part).items():
                if file.endswith(YML):
                    for name, entry in yaml_entries(text).items():
                        found.setdefault(name, {})[file] = entry
        return found

    @cached_property
    def macro_files(self) -> dict[str, str]:
        """The file of each macro by its name; a generic test has that of its macro."""
        texts = self.project.within("macros") | self.project.within("tests/dbt")
        return {
            name: file
            for file, text in texts.items()
            if file.endswith(".sql")
            for _, name in _MACRO.findall(text)
        }

    def macros_of(self, *texts: str) -> list[str]:
        """Return the files of the macros that texts name, and of those these name."""
        found: set[str] = set()
        wanted = list(texts)
        while wanted:
            words = set(_WORD.findall(wanted.pop()))
            for file in {self.macro_files[w] for w in words & self.macro_files.keys()}:
                if file not in found:
                    found.add(file)
                    wanted.append(self.project.texts[file])
        return sorted(found)

    def structure(self) -> str:
        """Return the digest of what the graph of nodes follows from."""
        seeds = [n for n in self.project.within("seeds") if n.endswith(".csv")]
        parts = [f"seeds\0{','.join(seeds)}"]
        for part in ("models", "macros", "tests/dbt", "seeds"):
            for name in self.project.within(part):
                if not name.endswith((".csv", ".md")):
                    parts.append(f"{name}\0{self.meaning(name)}")
        parts += [
            f"{f.name}\0{self.meaning(self.project.name(f))}"
            for f in self.project.settings
        ]
        return digest("\n".join(parts))

    def meaning(self, name: str) -> str:
        """Return the digest of what a file of the project means."""
        text = self.project.texts[name]
        if name.endswith(".sql"):
            return digest(sql_meaning(text))
        if name.endswith(".py"):
            return digest(python_meaning(text))
        if name.endswith(YML):
            is_suite = name in self.project.within("expectations")
            is_alone = is_suite or "/" not in name
            return digest(yaml_meaning(text) if is_alone else repr(yaml_entries(text)))
        return digest(_raw(text))

    def of_node(self, node: Node) -> list[str]:
        """Return the names of what a node is made from, other nodes apart."""
        code, _ = self.code_of(node)
        described = self.entries.get(node.entry, {})
        macros = self.macros_of(code, *described.values())
        found = [f"{file}#{node.entry}" for file in described]
        if not node.file.endswith(YML):
            found.append(node.file)
        found += macros
        read = "\n".join([code, *described.values(), *map(self._text, macros)])
        for setting in sorted(set(_SETTING.findall(read))):
            found.append(f"setting {setting}")
            if setting in FOLDERS:
                found.append(FOLDERS[setting][0])
        if "doc(" in read:
            found.append(DOCS)
        if node.file.endswith(".py"):
            found += [f"{PACKAGE}/{_module(file)}" for file in modules_of(code)]
            if "expectations_dir" in code:
                found += self.project.within("expectations")
        return sorted(set(found))

    def _text(self, name: str) -> str:
        return self.project.texts[name]

    @cached_property
    def everywhere(self) -> list[str]:
        """What every node is made with: libraries, settings of dbt, its own macros.

        Macros that no model, test or yml names are called by dbt itself.
        """
        texts = self.project.texts
        callers = [
            texts[name]
            for part in ("models", "tests/dbt")
            for name in self.project.within(part)
            if name.endswith(".sql")
        ]
        callers += [entry for of in self.entries.values() for entry in of.values()]
        called = set(self.macros_of(*callers))
        alone = [
            file
            for file in self.project.within("macros")
            if file.endswith(".sql") and file not in called
        ]
        connection = [f"{PACKAGE}/{_module(f)}" for f in modules_of(_EVERYWHERE)]
        settings = map(self.project.name, self.project.settings)
        return [INSTALLATION, *alone, *connection, *settings]

    def digest_of(self, name: str) -> str:
        """Return the digest of an input by its name."""
        if name in self.outside:
            return self.outside[name]
        file, _, entry = name.partition("#")
        if entry:
            return digest(self.entries[entry][file])
        if name == DOCS:
            pages = self.project.within("models").items()
            blocks = [t for n, t in pages if n.endswith(".md") and "{% docs" in t]
            return digest("\n".join(blocks))
        if name.startswith(f"{PACKAGE}/"):
            return module_digest(FOLDER / name.removeprefix(f"{PACKAGE}/"))
        return self.meaning(name)

    def all_digests(self) -> dict[str, str]:
        """Return the digest of everything that a node can be made from, by name."""
        files = [
            name for name in self.project.texts if not name.endswith((*YML, ".md"))
        ]
        files += [n for n in self.project.within("expectations") if n not in files]
        files += map(self.project.name, self.project.settings)
        models = self.project.within("models").items()
        code = [_EVERYWHERE, *(text for name, text in models if name.endswith(".py"))]
        modules = {file for text in code for file in modules_of(text)}
        names = [*files, *(f"{PACKAGE}/{_module(file)}" for file in modules), DOCS]
        names += [f"{file}#{name}" for name, of in self.entries.items() for file in of]
        return dict(self.outside) | {name: self.digest_of(name) for name in names}

    def code_of(self, node: Node) -> tuple[str, list[str]]:
        """Return the code of a node, empty where it has none, and of its macros."""
        code = "" if node.file.endswith((*YML, ".csv")) else self._text(node.file)
        described = self.entries.get(node.entry, {})
        macros = self.macros_of(code, *described.values())
        return code, [self._text(name) for name in macros]

    def refresh_word(self, node: Node) -> str:
        """Return how a model takes part in a build of a part; empty by default."""
        if node.kind != "model":
            return ""
        for entries in self.entries.get(node.entry, {}).values():
            for _, entry in json.loads(entries):
                meta = (entry.get("config") or {}).get("meta") or {}
                if "refresh" in meta:
                    return meta["refresh"]
        return ""


# where dbt writes and how it speaks changes no table
_HARMLESS = (
    "DBT_TARGET_PATH",
    "DBT_LOG_PATH",
    "DBT_USE_COLORS",
    "DBT_SEND_ANONYMOUS_USAGE_STATS",
)


def files_below(folder: Path) -> list[Path]:
    """Return all files below a folder, through links to folders, each folder once."""
    found, seen = [], set()
    for place, folders, names in os.walk(folder, followlinks=True):
        seen.add(os.path.realpath(place))
        folders[:] = [
            name
            for name in folders
            if os.path.realpath(os.path.join(place, name)) not in seen
        ]
        found += [Path(place, name) for name in names]
    return sorted(found)


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _module(file: Path) -> str:
    return file.relative_to(FOLDER).as_posix()


def _content(file: Path) -> str:
    """Return the digest of a delivered file; of a link, with where it leads."""
    link = f"{os.readlink(file)}\0" if file.is_symlink() else ""
    return digest(link + (digest_of(file) if file.is_file() else "nothing"))


@cache
def _requirements() -> tuple[str, ...]:
    try:
        wanted = requires(PACKAGE) or []
    except PackageNotFoundError:
        return ()
    named = (_REQUIRED.match(one)[0] for one in wanted if "extra ==" not in one)
    return tuple(sorted(set(named)))


@cache
def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"
