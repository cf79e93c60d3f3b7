"""The counterpart of 4_3_pictures_tbb.cpp, with a pool of threads."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor

from examples_2025_03_03_15_36.report_finished import report_finished
from examples_2025_03_03_16_52.picture_directory import picture_directory, picture_options, report
from examples_2025_03_03_16_52.pictures import process_picture


def main() -> int:
    sys.stdout.reconfigure(line_buffering=True)
    options = picture_options("--threads")
    with (
        picture_directory(options.directory) as pictures,
        ThreadPoolExecutor(options.workers, thread_name_prefix="worker") as pool,
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
