"""The programs of a folder, in order, with what they show and their wall times."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes

from ..errors import BookError
from ..figures import seconds
from ..nodes import table
from ..program import first_sentence
from ..recording import NAMES, Recording
from .base import BookDirective

if TYPE_CHECKING:
    from collections.abc import Sequence


class ProgramIndex(BookDirective):
    """The programs of a folder, in order, with what they show and their wall times."""

    def make(self, key: str) -> list[nodes.Node]:
        folder = key if self.arguments else key.rpartition("/")[0]
        # A page that is added to the folder is added here.
        self.shelf.glob(Path(self.env.srcdir, folder), "**/*.rst")
        pages = [
            docname
            for docname in self.env.found_docs
            if docname.startswith(f"{folder}/") and not docname.endswith("/index")
        ]
        self.check_every_program_has_a_page(folder, set(pages))
        if not pages:
            raise BookError(f"{folder} has no page of a program")
        rows = [self.row(docname) for docname in self.in_reading_order(folder, pages)]
        header = ["Program", "What it shows", "C++", "Python"]
        return [table(header, rows, classes=["book-index"], numbers=(2, 3))]

    def in_reading_order(self, folder: str, pages: list[str]) -> list[str]:
        """As the page's own table of contents lists them; what it lacks comes last."""
        source = Path(self.env.doc2path(self.env.docname)).read_text(encoding="utf-8")
        listed = [f"{folder}/{line.strip()}" for line in source.splitlines()]
        place = {page: listed.index(page) for page in pages if page in listed}
        return sorted(pages, key=lambda page: (place.get(page, len(listed)), natural(page)))

    def check_every_program_has_a_page(self, folder: str, pages: set[str]) -> None:
        for path in self.shelf.glob(self.shelf.root / folder, "**/*.cpp"):
            key = path.relative_to(self.shelf.root).with_suffix("").as_posix()
            transcript = re.search(r"^    \$ ", path.read_text(encoding="utf-8"), re.MULTILINE)
            if transcript and key not in pages:
                raise BookError(f"the program {path} has no page: write docs/{key}.rst")

    def row(self, key: str) -> list[str | Sequence[nodes.Node]]:
        program = self.shelf.program(key)
        link = addnodes.pending_xref(
            "",
            nodes.inline("", program.title),
            refdomain="std",
            reftype="doc",
            reftarget=f"/{key}",
            refexplicit=True,
            refwarn=True,
            refdoc=self.env.docname,
        )
        shows, _ = self.parse_inline(first_sentence(program.lead.text), lineno=self.lineno)
        languages = self.shelf.languages(key)
        times = [
            self.time(self.shelf.recording(key, language)) if language in languages else "–"
            for language in NAMES
        ]
        return [[link], shows, *times]

    def time(self, recording: Recording) -> str:
        return seconds(recording.transcript(1).run.wall)


def natural(docname: str) -> list[tuple[int, str]]:
    """Orders 3_10 after 3_9."""
    return [
        (int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", docname)
    ]
