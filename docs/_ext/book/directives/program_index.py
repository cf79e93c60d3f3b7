"""The programs of a folder, in order, with what they show and their wall times."""

from __future__ import annotations

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
        keys = [one.key for one in self.shelf.listed(folder)]
        if not keys:
            raise BookError(f"no CMakeLists.txt has a line add_program() in {folder}")
        for one in keys:
            if one not in self.env.found_docs:
                raise BookError(f"the program {one} has no page: write docs/{one}.rst")
        if not self.arguments:
            self.shelf.domain.data["indexes"][self.env.docname] = keys
        header = ["Program", "What it shows", "C++", "Python"]
        rows = [self.row(one) for one in keys]
        return [table(header, rows, classes=["book-index"], numbers=(2, 3))]

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
