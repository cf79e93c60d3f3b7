"""The run that was recorded: timeline, replay, lines; and what was demanded of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from ..nodes import drawn, tab_set
from ..recording import NAMES, Recording, Transcript
from ..transcript import orders_sentence, run_html, run_text
from .base import BookDirective, command_paragraph

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sphinx.util.typing import OptionSpec


class RecordedRun(BookDirective):
    """The run that was recorded: timeline, replay, lines; and what was demanded of it."""

    option_spec: ClassVar[OptionSpec] = {
        "transcript": directives.positive_int,
    }

    def make(self, key: str) -> list[nodes.Node]:
        languages = self.shelf.languages(key)
        recordings = [self.shelf.recording(key, language) for language in languages]
        tabs: list[tuple[str, str | None, Sequence[nodes.Node]]] = [
            (NAMES[recording.language], recording.language, self.tab(recording))
            for recording in recordings
        ]
        tabs.append(("Specification", None, self.specification(recordings[0])))
        return [tab_set(tabs)]

    def wanted(self, recording: Recording) -> Sequence[Transcript]:
        number = self.options.get("transcript")
        return recording.transcripts if number is None else [recording.transcript(number)]

    def tab(self, recording: Recording) -> list[nodes.Node]:
        made: list[nodes.Node] = []
        wanted = self.wanted(recording)
        for transcript in wanted:
            if len(wanted) > 1:
                made.append(command_paragraph(transcript))
            identity = f"run-{self.env.new_serialno('book')}"
            html = run_html(transcript, identity, NAMES[recording.language])
            plain = run_text(transcript)
            made.append(drawn("", nodes.literal_block(plain, plain, language="none"), html=html))
            made += self.parse_text(orders_sentence(transcript), "book-note")
        return made

    def specification(self, recording: Recording) -> list[nodes.Node]:
        made: list[nodes.Node] = []
        for transcript in self.wanted(recording):
            text = "\n".join(transcript.written)
            made.append(nodes.literal_block(text, text, language="none", classes=["book-spec"]))
        made += self.parse_text(
            "The margin names each line's lanes; a line without a margin stands in all of them. "
            "A number after ``~`` is measured, and may not be smaller. "
            ":doc:`/how_this_book_checks_itself`",
            "book-note",
        )
        return made
