"""The counterpart of 4_1_pictures_sequential.cpp."""

import sys
import time

import earlier_folders  # noqa: F401
from picture_directory import picture_directory, picture_options, report
from pictures import process_picture
from report_finished import report_finished


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
