"""What one run of each language's program cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..nodes import table
from ..run_figures import run_figure
from .base import MACHINE_PAGE, BookDirective, command_paragraph

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docutils import nodes

    from ..recording import Recording, Transcript


class Cost(BookDirective):
    """What one run of each language's program cost."""

    def make(self, key: str) -> list[nodes.Node]:
        recordings = [self.shelf.recording(key, name) for name in self.shelf.languages(key)]
        header = ["Measured", *("CPython" if one.language == "py" else "C++" for one in recordings)]
        made: list[nodes.Node] = []
        count = len(recordings[0].transcripts)
        for number in range(1, count + 1):
            runs = [(recording, recording.transcript(number)) for recording in recordings]
            if count > 1:
                made.append(command_paragraph(runs[0][1]))
            made.append(table(header, list(self.rows(runs)), numbers=range(1, len(header))))
        made += self.parse_text(
            f"One run of each, measured by this build; processor, compiler and flags are on "
            f"{MACHINE_PAGE}.",
            "book-note",
        )
        return made

    def rows(self, runs: Sequence[tuple[Recording, Transcript]]) -> list[list[str]]:
        wanted = {"wall": "wall time", "overshoot": "time beyond the sleeps"}
        processes = max(len({thread.pid for thread in one.run.threads}) for _, one in runs)
        memory = "peak memory" if processes <= 1 else "peak memory of its largest process"
        wanted |= {"cpu": "CPU time", "memory": memory}
        if all(transcript.run.sleeps is None for _, transcript in runs):
            del wanted["overshoot"]
        return [
            [words, *(str(run_figure(recording, one, name)) for recording, one in runs)]
            for name, words in wanted.items()
        ]
