"""The roles that put measured numbers, and what is claimed of them, into sentences.

:measured:`examples_2025_03_03_15_36/1_sequential cpp wall`
:measured:`python cpu`                     this page's program
:measured:`python memory / cpp memory`     a ratio
:measured:`1_sequential#2 cpp wall`        in this page's folder, second transcript
:measured:`cpp printed_seconds_2`          the second time that the program itself printed
:measured:`machine cores`                  a fact of the machine, from machine.json
:measured:`process_pool call_seconds / process_pool thread_call_seconds`
:claim:`calls are cheap: process_pool call_seconds < 0.001`     (book.claims)
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.docutils import SphinxRole

from .claims.notes import MARKS, claim_lines, note
from .claims.parser import parse_claim
from .claims.verdicts import check_claim
from .domain import ClaimOnPage
from .errors import BookError
from .figures import Figure, ratio
from .nodes import claim_mark, measured_number
from .recorded_figure import RecordedFigure, tip_lines
from .shelf import Shelf

if TYPE_CHECKING:
    from docutils.nodes import Node, system_message
    from sphinx.application import Sphinx


class BookRole(SphinxRole):
    def run(self) -> tuple[list[Node], list[system_message]]:
        shelf = Shelf(self.env)
        try:
            return [self.make(shelf)], []
        except BookError as error:
            named = BookError(f":{self.name}:`{self.text}`: {error}")
            shelf.domain.report(self.env.docname, named, self.get_location())
            return [nodes.problematic(self.rawtext, self.rawtext)], []

    def make(self, shelf: Shelf) -> Node:
        raise NotImplementedError


class MeasuredRole(BookRole):
    def make(self, shelf: Shelf) -> Node:
        figures = [shelf.look_up(part.split()) for part in self.text.split(" / ")]
        lines = [line for one in figures for line in tip_lines(one)]
        return measured_number(self.rawtext, told(figures), lines=lines)


def told(figures: list[RecordedFigure]) -> str:
    """The number, or the ratio of two, as printed; or why there is none."""
    missing = [one for one in figures if not one.measured]
    if missing:
        return missing[0].text
    match figures:
        case [one]:
            return one.text
        case [one, other]:
            return ratio(number(one), number(other))
        case _:
            raise BookError("a figure, or a ratio of two, is wanted")


def number(figure: RecordedFigure) -> Figure:
    if figure.value is None or isinstance(figure.value, str):
        raise BookError(f"“{figure.words}” is no number")
    return Figure(figure.value, figure.unit)


class ClaimRole(BookRole):
    def make(self, shelf: Shelf) -> Node:
        checked = check_claim(parse_claim(self.text), shelf.look_up)
        lines = claim_lines(checked)
        source, line = self.get_source_info()
        found = ClaimOnPage(
            docname=self.env.docname,
            where=f"{shelf.relative(Path(source))}:{line}",
            anchor=f"claim-{self.env.new_serialno('claim') + 1}",
            words=checked.claim.words,
            written=checked.claim.written,
            verdict=checked.verdict,
            note="" if checked.verdict == "holds" else note(checked, shelf.machine()),
            figures=tuple(lines[2:]),
        )
        shelf.domain.note_claim(found)
        text = f"[{found.note}]" if found.note else MARKS[found.verdict]
        return claim_mark(self.rawtext, text, found=found, lines=lines)


def setup(app: Sphinx) -> None:
    app.add_role("measured", MeasuredRole())
    app.add_role("claim", ClaimRole())
