"""A text that the build made beside the recordings, given by its name."""

from __future__ import annotations

from docutils import nodes

from .base import BookDirective


class RecordedText(BookDirective):
    """A text that the build made beside the recordings, given by its name."""

    required_arguments = 1
    optional_arguments = 0

    def make(self, key: str) -> list[nodes.Node]:
        text = self.shelf.text(self.arguments[0])
        return [nodes.literal_block(text, text, language="none")]
