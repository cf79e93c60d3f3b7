"""Which files of the project a Python program imports, as its interpreter finds them."""

from __future__ import annotations

import ast
import site
import sys
import sysconfig
from collections.abc import Iterator
from functools import cache
from importlib.machinery import BuiltinImporter, FrozenImporter, ModuleSpec, PathFinder
from pathlib import Path
from types import SimpleNamespace
from typing import Any


class UntraceableImport(Exception):
    """What a program imports can't be told without running it."""


def imported_files(program: Path, outside: list[str]) -> set[Path]:
    """The files that a program is made of: its own, and what it imports, directly or not.

    Modules are searched for where the interpreter would, in the same order: in the
    program's folder, in the interpreter's own directories, and in what the modules add to
    ``sys.path``. The program is not run; statements that change ``sys.path`` are.

    :param program: the script that is run.
    :param outside: the interpreter's own directories; what is found there isn't followed.
    :raises UntraceableImport: where a module's name, or the path, depends on the run.
    :raises SyntaxError: where a file is no Python.
    """
    search = _Search(program.resolve(), outside)
    search.read(program.resolve(), "__main__", "")
    return search.files


class _Search:
    def __init__(self, program: Path, outside: list[str]) -> None:
        self.path = [str(program.parent), *outside]
        self.outside = [Path(directory).resolve() for directory in outside]
        self.specs: dict[str, ModuleSpec | None] = {}
        self.files: set[Path] = set()
        PathFinder.invalidate_caches()

    def read(self, file: Path, name: str, package: str) -> None:
        """Follow a file's imports in the order in which they run: those in functions last."""
        self.files.add(file)
        tree, changes = _parsed(file, file.stat().st_mtime_ns)
        names: dict[str, Any] = {"__file__": str(file), "__name__": name}
        for statement in tree.body:
            for module in _imported(statement, package, file, in_functions=False):
                self.follow(module)
            if statement in changes:
                self.change_path(statement, file, names)
        for module in _imported(tree, package, file, in_functions=True):
            self.follow(module)

    def change_path(self, statement: ast.stmt, file: Path, names: dict[str, Any]) -> None:
        try:
            exec(compile(ast.Module([statement], []), str(file), "exec"), names)
        except Exception as error:
            raise UntraceableImport(
                f"{file}:{statement.lineno}: sys.path is changed by more than plain statements, "
                f"so what is imported can't be told: {error}"
            ) from error
        if "sys" in names:  # the program's path, not ours
            names["sys"] = SimpleNamespace(path=self.path)

    def follow(self, module: str) -> None:
        """Import a module of a dotted name, after each of the packages that it is in."""
        parts = module.split(".")
        where: list[str] | None = self.path
        for end in range(1, len(parts) + 1):
            name = ".".join(parts[:end])
            if name not in self.specs:
                self.specs[name] = spec = _find(name, where)
                file = Path(spec.origin).resolve() if spec and spec.has_location else None
                if file and file.suffix == ".py" and not self.is_outside(file):
                    is_package = spec.submodule_search_locations is not None
                    self.read(file, name, name if is_package else name.rpartition(".")[0])
            spec = self.specs[name]
            if spec is None or spec.submodule_search_locations is None:
                return
            where = list(spec.submodule_search_locations)
            if any(self.is_outside(Path(directory).resolve()) for directory in where):
                return

    def is_outside(self, file: Path) -> bool:
        return any(file.is_relative_to(directory) for directory in self.outside)


@cache
def _parsed(file: Path, _changed_at: int) -> tuple[ast.Module, set[ast.stmt]]:
    tree = ast.parse(file.read_bytes(), str(file))
    return tree, _path_changes(tree)


def _find(name: str, where: list[str] | None) -> ModuleSpec | None:
    if "." not in name:
        for importer in (BuiltinImporter, FrozenImporter):
            if spec := importer.find_spec(name):
                return spec
    return PathFinder.find_spec(name, where)


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def _walk(node: ast.AST, in_functions: bool) -> Iterator[ast.AST]:
    """All nodes in the order of the source."""
    yield node
    if isinstance(node, _FUNCTIONS) and not in_functions:
        return
    for child in ast.iter_child_nodes(node):
        yield from _walk(child, in_functions)


def _imported(tree: ast.AST, package: str, file: Path, in_functions: bool) -> Iterator[str]:
    """The modules that a part of a file imports, by their full names.

    What a package is asked for may be a module of it, or only a name.
    """
    for node in _walk(tree, in_functions):
        match node:
            case ast.Import(names=aliases):
                yield from (alias.name for alias in aliases)
            case ast.ImportFrom(module=module, names=aliases, level=level):
                if level:
                    parts = package.split(".")
                    module = ".".join([*parts[: len(parts) - level + 1], *filter(None, [module])])
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


def _path_changes(tree: ast.Module) -> set[ast.stmt]:
    """The statements of a module that change ``sys.path``, and those that they need."""
    changes: set[ast.stmt] = set()
    needed = set()
    for statement in reversed(tree.body):
        if isinstance(statement, (*_FUNCTIONS, ast.ClassDef)):
            continue
        nodes = list(ast.walk(statement))
        binds = {node.id for node in nodes if isinstance(node, ast.Name) and _binds(node)}
        binds |= {
            (alias.asname or alias.name).partition(".")[0]
            for node in nodes
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        if binds & needed or any(_is_sys_path(node) for node in nodes):
            changes.add(statement)
            needed |= {node.id for node in nodes if isinstance(node, ast.Name)}
    return changes


def _binds(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def _is_sys_path(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id="sys"), attr="path"):
            return True
    return False


def own_directories() -> list[str]:
    """Where this interpreter finds its own modules and the installed ones."""
    own = {*sysconfig.get_paths().values(), *site.getsitepackages()}
    return [entry for entry in sys.path if entry in own or entry.endswith("/lib-dynload")]
