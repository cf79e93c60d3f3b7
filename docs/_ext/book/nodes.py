"""Nodes that HTML shows in a form of its own; every other builder shows their children."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx_design.shared import create_component, is_component

from .claims.notes import LABELS, MARKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sphinx.application import Sphinx

    from .domain import ClaimOnPage

OTHER_BUILDERS = ("latex", "text", "man", "texinfo")


class drawn(nodes.General, nodes.Element):  # noqa: N801 (docutils names nodes so)
    """Ready-made HTML; its children say the same in plain text."""


class file_link(nodes.Inline, nodes.TextElement):  # noqa: N801
    """A link to the page of a whole file."""


class folded(nodes.General, nodes.Element):  # noqa: N801
    """What a click unfolds; other builders show it as it is."""


class measured_number(nodes.Inline, nodes.TextElement):  # noqa: N801
    """A number taken from a recording; `lines` tell how it was measured."""


class claim_mark(nodes.Inline, nodes.TextElement):  # noqa: N801
    """A claim's verdict: a mark, and a note where it does not hold."""


def _visit_drawn(translator: Any, node: drawn) -> None:
    # An EPUB reader runs no script, and many draw no inline SVG.
    if translator.builder.name == "epub":
        return
    translator.body.append(node["html"])
    raise nodes.SkipNode


def _visit_file_link(translator: Any, node: file_link) -> None:
    builder = translator.builder
    if has_file_pages(builder):
        target = builder.get_relative_uri(node["docname"], file_page(node["path"]))
        translator.body.append(f'<a class="reference internal" href="{target}">')
    else:
        translator.body.append("<span>")


def _depart_file_link(translator: Any, _node: file_link) -> None:
    translator.body.append("</a>" if has_file_pages(translator.builder) else "</span>")


def _visit_measured_number(translator: Any, node: measured_number) -> None:
    if translator.builder.name == "epub":
        translator.body.append(translator.starttag(node, "span", "", CLASS="measured"))
    else:
        described = _next_tip(translator)
        translator.body.append(
            '<span class="book-tipped"><span class="measured" tabindex="0"'
            f' aria-describedby="{described}">'
        )


def _depart_measured_number(translator: Any, node: measured_number) -> None:
    translator.body.append("</span>")
    if translator.builder.name != "epub":
        translator.body.append(f"{_tip(translator, node['lines'])}</span>")


def _visit_claim_mark(translator: Any, node: claim_mark) -> None:
    found: ClaimOnPage = node["found"]
    mark, label = MARKS[found.verdict], escape(LABELS[found.verdict])
    said = f' <span class="book-said">{escape(found.note)}</span>' if found.note else ""
    if translator.builder.name == "epub":
        shown = f'<span title="{label}">{mark}</span>'
    else:
        described = _next_tip(translator)
        shown = (
            '<span class="book-tipped"><span class="book-mark" tabindex="0" role="img"'
            f' aria-label="{label}" aria-describedby="{described}">'
            f"{mark}</span>{_tip(translator, node['lines'])}</span>"
        )
    translator.body.append(
        f'<span class="book-claim {found.shown}" id="{found.anchor}">{shown}{said}</span>'
    )
    raise nodes.SkipNode


def _next_tip(translator: Any) -> str:
    """The id of the page's next explanation."""
    translator.book_tips = getattr(translator, "book_tips", 0) + 1
    return f"tip-{translator.book_tips}"


def _tip(translator: Any, lines: Sequence[str]) -> str:
    """Shown on hover and on focus (book.css); `hidden` where no style sheet is."""
    said = "".join(f"<span>{escape(line)}</span> " for line in lines)
    return (
        f'<span class="book-tip" role="tooltip" id="tip-{translator.book_tips}" hidden>'
        f"{said.rstrip()}</span>"
    )


def _visit_folded(translator: Any, node: folded) -> None:
    translator.body.append(
        f'<details class="book-folded"><summary>{escape(node["title"])}</summary>'
    )


def _depart_folded(translator: Any, _node: folded) -> None:
    translator.body.append("</details>")


def _nothing(_translator: Any, _node: nodes.Node) -> None:
    """The children stand for themselves."""


def file_page(path: str) -> str:
    return f"files/{path}"


def has_file_pages(builder: Any) -> bool:
    return builder.name in ("html", "dirhtml")


def tab_set(tabs: Iterable[tuple[str, str | None, Sequence[nodes.Node]]]) -> nodes.Node:
    """Tabs of sphinx-design; those with the same id are switched together on every page."""
    items = []
    for label, sync, content in tabs:
        head = nodes.rubric(label, label, classes=["sd-tab-label"])
        if sync is not None:
            head["sync_id"] = sync
            head["sync_group"] = "language"
        body = create_component("tab-content", ["sd-tab-content"], children=list(content))
        items.append(create_component("tab-item", ["sd-tab-item"], children=[head, body]))
    return create_component("tab-set", ["sd-tab-set"], children=items)


def table(
    header: Sequence[str],
    rows: Sequence[Sequence[str | Sequence[nodes.Node]]],
    classes: Sequence[str] = (),
    numbers: Sequence[int] = (),
) -> nodes.table:
    """A table whose first column names its rows; the columns in `numbers` hold figures."""
    group = nodes.tgroup(cols=len(rows[0]))
    for column in range(len(rows[0])):
        # In letters, for the builders that draw tables with them.
        cells = [row[column] for row in (header, *rows) if row]
        width = max(len(cell) if isinstance(cell, str) else 20 for cell in cells) + 2
        group += nodes.colspec(colwidth=width, **({"stub": 1} if column == 0 else {}))
    if header:
        group += nodes.thead("", _row([*header], numbers))
    group += nodes.tbody("", *(_row(row, numbers) for row in rows))
    return nodes.table("", group, classes=["book-table", *classes])


def _row(cells: Sequence[str | Sequence[nodes.Node]], numbers: Sequence[int]) -> nodes.row:
    row = nodes.row()
    for column, cell in enumerate(cells):
        content = [nodes.Text(cell)] if isinstance(cell, str) else list(cell)
        classes = ["book-number"] if column in numbers else []
        row += nodes.entry("", nodes.paragraph("", "", *content), classes=classes)
    return row


class UntabbedEpub(SphinxPostTransform):
    """Most readers of EPUB switch no tabs: they get what is in them one after the other."""

    default_priority = 190  # sphinx-design makes its tabs at 200
    builders = ("epub",)

    def run(self, **_kwargs: Any) -> None:
        for part in ("tab-set", "tab-item", "tab-content"):
            for node in list(self.document.findall(lambda n, part=part: is_component(n, part))):
                node.replace_self(nodes.container("", *node.children))


def setup(app: Sphinx) -> None:
    app.add_post_transform(UntabbedEpub)
    plain = (_nothing, _nothing)
    others: dict[str, Any] = dict.fromkeys(OTHER_BUILDERS, plain)
    app.add_node(drawn, html=(_visit_drawn, _nothing), **others)
    app.add_node(file_link, html=(_visit_file_link, _depart_file_link), **others)
    app.add_node(folded, html=(_visit_folded, _depart_folded), **others)
    app.add_node(measured_number, html=(_visit_measured_number, _depart_measured_number), **others)
    app.add_node(claim_mark, html=(_visit_claim_mark, _nothing), **others)
