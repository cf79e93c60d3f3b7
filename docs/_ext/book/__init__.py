"""Puts the book's programs, and what their recorded runs measured, on its pages."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, Any]:
    # Here, so that a module that needs no Sphinx loads none.
    from . import contents, directives, incremental, namespaces, nodes, pages, roles
    from .claims import list as claim_list
    from .claims import report
    from .domain import BookDomain

    app.add_config_value("book_root", "..", "env", types=[str])
    app.add_config_value("book_programs", "../build/book/programs.json", "env", types=[str])
    app.add_config_value("book_recordings", "../build/book/recordings", "env", types=[str])
    app.add_domain(BookDomain)
    for module in (
        nodes,
        directives,
        roles,
        pages,
        claim_list,
        report,
        contents,
        incremental,
        namespaces,
    ):
        module.setup(app)
    app.add_css_file("book.css")
    app.add_js_file("replay.js", loading_method="defer")
    app.add_js_file("tips.js", loading_method="defer")
    return {
        "version": "1",
        "env_version": fingerprint(),
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }


def fingerprint() -> int:
    """A number that changes with this extension: pages that an older one read are read anew."""
    sources = sorted(Path(__file__).parent.rglob("*.py"))
    return zlib.crc32(b"".join(path.read_bytes() for path in sources))
