"""What the book's directives share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective, switch_source_input
from sphinx.util.parsing import nested_parse_to_nodes

from ..errors import BookError
from ..shelf import Shelf

if TYPE_CHECKING:
    from pathlib import Path

    from ..program import Block
    from ..recording import Transcript

MACHINE_PAGE = ":doc:`the machine's page </how_this_book_checks_itself>`"


class BookDirective(SphinxDirective):
    """Takes a program's key, or none on the program's own page."""

    optional_arguments = 1
    has_content = False

    def run(self) -> list[nodes.Node]:
        self.shelf = Shelf(self.env)
        try:
            return self.make(self.shelf.key(self.arguments[0] if self.arguments else ""))
        except BookError as error:
            self.shelf.domain.report(self.env.docname, error, self.get_location())
            return []

    def make(self, key: str) -> list[nodes.Node]:
        raise NotImplementedError

    def parse(self, block: Block, path: Path) -> list[nodes.Node]:
        """A paragraph of a docstring; what is wrong in it is reported at its own line."""
        items = [(str(path), block.line + number - 1) for number in range(len(block.lines))]
        return self.parsed(StringList([line.strip() for line in block.lines], items=items))

    def parse_text(self, text: str, *classes: str) -> list[nodes.Node]:
        source = [(self.env.docname, self.lineno - 1)]
        made = self.parsed(StringList([text], items=source))
        for node in made:
            if isinstance(node, nodes.paragraph):
                node["classes"] += classes
        return made

    def parsed(self, lines: StringList) -> list[nodes.Node]:
        with switch_source_input(self.state, lines):
            return nested_parse_to_nodes(self.state, lines)


def command_paragraph(transcript: Transcript) -> nodes.paragraph:
    return nodes.paragraph(
        "", "", nodes.literal("", f"$ {transcript.command_line}"), classes=["book-command"]
    )
