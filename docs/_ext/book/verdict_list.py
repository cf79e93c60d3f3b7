"""All claims with their verdicts: on a page, at the end of the build, and in verdicts.json.

With `book_require_all` (BOOK_REQUIRE_ALL in CMake), a claim that does not hold or was not
checked is an error, and so is a figure that was not measured.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes

from .directives import BookDirective
from .measurement import Taken, readable
from .nodes import table
from .shelf import BookDomain, ClaimOnPage
from .verdicts import MARKS, capital

if TYPE_CHECKING:
    from collections.abc import Iterator

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


def domain_of(env: BuildEnvironment) -> BookDomain:
    domain = env.domains["book"]
    assert isinstance(domain, BookDomain)
    return domain


# ---- The page


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


def summary(claims: list[ClaimOnPage]) -> str:
    found = Counter(claim.verdict for claim in claims)
    unchecked = found["not given"] + found["not measured"]
    if len(claims) == found["holds"]:
        return f"all {len(claims)} claims hold on this machine" if claims else "there are no claims"
    parts = [f"of {len(claims)} claims, {found['holds']} hold on this machine"]
    if found["fails"]:
        parts.append(f"{found['fails']} do{'es' if found['fails'] == 1 else ''} not")
    if unchecked:
        parts.append(f"{unchecked} {'was' if unchecked == 1 else 'were'} not checked")
    return ", ".join(parts)


# ---- The build


def not_measured(recordings: Path) -> Iterator[tuple[str, str, str]]:
    """The file, the name and the reason of each figure that this machine lacks."""
    for measurement in readable(sorted(recordings.glob("*.json"))):
        file = measurement.path.stem
        for name, taken in measurement.figures.items():
            if not taken.measured:
                yield file, name, taken.reason
        for name, rows in measurement.tables.items():
            for one in rows:
                labels = ", ".join(
                    str(cell) for cell in one.values() if not isinstance(cell, Taken)
                )
                for field, cell in one.items():
                    if isinstance(cell, Taken) and not cell.measured:
                        yield file, f"{name}[{labels}] {field}", cell.reason


def recordings_of(env: BuildEnvironment) -> Path:
    return Path(env.srcdir, env.config.book_recordings).resolve()


def require_all(_app: Sphinx, env: BuildEnvironment) -> None:
    """Makes errors of what is otherwise said on the pages."""
    write_verdicts(env)
    domain = domain_of(env)
    if env.config.book_require_all in (False, "", "0") or domain.data["problems"]:
        return
    missing = [
        f"{file} {name}: not measured: {why}"
        for file, name, why in not_measured(recordings_of(env))
    ]
    wrong = [
        f"{claim.where}: {claim.words}: {claim.note}"
        for claim in domain.claims
        if claim.verdict != "holds"
    ]
    domain.refuse([*missing, *wrong])


def write_verdicts(env: BuildEnvironment) -> None:
    domain = domain_of(env)
    missing = not_measured(recordings_of(env))
    verdicts = {
        "claims": [
            {
                "page": claim.docname,
                "where": claim.where,
                "claim": claim.words,
                "relation": claim.written,
                "verdict": claim.verdict,
                "note": claim.note,
                "figures": claim.figures,
            }
            for claim in domain.claims
        ],
        "not_measured": [
            {"file": file, "figure": name, "reason": why} for file, name, why in missing
        ],
    }
    path = recordings_of(env).parent / "verdicts.json"
    path.write_text(json.dumps(verdicts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def last_lines(app: Sphinx, error: Exception | None) -> None:
    """Ends what the build prints with what this machine could not show."""
    if error is not None:
        return
    lines = []
    by_reason: dict[tuple[str, str], list[str]] = {}
    for file, name, why in not_measured(recordings_of(app.env)):
        by_reason.setdefault((file, why), []).append(name)
    if by_reason:
        lines.append(f"Not measured on this machine: {sum(map(len, by_reason.values()))}")
        for (file, why), figures in by_reason.items():
            lines.append(f"  {file}: {why}")
            lines.append(f"      {', '.join(figures)}")
    claims = domain_of(app.env).claims
    for claim in claims:
        if claim.verdict != "holds":
            lines.append(f"{claim.where}: {claim.words}")
            lines.append(f"      {claim.note}")
    lines.append(f"{capital(summary(claims))}.")
    if app.builder.format == "html":
        lines.append(f"The book is ready: {app.outdir}/index.html")
    # Sphinx prints it last, and formats it with %.
    app.builder.epilog = "\n".join(lines).replace("%", "%%")


def setup(app: Sphinx) -> None:
    app.add_config_value("book_require_all", False, "", types=[bool, str])
    app.add_node(claim_list)
    app.add_directive("claim-list", ClaimList)
    app.connect("env-updated", changed_lists)
    app.connect("env-updated", require_all, priority=900)
    app.connect("doctree-resolved", fill_lists)
    app.connect("build-finished", last_lines)
