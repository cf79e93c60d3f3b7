"""Which files of the project a Python program imports, as its interpreter finds them."""

from __future__ import annotations

import ast
import site
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.machinery import (
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    BuiltinImporter,
    ExtensionFileLoader,
    FileFinder,
    FrozenImporter,
    ModuleSpec,
    SourceFileLoader,
)
from pathlib import Path


class UntraceableImport(Exception):
    """What a program imports can't be told without running it."""


def imported_files(program: Path, root: Path, outside: Sequence[str]) -> set[Path]:
    """The files that a program is made of: its own, and what it imports, directly or not.

    Modules are searched for where the interpreter would, in the same order: in the
    program's folder, in the project's root, which stands in ``PYTHONPATH``, and in the
    interpreter's own directories. The program is not run.

    :param program: the script that is run.
    :param root: the project's root, from which modules are named by their path.
    :param outside: the interpreter's own directories; what is found there isn't followed.
    :raises UntraceableImport: where a module's name, or the path, depends on the run.
    :raises SyntaxError: where a file is no Python.
    """
    program = program.resolve()
    search = _Search([str(program.parent), str(root.resolve()), *outside], outside)
    search.read(program, "")
    return search.files


class _Search:
    def __init__(self, path: Sequence[str], outside: Sequence[str]) -> None:
        self.path = path
        self.outside = [Path(directory).resolve() for directory in outside]
        self.specs: dict[str, ModuleSpec | None] = {}
        self.files: set[Path] = set()

    def read(self, file: Path, package: str) -> None:
        """Follow a file's imports, wherever in it they stand."""
        self.files.add(file)
        for module in _imported(file, package, file.stat().st_mtime_ns):
            self.follow(module)

    def follow(self, module: str) -> None:
        """Import a module of a dotted name, after each of the packages that it is in."""
        parts = module.split(".")
        where = self.path
        for end in range(1, len(parts) + 1):
            name = ".".join(parts[:end])
            if name not in self.specs:
                self.specs[name] = spec = self.find(name, where)
                if spec and spec.origin and spec.has_location:
                    file = Path(spec.origin).resolve()
                    if file.suffix == ".py" and not self.is_outside(file):
                        is_package = spec.submodule_search_locations is not None
                        self.read(file, name if is_package else name.rpartition(".")[0])
            spec = self.specs[name]
            if spec is None or spec.submodule_search_locations is None:
                return
            where = spec.submodule_search_locations
            if any(self.is_outside(Path(directory).resolve()) for directory in where):
                return

    def find(self, name: str, where: Sequence[str]) -> ModuleSpec | None:
        """What the interpreter would find of this name.

        Its own ``PathFinder`` looks up a folder without ``__init__.py`` among the modules
        that are loaded, and these are not.
        """
        if "." not in name:
            for importer in (BuiltinImporter, FrozenImporter):
                if spec := importer.find_spec(name):
                    return spec
        folders: list[str] = []
        for directory in where:
            spec = _finder(directory).find_spec(name)
            if spec and spec.loader:
                return spec
            folders += spec.submodule_search_locations or [] if spec else []
        if not folders:
            return None
        package = ModuleSpec(name, None, is_package=True)
        package.submodule_search_locations = folders
        return package

    def is_outside(self, file: Path) -> bool:
        return any(file.is_relative_to(directory) for directory in self.outside)


@cache
def _finder(directory: str) -> FileFinder:
    """Lists the directory once for all programs, and again when that has changed."""
    loaders = (ExtensionFileLoader, EXTENSION_SUFFIXES), (SourceFileLoader, SOURCE_SUFFIXES)
    return FileFinder(directory, *loaders)


@cache
def _imported(file: Path, package: str, _changed_at: int) -> tuple[str, ...]:
    """The modules that a file imports, by their full names; most are those of many programs."""
    return tuple(dict.fromkeys(_imports_in(ast.parse(file.read_bytes(), str(file)), package, file)))


def _imports_in(tree: ast.Module, package: str, file: Path) -> Iterator[str]:
    """The modules that are imported anywhere in a file.

    What a package is asked for may be a module of it, or only a name.
    """
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                yield from (alias.name for alias in aliases)
            case ast.ImportFrom(module=module, names=aliases, level=level):
                if level:
                    parts = package.split(".")
                    module = ".".join([*parts[: len(parts) - level + 1], *filter(None, [module])])
                if module == "sys" and any(alias.name == "path" for alias in aliases):
                    raise _changes_path(file, node)
                if module:
                    yield module
                    yield from (f"{module}.{alias.name}" for alias in aliases)
            case ast.Call(
                func=ast.Attribute(attr="import_module" | "run_module")
                | ast.Name(id="import_module" | "run_module" | "__import__"),
                args=[first, *_],
            ):
                if not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
                    raise UntraceableImport(
                        f"{file}:{node.lineno}: a module's name is computed, so the files that "
                        "this program is made of can't be told; write it as a literal"
                    )
                yield first.value
            case ast.Attribute(value=ast.Name(id="sys"), attr="path"):
                raise _changes_path(file, node)


def _changes_path(file: Path, node: ast.stmt | ast.expr) -> UntraceableImport:
    return UntraceableImport(
        f"{file}:{node.lineno}: sys.path is used, so the files that this program is made of "
        "can't be told; name modules by their path from the project's root"
    )


def own_directories() -> list[str]:
    """Where this interpreter finds its own modules and the installed ones."""
    own = {*sysconfig.get_paths().values(), *site.getsitepackages()}
    return [entry for entry in sys.path if entry in own or entry.endswith("/lib-dynload")]
