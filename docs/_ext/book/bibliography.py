"""How the book cites: the labels of its sources, and a bibliography that is formatted once.

sphinxcontrib-bibtex formats all entries anew in each build, which takes longer than to read
and to write a changed page. Here they are kept from the last build while nothing that they
are made from has changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pybtex.plugin import register_plugin
from pybtex.style.formatting.unsrt import Style
from pybtex.style.labels import BaseLabelStyle
from sphinxcontrib.bibtex.domain import BibtexDomain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pybtex.database import Entry
    from sphinx.application import Sphinx


class LabelsFromKeys(BaseLabelStyle):
    """Cites schafer_threading as [Schafer, threading]: two of his tutorials are cited."""

    def format_labels(self, sorted_entries: Iterable[Entry]) -> Iterator[str]:
        for entry in sorted_entries:
            name = " ".join(entry.persons["author"][0].last_names).strip("{}")
            yield f"{name}, {entry.key.partition('_')[2]}"


class NamedStyle(Style):
    default_label_style = LabelsFromKeys
    default_sorting_style = "author_year_title"


class KeptBibliography(BibtexDomain):
    """The domain of citations, which keeps its formatted entries through repeated builds."""

    def clear_doc(self, docname: str) -> None:
        if any(key.docname == docname for key in self.bibliographies):
            self.data["formatted_from"] = None
        super().clear_doc(docname)

    def env_updated(self) -> Iterable[str]:
        made_from = self.made_from()
        if self.data.get("formatted_from") == made_from:
            return []
        changed = list(super().env_updated())
        self.data["formatted_from"] = made_from
        return changed

    def made_from(self) -> list[Any]:
        """The files of sources, and what each page cites, by which entries are chosen."""
        files = [(str(path), file.mtime) for path, file in self.bibdata.bibfiles.items()]
        cited = [
            (ref.docname, ref.line, [target.key for target in ref.targets])
            for ref in self.citation_refs
        ]
        config = self.env.config
        shown = [config.bibtex_tooltips, config.bibtex_tooltips_style]
        return [sorted(files), sorted(cited), sorted(map(str, self.bibliographies)), shown]


def setup(app: Sphinx) -> dict[str, Any]:
    register_plugin("pybtex.style.formatting", "named", NamedStyle)
    app.setup_extension("sphinxcontrib.bibtex")
    app.add_domain(KeptBibliography, override=True)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
