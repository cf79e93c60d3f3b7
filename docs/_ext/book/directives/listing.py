"""What a program is about, and its code in both languages."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from .. import explorer
from ..nodes import file_link, tab_set
from .base import BookDirective

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sphinx.util.typing import OptionSpec

    from ..recording import Language


class Listing(BookDirective):
    """What a program is about, and its code in both languages."""

    option_spec: ClassVar[OptionSpec] = {
        "compiler-options": directives.unchanged_required,
    }

    def make(self, key: str) -> list[nodes.Node]:
        program = self.shelf.program(key)
        if not self.arguments:
            self.shelf.domain.data["titles"][self.env.docname] = program.title
        self.shelf.show_program(program)

        made: list[nodes.Node] = []
        for block in program.paragraphs:
            made += self.parse(block, program.path)
        lead = next((node for node in made if isinstance(node, nodes.paragraph)), None)
        if lead is not None:
            lead["classes"].append("book-lead")
        if program.origin is not None:
            for node in self.parse(program.origin, program.path):
                if isinstance(node, nodes.Element):
                    node["classes"].append("book-note")
                made.append(node)

        tabs: list[tuple[str, str | None, Sequence[nodes.Node]]] = [
            ("C++", "cpp", self.cpp_tab(key, program.code, program.path))
        ]
        if "py" in self.shelf.languages(key):
            counterpart = self.shelf.counterpart(key)
            self.shelf.show_counterpart(counterpart)
            tabs.append(("Python", "py", self.python_tab(key, counterpart.code, counterpart.path)))
        made.append(tab_set(tabs))
        return made

    def cpp_tab(self, key: str, code: str, path: Path) -> list[nodes.Node]:
        arguments = self.arguments_of(key, "cpp")
        command = shlex.join(("build/book/" + key, *arguments))
        links: list[nodes.Node] = [self.whole_file(path)]
        made: list[nodes.Node] = [code_block(code, "cpp")]
        try:
            options = self.options.get("compiler-options", "")
            url = explorer.link(self.shelf.root, path, arguments, options)
            links.append(nodes.reference("", "Open in Compiler Explorer", refuri=url))
        except explorer.NoLink as reason:
            made.append(nodes.comment("", str(reason)))
        return [*made, self.links(links, command)]

    def python_tab(self, key: str, code: str, path: Path) -> list[nodes.Node]:
        arguments = self.arguments_of(key, "py")
        command = shlex.join(("python3", "-m", key.replace("/", "."), *arguments))
        return [code_block(code, "python"), self.links([self.whole_file(path)], command)]

    def arguments_of(self, key: str, language: Language) -> tuple[str, ...]:
        """Those of the first transcript: a reader gets the run that the page shows."""
        return self.shelf.recording(key, language).transcript(1).arguments

    def whole_file(self, path: Path) -> nodes.Node:
        return file_link("", "Whole file", path=self.shelf.relative(path), docname=self.env.docname)

    def links(self, links: list[nodes.Node], command: str) -> nodes.paragraph:
        paragraph = nodes.paragraph(classes=["book-note"])
        for link in links:
            paragraph += [link, nodes.Text(" · ")]
        paragraph += nodes.literal("", command)
        return paragraph


def code_block(code: str, language: str) -> nodes.literal_block:
    return nodes.literal_block(code, code, language=language)
