"""The page of all claims with their verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes

from ..directives.base import BookDirective
from ..domain import ClaimOnPage, domain_of
from ..figures import capital
from ..nodes import table
from .notes import MARKS
from .report import summary

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment


class claim_list(nodes.General, nodes.Element):  # noqa: N801 (docutils names nodes so)
    """Stands for the list until all pages are read."""


class ClaimList(BookDirective):
    """All claims of the book, page by page, with their verdicts on this machine."""

    optional_arguments = 0

    def make(self, key: str) -> list[nodes.Node]:
        self.shelf.domain.data["lists"][self.env.docname] = True
        return [claim_list()]


def changed_lists(_app: Sphinx, env: BuildEnvironment) -> list[str]:
    """The pages of all claims are written anew when any page's claims are others."""
    domain = domain_of(env)
    order = {claim.docname: None for claim in domain.claims}
    titles = [(page, env.titles[page].astext()) for page in reading_order(env) if page in order]
    now = (titles, domain.claims)
    if domain.data["listed"] == now:
        return []
    domain.data["listed"] = now
    return sorted(domain.data["lists"])


def fill_lists(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    for node in list(doctree.findall(claim_list)):
        node.replace_self(make_list(app, docname))


def make_list(app: Sphinx, docname: str) -> list[nodes.Node]:
    claims = domain_of(app.env).claims
    made: list[nodes.Node] = [nodes.paragraph("", f"{capital(summary(claims))}.")]
    for page in reading_order(app.env):
        here = [claim for claim in claims if claim.docname == page]
        if not here:
            continue
        uri = app.builder.get_relative_uri(docname, page)
        link = nodes.reference("", app.env.titles[page].astext(), internal=True, refuri=uri)
        made.append(nodes.paragraph("", "", link, classes=["book-caption"]))
        rows = [row(claim, f"{uri}#{claim.anchor}") for claim in here]
        made.append(
            table(["Claim", "On this machine"], rows, classes=["book-cards", "book-claims"])
        )
    return made


def row(claim: ClaimOnPage, uri: str) -> list[list[nodes.Node]]:
    words = nodes.reference("", capital(claim.words), internal=True, refuri=uri)
    figures = [nodes.inline("", figure, classes=["book-note"]) for figure in claim.figures]
    said = f"{MARKS[claim.verdict]} {claim.note or 'It holds.'} "
    verdict = nodes.inline("", said, classes=["book-claim", claim.shown])
    return [
        [words, nodes.Text(" "), nodes.literal("", claim.written)],
        [verdict, *figures],
    ]


def reading_order(env: BuildEnvironment) -> list[str]:
    """All pages as the contents list them; a page that is in none comes last."""
    order: dict[str, None] = {}

    def visit(page: str) -> None:
        if page not in order:
            order[page] = None
            for below in env.toctree_includes.get(page, ()):
                visit(below)

    for page in (env.config.root_doc, *sorted(env.found_docs)):
        visit(page)
    return [page for page in order if page in env.found_docs]


def setup(app: Sphinx) -> None:
    app.add_node(claim_list)
    app.add_directive("claim-list", ClaimList)
    app.connect("env-updated", changed_lists)
    app.connect("doctree-resolved", fill_lists)
