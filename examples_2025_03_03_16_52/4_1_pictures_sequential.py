"""The counterpart of 4_1_pictures_sequential.cpp."""

import sys
import time

from examples_2025_03_03_15_36.report_finished import report_finished
from examples_2025_03_03_16_52.picture_directory import picture_directory, picture_options, report
from examples_2025_03_03_16_52.pictures import process_picture


def main() -> int:
    sys.stdout.reconfigure(line_buffering=True)
    options = picture_options()
    with picture_directory(options.directory) as pictures:
        start = time.perf_counter()

        failed = 0
        for picture in pictures:
            if failure := process_picture(picture):
                report(failure)
                failed = 1

        report_finished(start)
    return failed


if __name__ == "__main__":
    sys.exit(main())
