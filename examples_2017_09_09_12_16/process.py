"""The standard library's process, with its name where the system shows it."""

import multiprocessing
from pathlib import Path


class Process(multiprocessing.get_context("fork").Process):
    """A process that starts as a copy of its parent, and that ``top`` shows by its name."""

    def run(self) -> None:
        Path("/proc/self/comm").write_text(self.name[:15])
        super().run()
