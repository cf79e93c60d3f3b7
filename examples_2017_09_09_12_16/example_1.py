"""The counterpart of example_1.cpp."""

import sys

import earlier_folders  # noqa: F401
from print_line import print_line
from process import Process


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
