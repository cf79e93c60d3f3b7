"""Where the programs and recordings stand, as seen from the page that is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.domains import Domain
from sphinx.errors import SphinxError
from sphinx.util import logging

from . import explorer
from .errors import BookError, MissingFile
from .program import Counterpart, Program, imports, read_counterpart, read_program
from .recording import Language, read_json
from .sources import Sources

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Set

    from sphinx.environment import BuildEnvironment

    from .claims import Verdict

logger = logging.getLogger(__name__)


class IncompleteBook(SphinxError):
    category = "The book is not complete"


@dataclass(frozen=True)
class ClaimOnPage:
    """A claim as it stands on a page, and what became of it."""

    docname: str
    where: str  # the file, which may be a program with its docstring, and the line
    anchor: str  # its id on the page
    words: str
    written: str
    verdict: Verdict
    note: str  # empty where it holds
    figures: tuple[str, ...]

    @property
    def shown(self) -> str:
        """The class that its mark has on a page."""
        return "holds" if self.verdict == "holds" else "fails"


class BookDomain(Domain):
    """What the pages have asked for, kept through parallel and repeated builds."""

    name = "book"
    label = "Book"
    data_version = 2
    initial_data = {  # noqa: RUF012 (Sphinx reads it as it is)
        "files": {},  # docname: the source files that it shows
        "titles": {},  # docname: the title that its program gives it
        "problems": {},  # docname: what is wrong with it
        "claims": {},  # docname: its claims, checked
        "globs": {},  # docname: the files that it found, by folder and pattern
        "lists": {},  # docname: True, where all claims are listed
        "listed": None,  # what those lists show, as they were last written
    }

    def clear_doc(self, docname: str) -> None:
        for table in self.by_page(self.data):
            table.pop(docname, None)

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        for table, other in zip(self.by_page(self.data), self.by_page(otherdata), strict=True):
            table |= {docname: other[docname] for docname in other if docname in docnames}

    def by_page(self, data: dict[str, Any]) -> list[dict[str, Any]]:
        return [data[name] for name, initial in self.initial_data.items() if initial == {}]

    def resolve_any_xref(self, *_args: Any, **_kwargs: Any) -> list[Any]:
        return []

    def report(self, docname: str, error: BookError, location: Any) -> None:
        logger.error("%s", error, location=location, type="book")
        self.data["problems"].setdefault(docname, []).append(str(error))

    def note_claim(self, claim: ClaimOnPage) -> None:
        self.data["claims"].setdefault(claim.docname, []).append(claim)

    @property
    def claims(self) -> list[ClaimOnPage]:
        """Of all pages, in the order of their names."""
        return [one for _, claims in sorted(self.data["claims"].items()) for one in claims]

    def check_consistency(self) -> None:
        """A page with something missing makes no site, with or without -W."""
        self.refuse([text for texts in self.data["problems"].values() for text in texts])

    def refuse(self, problems: Iterable[str]) -> None:
        # One missing recording is missed at several places.
        if different := dict.fromkeys(problems):
            raise IncompleteBook("\n  ".join(("", *different)))


class Shelf(Sources):
    """Sources and recordings; each one taken becomes a dependency of the page."""

    def __init__(self, env: BuildEnvironment) -> None:
        # A relative path counts from the pages' directory.
        super().__init__(Path(env.srcdir, env.config.book_recordings).resolve(), env.docname)
        self.env = env
        self.root = Path(env.srcdir, env.config.book_root).resolve()

    @property
    def domain(self) -> BookDomain:
        domain = self.env.domains["book"]
        assert isinstance(domain, BookDomain)
        return domain

    def languages(self, key: str) -> tuple[Language, ...]:
        """C++ alone where there is nothing to port and no counterpart."""
        program = self.program(key)
        if program.origin is None and not (self.root / f"{key}.py").is_file():
            return ("cpp",)
        return ("cpp", "py")

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
        self.show([counterpart.path, *imports(counterpart.path)])

    def relative(self, path: Path) -> str:
        try:
            return path.relative_to(self.root).as_posix()
        except ValueError:
            return path.name

    def note(self, path: Path) -> None:
        self.env.note_dependency(str(path))
