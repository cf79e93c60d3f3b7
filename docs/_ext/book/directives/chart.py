"""Measured rows as a picture, and in a table under it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from ..chart import bars_svg, chart_svg, legend
from ..errors import BookError
from ..figures import Figure, unit_of
from ..measurement import in_words
from ..nodes import drawn, folded, table
from ..recorded_figure import RecordedFigure
from ..series import Axis, Series, missing_notes, read_bars, read_series, row_figure, row_value
from .base import BookDirective

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sphinx.util.typing import OptionSpec

    from ..measurement import Row


class Chart(BookDirective):
    """Measured rows as a picture, and in a table under it.

    .. chart:: map_or_not            the file beside the recordings, without its ending
       :rows: chunk_sizes            the list in it
       :x: chunk_size                lines over a number; without it, bars,
       :name: style                  with the field that names each bar, or each line
       :y: wall_seconds              what is drawn; the name ends with its unit
       :log: x y                     the axes that are logarithmic
       :title: Time by chunk size

    A field's label is its name in words; `:x-label:` and `:y-label:` give another.
    """

    required_arguments = 1
    optional_arguments = 0
    option_spec: ClassVar[OptionSpec] = {
        "rows": directives.unchanged_required,
        "x": directives.unchanged_required,
        "y": directives.unchanged_required,
        "name": directives.unchanged_required,
        "log": directives.unchanged_required,
        "title": directives.unchanged_required,
        "x-label": directives.unchanged_required,
        "y-label": directives.unchanged_required,
    }

    def make(self, key: str) -> list[nodes.Node]:
        for wanted in ("rows", "y", "title", *(() if "x" in self.options else ("name",))):
            if wanted not in self.options:
                raise BookError(f"a chart needs :{wanted}:")
        rows = self.shelf.measurement(self.arguments[0]).rows(self.options["rows"])
        x = self.axis("x") if "x" in self.options else None
        y, title = self.axis("y"), self.options["title"]
        series, picture = self.draw(rows, x, y)
        made: list[nodes.Node] = [nodes.paragraph("", title, classes=["book-caption"])]
        if picture:
            made.append(drawn("", html=f'<div class="book-figure" tabindex="0">{picture}</div>'))
        notes = missing_notes(series, x)
        if any(point.spread for one in series for point in one.drawn):
            notes.append("The whiskers span the middle half of the rounds.")
        if notes:
            made.append(nodes.paragraph("", " ".join(notes), classes=["book-note"]))
        fields = [self.options[name] for name in ("name", "x") if name in self.options]
        made.append(folded("", self.numbers(rows, fields, y), title="The numbers"))
        return made

    def draw(self, rows: Sequence[Row], x: Axis | None, y: Axis) -> tuple[list[Series], str]:
        """The rows as points, and their picture, which is empty where there is none."""
        identity = f"chart-{self.env.new_serialno('book')}"
        name, title = self.options.get("name"), self.options["title"]
        if x is None:
            series = read_bars(rows, y, self.options["name"])
            return series, bars_svg(series, y, identity, title)
        series = read_series(rows, x, y, name)
        picture = chart_svg(series, x, y, identity, title)
        return series, picture and picture + legend(series)

    def numbers(self, rows: Sequence[Row], fields: list[str], y: Axis) -> nodes.table:
        """What the picture shows, with how far each number spread."""
        figures = [row_figure(row, y) for row in rows]
        spread = any(one.rounds for one in figures)
        header = [*map(in_words, fields), in_words(y.field)]
        if spread:
            header += ["middle half", "rounds"]
        cells = []
        for row, one in zip(rows, figures, strict=True):
            value = one.text if one.measured else "not measured"  # the note says why
            line = [*(cell_text(row, field) for field in fields), value]
            if spread:
                line += [one.spread_text, str(one.rounds or "")]
            cells.append(line)
        return table(header, cells, numbers=range(len(fields), len(header)))

    def axis(self, name: str) -> Axis:
        field = self.options[name]
        label = self.options.get(f"{name}-label", in_words(field))
        return Axis(field, label, name in self.options.get("log", "").split())


def cell_text(row: Row, field: str) -> str:
    value = row_value(row, field)
    if isinstance(value, RecordedFigure):
        return value.text
    if isinstance(value, str) or unit_of(field) == "count":
        return str(value)
    return str(Figure(value, unit_of(field)))
