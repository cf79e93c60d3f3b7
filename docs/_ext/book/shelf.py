"""Where the programs and recordings stand, as seen from the page that is read."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.domains import Domain
from sphinx.errors import SphinxError
from sphinx.util import logging

from . import explorer
from .errors import BookError, MissingFile
from .program import Counterpart, Program, imports, read_counterpart, read_program
from .recording import (
    Language,
    Recording,
    read_json,
    read_recording,
    recording_path,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Set

    from sphinx.environment import BuildEnvironment

logger = logging.getLogger(__name__)


class IncompleteBook(SphinxError):
    category = "The book is not complete"


class BookDomain(Domain):
    """What the pages have asked for, kept through parallel and repeated builds."""

    name = "book"
    label = "Book"
    data_version = 1
    initial_data = {  # noqa: RUF012 (Sphinx reads it as it is)
        "files": {},  # docname: the source files that it shows
        "titles": {},  # docname: the title that its program gives it
        "problems": {},  # docname: what is wrong with it
    }

    def clear_doc(self, docname: str) -> None:
        for table in self.data.values():
            if isinstance(table, dict):
                table.pop(docname, None)

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        for name in self.initial_data:
            for docname, value in otherdata[name].items():
                if docname in docnames:
                    self.data[name][docname] = value

    def resolve_any_xref(self, *_args: Any, **_kwargs: Any) -> list[Any]:
        return []

    def report(self, docname: str, error: BookError, location: Any) -> None:
        logger.error("%s", error, location=location, type="book")
        self.data["problems"].setdefault(docname, []).append(str(error))

    def check_consistency(self) -> None:
        """A page with something missing makes no site, with or without -W."""
        # One missing recording is missed at several places.
        problems = dict.fromkeys(text for texts in self.data["problems"].values() for text in texts)
        if problems:
            raise IncompleteBook("\n  ".join(("", *problems)))


class Shelf:
    """Sources and recordings; each one taken becomes a dependency of the page."""

    def __init__(self, env: BuildEnvironment) -> None:
        self.env = env
        # A relative path counts from the pages' directory.
        self.root = Path(env.srcdir, env.config.book_root).resolve()
        self.recordings = Path(env.srcdir, env.config.book_recordings).resolve()

    @property
    def domain(self) -> BookDomain:
        domain = self.env.domains["book"]
        assert isinstance(domain, BookDomain)
        return domain

    def key(self, given: str) -> str:
        """A key as a page gives it: whole, by name in the page's folder, or none: the page's."""
        if given in ("", "."):
            return self.env.docname
        if "/" in given:
            return given.strip("/")
        folder = self.env.docname.rpartition("/")[0]
        return f"{folder}/{given}" if folder else given

    def languages(self, key: str) -> tuple[Language, ...]:
        """C++ alone where there is nothing to port and no counterpart."""
        program = self.program(key)
        if program.origin is None and not (self.root / f"{key}.py").is_file():
            return ("cpp",)
        return ("cpp", "py")

    def program(self, key: str) -> Program:
        self._note(self.root / f"{key}.cpp")
        return read_program(self.root, key)

    def counterpart(self, key: str) -> Counterpart:
        self._note(self.root / f"{key}.py")
        return read_counterpart(self.root, key)

    def recording(self, key: str, language: Language) -> Recording:
        path = recording_path(self.recordings, key, language)
        self._note(path)
        # A long recording is shown on several pages and cited in several lines.
        changed = path.stat().st_mtime_ns if path.is_file() else 0
        return _cached_recording(self.recordings, key, language, changed)

    def json(self, name: str, what: str) -> Mapping[str, Any]:
        path = self.recordings / name
        self._note(path)
        return read_json(path, what)

    def text(self, name: str) -> str:
        path = self.recordings / name
        self._note(path)
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
            self._note(path)
        self.show([program.path, *included])

    def show_counterpart(self, counterpart: Counterpart) -> None:
        self.show([counterpart.path, *imports(counterpart.path)])

    def relative(self, path: Path) -> str:
        try:
            return path.relative_to(self.root).as_posix()
        except ValueError:
            return path.name

    def _note(self, path: Path) -> None:
        self.env.note_dependency(str(path))


@lru_cache(maxsize=64)
def _cached_recording(folder: Path, key: str, language: Language, _changed: int) -> Recording:
    return read_recording(folder, key, language)
