"""Names for the workers of a pool, as ``top`` and the timelines show them."""

import multiprocessing
from pathlib import Path


def name_worker() -> None:
    """Call this process ``worker N``: a pool calls it in each of its workers."""
    number = multiprocessing.current_process().name.rpartition("-")[2]
    Path("/proc/self/comm").write_text(f"worker {number}")
