"""The contents beside each page, which are the same but for what is marked in them.

Sphinx makes them anew for every page; here they are made once, and marked for each.
"""

from __future__ import annotations

import re
from html import escape, unescape
from typing import TYPE_CHECKING, Any

from sphinx.environment.adapters.toctree import global_toctree_for_doc

if TYPE_CHECKING:
    from collections.abc import Callable

    from sphinx.application import Sphinx
    from sphinx.builders import Builder

# What furo asks for, for the sidebar of each page.
WHOLE: dict[str, Any] = {
    "collapse": False,
    "titles_only": True,
    "maxdepth": -1,
    "includehidden": True,
}


class Contents:
    """The whole table of contents, from which each page's is made."""

    _PARTS = re.compile(
        r'(<ul>|</ul>|<li class="[^"]*">|</li>|<a class="reference internal" href="[^"]*">)'
    )

    def __init__(self, builder: Any) -> None:
        self.builder = builder
        root = builder.config.root_doc
        tree = global_toctree_for_doc(builder.env, root, builder, tags=builder.tags, **WHOLE)
        self.html: str = builder.render_partial(tree)["fragment"]
        self.parts = self._PARTS.split(self.html)
        pages = {builder.get_relative_uri(root, page): page for page in builder.env.found_docs}
        # The page of each link, and for each page the opening parts around its links.
        self.links: dict[int, str] = {}
        self.around: dict[str, set[int]] = {}
        open_parts: list[int] = []
        for index, part in enumerate(self.parts):
            if part == "<ul>" or part.startswith("<li "):
                open_parts.append(index)
            elif part in ("</ul>", "</li>"):
                open_parts.pop()
            elif part.startswith('<a class="reference internal"'):
                page = pages.get(unescape(part.partition('href="')[2].removesuffix('">')))
                if page is not None:
                    self.links[index] = page
                    self.around.setdefault(page, set()).update((*open_parts, index))

    def beside(self, pagename: str) -> str:
        """As Sphinx makes it for this page: it and what stands above it are marked."""
        parts = self.parts.copy()
        for index, page in self.links.items():
            uri = self.builder.get_relative_uri(pagename, page) if page != pagename else "#"
            parts[index] = f'<a class="reference internal" href="{escape(uri)}">'
        for index in self.around.get(pagename, ()):
            parts[index] = self._marked(parts[index])
        return "".join(parts)

    @staticmethod
    def _marked(part: str) -> str:
        if part == "<ul>":
            return '<ul class="current">'
        if part.startswith("<a "):
            return part.replace('class="', 'class="current ', 1)
        return part.replace('">', ' current">', 1)


def contents_of(builder: Builder) -> Contents:
    found: Contents | None = getattr(builder, "book_contents", None)
    if found is None:
        found = builder.book_contents = Contents(builder)  # type: ignore[attr-defined]
    return found


def prepare_contents(_app: Sphinx, builder: Builder) -> None:
    """Before the processes that write pages are forked, so that none makes it again."""
    if builder.format == "html" and hasattr(builder, "render_partial"):
        contents_of(builder)


def offer_contents(
    app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _doctree: Any
) -> None:
    """Runs before the theme asks for the contents."""
    made: Callable[..., str] | None = context.get("toctree")
    if made is None:
        return

    def toctree(**kwargs: Any) -> str:
        if kwargs == WHOLE:
            return contents_of(app.builder).beside(pagename)
        return made(**kwargs)

    context["toctree"] = toctree


def setup(app: Sphinx) -> None:
    app.connect("write-started", prepare_contents)
    app.connect("html-page-context", offer_contents, priority=100)
