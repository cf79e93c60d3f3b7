"""The counterpart of 4_2_pictures_processes.cpp."""

import signal
import sys
import time
from concurrent.futures import ProcessPoolExecutor

from examples_2025_03_03_15_36.report_finished import report_finished
from examples_2025_03_03_16_52.name_worker import name_worker
from examples_2025_03_03_16_52.picture_directory import picture_directory, picture_options, report
from examples_2025_03_03_16_52.pictures import process_picture


def start_worker() -> None:
    name_worker()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is left to the main process


def main() -> int:
    sys.stdout.reconfigure(line_buffering=True)
    options = picture_options("--processes")
    with (
        picture_directory(options.directory) as pictures,
        ProcessPoolExecutor(options.workers, initializer=start_worker) as pool,
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
