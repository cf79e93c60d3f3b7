"""Where the programs and recordings stand, as seen from the page that is read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import explorer
from .domain import BookDomain, domain_of
from .errors import BookError, MissingFile
from .program import Counterpart, Program, imports, read_counterpart, read_program
from .program_list import read_program_list
from .recording import Language, read_json
from .sources import Sources

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sphinx.environment import BuildEnvironment

    from .program_list import ListedProgram


class Shelf(Sources):
    """Sources and recordings; each one taken becomes a dependency of the page."""

    def __init__(self, env: BuildEnvironment) -> None:
        # A relative path counts from the pages' directory.
        super().__init__(Path(env.srcdir, env.config.book_recordings).resolve(), env.docname)
        self.env = env
        self.root = Path(env.srcdir, env.config.book_root).resolve()
        self.program_list = Path(env.srcdir, env.config.book_programs).resolve()

    @property
    def domain(self) -> BookDomain:
        return domain_of(self.env)

    def listed(self, name: str) -> tuple[ListedProgram, ...]:
        """The programs of a folder, or that of a key; with others, the page is read anew."""
        found = read_program_list(self.program_list).under(name)
        self.domain.data["programs"].setdefault(self.env.docname, {})[name] = found
        return found

    def languages(self, key: str) -> tuple[Language, ...]:
        """C++ alone where the program has no counterpart."""
        self.program(key)  # one that does not exist is an error of its own
        found = next((one for one in self.listed(key) if one.key == key), None)
        if found is None:
            raise BookError(f"no CMakeLists.txt has a line add_program() for {key}")
        return ("cpp", "py") if found.counterpart else ("cpp",)

    def program(self, key: str) -> Program:
        self.note(self.root / f"{key}.cpp")
        return read_program(self.root, key)

    def counterpart(self, key: str) -> Counterpart:
        self.note(self.root / f"{key}.py")
        return read_counterpart(self.root, key)

    def json(self, name: str, what: str) -> Mapping[str, Any]:
        path = self.recordings / name
        self.note(path)
        return read_json(path, what)

    def glob(self, folder: Path, pattern: str) -> list[Path]:
        """The files in a folder; when there are others, the page is read anew."""
        found = sorted(folder.glob(pattern))
        globs = self.domain.data["globs"].setdefault(self.env.docname, {})
        globs[str(folder), pattern] = found
        return found

    def machine(self) -> Mapping[str, Any]:
        """The machine's facts, as far as they are recorded: they explain, and prove nothing."""
        try:
            return self.json("machine.json", "the description of the machine")
        except MissingFile:
            return {}

    def text(self, name: str) -> str:
        path = self.recordings / name
        self.note(path)
        if not path.is_file():
            raise MissingFile("a text that the build makes", path)
        return path.read_text(encoding="utf-8").rstrip()

    def show(self, paths: Iterable[Path]) -> None:
        """Has a page made of each of these files."""
        files = self.domain.data["files"].setdefault(self.env.docname, [])
        files.extend(path for path in map(self.relative, paths) if path not in files)

    def show_program(self, program: Program) -> None:
        included = explorer.headers(self.root, program.path)
        for path in included:
            self.note(path)
        self.show([program.path, *included])

    def show_counterpart(self, counterpart: Counterpart) -> None:
        imported = imports(counterpart.path, self.root)
        for path in imported:
            self.note(path)
        self.show([counterpart.path, *imported])

    def relative(self, path: Path) -> str:
        try:
            return path.relative_to(self.root).as_posix()
        except ValueError:
            return path.name

    def note(self, path: Path) -> None:
        self.env.note_dependency(str(path))
