"""What the pages have asked for, kept through parallel and repeated builds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from sphinx.domains import Domain
from sphinx.errors import SphinxError
from sphinx.util import logging

if TYPE_CHECKING:
    from collections.abc import Iterable, Set

    from sphinx.environment import BuildEnvironment

    from .claims.verdicts import Verdict
    from .errors import BookError

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
    """Tables of what each page has asked for, and what came of it."""

    name = "book"
    label = "Book"
    data_version = 3
    initial_data: ClassVar[dict[str, Any]] = {
        "files": {},  # docname: the source files that it shows
        "titles": {},  # docname: the title that its program gives it
        "problems": {},  # docname: what is wrong with it
        "claims": {},  # docname: its claims, checked
        "globs": {},  # docname: the files that it found, by folder and pattern
        "programs": {},  # docname: the programs that it found listed, by key or folder
        "indexes": {},  # docname: the programs that its contents have to list, in order
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


def domain_of(env: BuildEnvironment) -> BookDomain:
    domain = env.domains["book"]
    assert isinstance(domain, BookDomain)
    return domain
