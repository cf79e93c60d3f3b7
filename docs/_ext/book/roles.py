"""The role that puts a measured number into a sentence.

:measured:`examples_2025_03_03_15_36/1_sequential cpp wall`
:measured:`python cpu`                     this page's program
:measured:`python memory / cpp memory`     a ratio
:measured:`1_sequential#2 cpp wall`        in this page's folder, second transcript
:measured:`cpp printed_seconds_2`          the second time that the program itself printed
:measured:`machine cores`                  a fact of the machine, from machine.json
:measured:`process_pool call_seconds / process_pool thread_call_seconds`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.docutils import SphinxRole

from .errors import BookError, MissingFile
from .figures import Figure, count, figure, meaning, ratio, unit_of
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
        if all(len(part) == 2 and part[0] not in LANGUAGES for part in parts):
            if len(parts) == 1:
                return self.fact(shelf, parts[0])
            figures = [self.fact_figure(shelf, part) for part in parts]
        else:
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
        named = f"{meaning(name)} of {key} in {NAMES[recording.language]}"
        return value, f"{named}, from recording {recording.path.name}"

    def fact(self, shelf: Shelf, words: list[str]) -> tuple[str, str]:
        value, source = self.fact_value(shelf, words)
        if isinstance(value, str):
            text = value
        elif words[1].endswith("_share"):
            text = f"{value * 100:.1f} %"
        elif (unit := unit_of(words[1])) == "count":
            text = count(value) if isinstance(value, int) else str(value)
        else:
            text = str(Figure(value, unit))
        return text, source

    def fact_figure(self, shelf: Shelf, words: list[str]) -> tuple[Figure, str]:
        value, source = self.fact_value(shelf, words)
        if isinstance(value, str):
            raise BookError(f"“{words[1]}” is no number")
        return Figure(value, unit_of(words[1])), source

    def fact_value(self, shelf: Shelf, words: list[str]) -> tuple[str | float, str]:
        name, figure = words
        file = f"{name}.json"
        try:
            data = shelf.json(file, "what the build has measured")
        except MissingFile as error:
            raise BookError(f"there is no language “{name}”, and {error}") from None
        value = data.get(figure)
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise BookError(f"{file} has no figure “{figure}”")
        return value, f"{figure}, from {file}"


def setup(app: Sphinx) -> None:
    app.add_role("measured", Measured())
