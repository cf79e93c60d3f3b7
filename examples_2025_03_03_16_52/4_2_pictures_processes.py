"""The counterpart of 4_2_pictures_processes.cpp."""

import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from picture_directory import picture_directory, picture_options, report
from pictures import process_picture
from report_finished import report_finished


def name_worker(numbers) -> None:
    """Give the process the name that the C++ program's workers have."""
    with numbers.get_lock():
        numbers.value += 1
        Path("/proc/self/comm").write_text(f"worker {numbers.value}")


def main() -> int:
    sys.stdout.reconfigure(line_buffering=True)
    options = picture_options("--processes")
    with (
        picture_directory(options.directory) as pictures,
        ProcessPoolExecutor(
            options.workers,
            initializer=name_worker,
            initargs=(multiprocessing.Value("i"),),
        ) as pool,
    ):
        start = time.perf_counter()

        failed = 0
        for failure in pool.map(process_picture, pictures):
            if failure:
                report(failure)
                failed = 1

        report_finished(start)
    return failed


if __name__ == "__main__":
    sys.exit(main())
