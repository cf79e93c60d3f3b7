"""The directives that put programs, runs and costs on pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .chart import Chart
from .cost import Cost
from .listing import Listing
from .machine import Machine
from .program_index import ProgramIndex
from .recorded_run import RecordedRun
from .recorded_text import RecordedText
from .recorder_cost import RecorderCost

if TYPE_CHECKING:
    from sphinx.application import Sphinx

    from .base import BookDirective


def setup(app: Sphinx) -> None:
    made: dict[str, type[BookDirective]] = {
        "listing": Listing,
        "recorded-run": RecordedRun,
        "cost": Cost,
        "program-index": ProgramIndex,
        "machine": Machine,
        "recorded-text": RecordedText,
        "recorder-cost": RecorderCost,
        "chart": Chart,
    }
    for name, directive in made.items():
        app.add_directive(name, directive)
