"""The counterpart of example_1.cpp."""

import sys

from examples_2017_09_09_12_16.process import Process
from examples_2025_03_03_15_36.print_line import print_line


def worker(number: int) -> None:
    print_line(f"worker: {number}")


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)

    processes = []
    for number in range(5):
        processes.append(Process(target=worker, args=[number]))
        processes[-1].start()

    failed = 0
    for process in processes:
        process.join()
        if process.exitcode != 0:
            failed += 1
    sys.exit(0 if failed == 0 else 1)


if __name__ == "__main__":
    main()
