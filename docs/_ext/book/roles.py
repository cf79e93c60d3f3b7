"""The role that puts a measured number into a sentence.

:measured:`examples_2025_03_03_15_36/1_sequential cpp wall`
:measured:`python cpu`                     this page's program
:measured:`python memory / cpp memory`     a ratio
:measured:`1_sequential#2 cpp wall`        in this page's folder, second transcript
:measured:`machine cores`                  a fact of the machine
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.docutils import SphinxRole

from .errors import BookError
from .figures import FIGURES, Figure, figure, ratio, seconds, size
from .nodes import measured
from .recording import LANGUAGES, NAMES
from .shelf import Shelf

if TYPE_CHECKING:
    from docutils.nodes import Node, system_message
    from sphinx.application import Sphinx


class Measured(SphinxRole):
    def run(self) -> tuple[list[Node], list[system_message]]:
        shelf = Shelf(self.env)
        try:
            text, source = self.resolve(shelf, self.text)
        except BookError as error:
            named = BookError(f":measured:`{self.text}`: {error}")
            shelf.domain.report(self.env.docname, named, self.get_location())
            return [nodes.problematic(self.rawtext, self.rawtext)], []
        return [measured(self.rawtext, text, source_of=f"measured: {source}")], []

    def resolve(self, shelf: Shelf, text: str) -> tuple[str, str]:
        """The number as printed, and where it comes from."""
        parts = [part.split() for part in text.split(" / ")]
        if len(parts) == 1 and parts[0] and parts[0][0] in ("machine", "recorder"):
            return self.fact(shelf, parts[0])
        figures = [self.figure(shelf, part) for part in parts]
        match figures:
            case [(one, source)]:
                return str(one), source
            case [(one, source), (other, to)]:
                return ratio(one, other), f"{source}, to {to}"
            case _:
                raise BookError("a figure, or a ratio of two, is wanted")

    def figure(self, shelf: Shelf, words: list[str]) -> tuple[Figure, str]:
        match words:
            case [given, language, name]:
                pass
            case [language, name]:
                given = ""
            case _:
                raise BookError("wanted is: KEY cpp|python FIGURE, or no key on its page")
        if language not in LANGUAGES:
            raise BookError(f"there is no language “{language}”; there are cpp and python")
        given, _, number = given.partition("#")
        if number and not number.isdigit():
            raise BookError(f"“{number}” is no number of a transcript")
        key = shelf.key(given)
        recording = shelf.recording(key, LANGUAGES[language])
        value = figure(recording, recording.transcript(int(number or "1")), name)
        named = f"{FIGURES[name][1]} of {key} in {NAMES[recording.language]}"
        return value, f"{named}, from recording {recording.path.name}"

    def fact(self, shelf: Shelf, words: list[str]) -> tuple[str, str]:
        if len(words) != 2:
            raise BookError(f"wanted is: {words[0]} FIGURE")
        file = f"{words[0]}.json"
        data = shelf.json(file, f"the description of the {words[0]}")
        value = data.get(words[1])
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise BookError(f"{file} has no figure “{words[1]}”")
        if isinstance(value, str):
            text = value
        elif words[1].endswith("_seconds"):
            text = seconds(value)
        elif words[1].endswith("_bytes"):
            text = size(value)
        elif words[1].endswith("_share"):
            text = f"{value * 100:.1f} %"
        else:
            text = str(value)
        return text, f"{words[1]}, from {file}"


def setup(app: Sphinx) -> None:
    app.add_role("measured", Measured())
