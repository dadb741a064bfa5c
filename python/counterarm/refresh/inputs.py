"""All inputs of a build by name, each with a digest that ignores comments."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from counterarm.intake.copies import digest_of
from counterarm.refresh.folders import (
    content_of,
    files_below,
    folders_below,
    target_of,
)
from counterarm.refresh.installation import installed
from counterarm.refresh.last_build import state
from counterarm.refresh.meaning import (
    digest,
    python_meaning,
    sql_meaning,
    yaml_entries,
    yaml_meaning,
)
from counterarm.refresh.modules import FOLDER, PACKAGE, module_digest, modules_of
from counterarm.refresh.nodes import Node

# Settings that name a folder, whose content is an input in addition to its path.
FOLDERS = {
    "COUNTERARM_PROACT_DIR": ("the PRO-ACT delivery", "demo/proact"),
    "COUNTERARM_SITES_DIR": ("the sites' delivery", "demo/sites"),
}
# A setting that names another build to compare with, which is an input too.
LAST_BUILD = "COUNTERARM_LAST_BUILD"
WAREHOUSE = ("COUNTERARM_WAREHOUSE", "warehouse/counterarm.duckdb")
# Settings in dbt_project.yml and profiles.yml that change no row: how much memory is
# taken, and where the file is, which the models that write its name read themselves.
_OF_PLACE = ("COUNTERARM_MEMORY_LIMIT", WAREHOUSE[0])
YML = (".yml", ".yaml")
INSTALLATION = "the installation"
DOCS = "the blocks of the documentation"
_SETTING = re.compile(r"env_var\(\s*['\"](\w+)['\"]")
_MACRO = re.compile(r"\{%-?\s*(macro|test)\s+(\w+)")
_OF_DBT = re.compile(r"\{%-?\s*materialization\b|\{%-?\s*macro\s+\w+__")
_CALL = re.compile(r"\b\w+\b(?=\()")
_JINJA_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_WORD = re.compile(r"\w+")


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
    def files(self) -> list[Path]:
        """Every file."""
        suffixes = (".sql", ".py", ".yml", ".yaml", ".md", ".csv")
        files = [
            file
            for folder in self.folders.values()
            for file in files_below(folder)
            if file.suffix in suffixes and file.is_file()
        ]
        return [*files, *self.settings]

    @cached_property
    def texts(self) -> dict[str, str]:
        """The text of every file by its name."""
        return {
            self.name(file): file.read_text(encoding="utf-8", errors="surrogateescape")
            for file in self.files
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
        """The digest of all inputs, comments included; equal if nothing changed."""
        parts = [f"{name}\0{digest(_raw(t))}" for name, t in self.project.texts.items()]
        parts += [
            f"{file.relative_to(FOLDER).as_posix()}\0{digest_of(file)}"
            for file in sorted(FOLDER.rglob("*.py"))
        ]
        parts += [f"{name}\0{value}" for name, value in self.outside.items()]
        return digest("\n".join(parts))

    @cached_property
    def outside(self) -> dict[str, str]:
        """Digests of inputs outside the project: settings, deliveries, installation."""
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
        return found | {INSTALLATION: digest("\n".join(installed(self.environment)))}

    def _value(self, name: str) -> str:
        """Return a setting; of a folder where it is, of a file also its state."""
        if name in FOLDERS:
            return str(self.folder(name).resolve())
        # dbt's default is for a setting that is not there, not for an empty one
        value = self.environment.get(name, "\0")
        if name == LAST_BUILD and value != "\0":
            file = self.project.root / value
            warehouse = self.project.root / self.environment.get(*WAREHOUSE)
            if file.is_file() and file.resolve() != warehouse.resolve():
                return f"{value}\0{state(file)}"
        return value

    def folder(self, name: str) -> Path:
        """Return the folder that a setting of `FOLDERS` names."""
        return self.project.root / self.environment.get(name, FOLDERS[name][1])

    @cached_property
    def delivery(self) -> dict[str, str]:
        """The digest of each delivered folder and of each file and folder in it.

        An empty folder is an input: it may be a site that delivered nothing.
        """
        found: dict[str, str] = {}
        for setting, (name, _) in FOLDERS.items():
            folder = self.folder(setting)
            files = {
                f"{name}: {file.relative_to(folder).as_posix()}": content_of(file)
                for file in files_below(folder)
            } | {
                f"{name}: {below.relative_to(folder).as_posix()}/": digest(
                    target_of(below)
                )
                for below in folders_below(folder)
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
        """Return the digest of all files that determine the graph of nodes."""
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
        """Return the digest of a file of the project, without comments and layout."""
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
        """Return the names of the inputs of a node, other nodes apart."""
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
        """Inputs of every node: libraries, settings of dbt, and macros that dbt calls.

        Macros that no model, test or yml names are called by dbt itself, and so are
        materializations and what has the name of a macro of an adapter, also where a
        description has the word that one of their macros is called by.
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
            if file.endswith(".sql")
            and (file not in called or _OF_DBT.search(texts[file]))
        ]
        connection = [f"{PACKAGE}/{_module(f)}" for f in _modules_everywhere()]
        settings = [self.project.name(file) for file in self.project.settings]
        names = {n for file in settings for n in _SETTING.findall(texts[file])}
        named = [f"setting {name}" for name in sorted(names.difference(_OF_PLACE))]
        by_dbt = self._called_by(*settings, *alone)
        return [INSTALLATION, *by_dbt, *connection, *settings, *named]

    def _called_by(self, *files: str) -> list[str]:
        """Return the macros among files, and those that files call."""
        found = {file for file in files if file.endswith(".sql")}
        wanted = list(files)
        while wanted:
            code = _JINJA_COMMENT.sub("", self.project.texts[wanted.pop()])
            names = set(_CALL.findall(code)) & self.macro_files.keys()
            new = {self.macro_files[name] for name in names} - found
            found |= new
            wanted += new
        return sorted(found)

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
        """Return the digests of all inputs that a node can have, by name."""
        files = [
            name for name in self.project.texts if not name.endswith((*YML, ".md"))
        ]
        files += [n for n in self.project.within("expectations") if n not in files]
        files += map(self.project.name, self.project.settings)
        models = self.project.within("models").items()
        code = [text for name, text in models if name.endswith(".py")]
        modules = _modules_everywhere().union(*map(modules_of, code))
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
        """Return how an incremental build treats a model (`nodes.py`), or ""."""
        if node.kind != "model":
            return ""
        for entries in self.entries.get(node.entry, {}).values():
            for _, entry in json.loads(entries):
                meta = (entry.get("config") or {}).get("meta") or {}
                if "refresh" in meta:
                    return meta["refresh"]
        return ""


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _module(file: Path) -> str:
    return file.relative_to(FOLDER).as_posix()


def _modules_everywhere() -> set[Path]:
    """Return what every node is built through: the connection, and what plans."""
    connection = modules_of(f"from {PACKAGE} import dbt_connection")
    plans = {*FOLDER.glob("refresh/*.py"), FOLDER / "intake" / "copies.py"}
    return connection | plans
