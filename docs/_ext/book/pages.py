"""What belongs to whole pages: the pages of source files, titles and descriptions."""

from __future__ import annotations

import re
from html import escape
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes

from .domain import domain_of
from .errors import LIST_PROGRAMS, BookError
from .incremental import is_made
from .nodes import claim_mark, file_page, has_file_pages
from .program_list import read_program_list
from .shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.highlighting import PygmentsBridge

LEXERS = {".cpp": "cpp", ".hpp": "cpp", ".py": "python"}


def file_pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """A page for every source file that some page shows."""
    if not has_file_pages(app.builder):
        return
    shelf = Shelf(app.env)
    highlighter: PygmentsBridge = app.builder.highlighter  # type: ignore[attr-defined]
    for path in sorted({path for paths in shelf.domain.data["files"].values() for path in paths}):
        source = (shelf.root / path).read_text(encoding="utf-8")
        if is_made(app, file_page(path), source):
            continue
        language = LEXERS.get("." + path.rpartition(".")[2], "none")
        code = highlighter.highlight_block(source, language, linenos="inline")
        key = path.rpartition(".")[0]
        back = ""
        if key in app.env.found_docs:
            uri = app.builder.get_relative_uri(file_page(path), key)
            title = app.env.titles[key].astext()
            back = f'<p class="book-note">Its page: <a href="{uri}">{escape(title)}</a></p>'
        folder, _, name = path.rpartition("/")
        yield (
            file_page(path),
            {
                "title": name,
                "body": f'<section class="book-file"><p class="book-folder">{escape(folder)}/</p>'
                f"<h1>{escape(name)}</h1>{back}"
                f'<div class="highlight-{language} notranslate">{code}</div></section>',
                "book_description": f"The whole of {path}.",
            },
            "page.html",
        )


def check_title(app: Sphinx, doctree: nodes.document) -> None:
    """A program's page has the title that its docstring gives."""
    domain = domain_of(app.env)
    docname = app.env.docname
    wanted = domain.data["titles"].get(docname)
    title = next(doctree.findall(nodes.title), None)
    if wanted is not None and (title is None or title.astext() != wanted):
        found = "none" if title is None else f"“{title.astext()}”"
        error = BookError(f"the title of {docname} is {found}; its program's is “{wanted}”")
        domain.report(docname, error, docname)


def check_contents(app: Sphinx, _doctree: nodes.document) -> None:
    """A chapter's contents list all of its programs, in reading order."""
    domain = domain_of(app.env)
    docname = app.env.docname
    wanted = domain.data["indexes"].get(docname, [])
    contents = dict.fromkeys(app.env.toctree_includes.get(docname, ()))
    listed = [page for page in contents if page in wanted]
    wrong = next((pair for pair in zip_longest(wanted, listed) if pair[0] != pair[1]), None)
    if wrong is not None:
        missing = wrong[0] not in listed
        said = f"lack {wrong[0]}" if missing else f"have {wrong[1]} where {wrong[0]} is to stand"
        error = BookError(
            f"the contents of docs/{docname}.rst {said}. To list the programs in reading order, "
            f"run: {LIST_PROGRAMS}"
        )
        domain.report(docname, error, docname)


def incomplete_pages(app: Sphinx, env: Any, *_sets: Any) -> list[str]:
    """A page with something missing is read anew, or the next build would not miss it."""
    problems = domain_of(env).data["problems"]
    return [docname for docname in problems if docname in env.found_docs]


def pages_with_other_files(_app: Sphinx, env: Any, *_sets: Any) -> list[str]:
    """A page that shows what is in a folder is read anew when that has changed."""
    return [
        docname
        for docname, globs in domain_of(env).data["globs"].items()
        if docname in env.found_docs
        and any(
            sorted(Path(folder).glob(pattern)) != found
            for (folder, pattern), found in globs.items()
        )
    ]


def pages_with_other_programs(app: Sphinx, env: Any, *_sets: Any) -> list[str]:
    """A page that shows programs is read anew when their list has changed in that."""
    pages = {
        docname: asked
        for docname, asked in domain_of(env).data["programs"].items()
        if docname in env.found_docs
    }
    try:
        listed = read_program_list(Path(env.srcdir, app.config.book_programs).resolve())
    except BookError:  # which these pages report
        return list(pages)
    return [
        docname
        for docname, asked in pages.items()
        if any(listed.under(name) != found for name, found in asked.items())
    ]


def finish_page(
    app: Sphinx, pagename: str, _template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Describes the page to search engines, and lets the keyboard scroll its code."""
    described = context.get("book_description") or description(doctree)
    if not described:
        named = re.sub("<[^>]*>", "", str(context.get("title", pagename)))
        described = f"{named}: a page of {app.config.project}."
    context["metatags"] = (
        context.get("metatags", "") + f'\n<meta name="description" content="{escape(described)}">'
    )
    if context.get("body"):
        context["body"] = context["body"].replace(
            '<div class="highlight"><pre>', '<div class="highlight"><pre tabindex="0">'
        )


def description(doctree: nodes.document | None) -> str:
    """A page's first paragraph, cut at a word."""
    first = next(doctree.findall(nodes.paragraph), None) if doctree is not None else None
    if first is None:
        return ""
    shown = first.deepcopy()
    for mark in list(shown.findall(claim_mark)):
        mark.parent.remove(mark)
    text = " ".join(shown.astext().split())
    return text if len(text) <= 200 else text[:200].rpartition(" ")[0].rstrip(".,;:") + " …"


# What the theme and docutils leave out of their HTML: a level for headings that are
# no <hN>, names for landmarks, the scope of table headers; and roles that ARIA has
# withdrawn, or that promise a list where citations are linked to and fro.
TIDY = (
    ('<p class="caption" role="heading">', '<p class="caption" role="heading" aria-level="2">'),
    ('<aside class="sidebar-drawer">', '<aside class="sidebar-drawer" aria-label="The book">'),
    ('<aside class="toc-drawer', '<aside aria-label="On this page" class="toc-drawer'),
    ('<button class="theme-toggle"', '<button type="button" class="theme-toggle"'),
    ('<input class="sidebar-search"', '<input type="search" class="sidebar-search"'),
    ('<th class="head', '<th scope="col" class="head'),
    ('<th class="stub', '<th scope="row" class="stub'),
    (' role="doc-biblioentry"', ""),
    ('<div role="list" class="citation-list">', '<div class="citation-list">'),
)


def tidy(html: str) -> str:
    for found, wanted in TIDY:
        html = html.replace(found, wanted)
    # Breathe gives the headings of every class the same ids; nothing links to them.
    return re.sub(r' id="breathe-section-title-[^"]*"', "", html)


def offer_tidy(app: Sphinx) -> None:
    """The filter that _templates/page.html puts the page through."""
    if app.builder.format == "html":
        app.builder.templates.environment.filters["book_tidy"] = tidy


def setup(app: Sphinx) -> None:
    app.connect("builder-inited", offer_tidy)
    app.connect("html-collect-pages", file_pages)
    app.connect("doctree-read", check_title)
    app.connect("env-get-outdated", incomplete_pages)
    app.connect("doctree-read", check_contents)
    app.connect("env-get-outdated", pages_with_other_files)
    app.connect("env-get-outdated", pages_with_other_programs)
    app.connect("html-page-context", finish_page)
