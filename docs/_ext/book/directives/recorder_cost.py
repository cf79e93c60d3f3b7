"""What recording a program costs it, measured on a program that only writes lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..nodes import table
from .base import BookDirective

if TYPE_CHECKING:
    from docutils import nodes


class RecorderCost(BookDirective):
    """What recording a program costs it, measured on a program that only writes lines."""

    optional_arguments = 0

    def make(self, key: str) -> list[nodes.Node]:
        costs = self.shelf.measurement("recorder")
        rows = []
        for words, name in (
            ("One line, not recorded", "line_cost_bare_seconds"),
            ("One line, recorded", "line_cost_seconds"),
            ("A thread's whole life, not recorded", "start_cost_bare_seconds"),
            ("A thread's whole life, recorded", "start_cost_seconds"),
            ("From the write to the recorder, median", "delay_median_seconds"),
            ("From the write to the recorder, at most", "delay_max_seconds"),
            ("Share of one core spent on sampling", "sampling_share"),
            ("Lines written for this", "lines"),
        ):
            figure = costs.figure(name)
            rows.append([words, figure.text, figure.spread_text])
        return [table(["Measured", "", "middle half"], rows, numbers=(1, 2))]
