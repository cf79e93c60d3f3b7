"""The counterpart of example_2.cpp."""

import multiprocessing
import sys
import time

from examples_2017_09_09_12_16.process import Process
from examples_2025_03_03_15_36.print_line import print_line


def print_row(state: str, name: str) -> None:
    print_line(f"{state:<8}  {name}")


def work(duration: float) -> None:
    name = multiprocessing.current_process().name
    print_row("starting", name)
    time.sleep(duration)
    print_row("exiting", name)


def work_quickly() -> None:
    work(2)


def work_slowly() -> None:
    work(4)


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)

    first = Process(name="work_quickly 1", target=work_quickly)
    second = Process(name="work_quickly 2", target=work_quickly)
    third = Process(target=work_slowly)

    print_row("state", "name")
    first.start()
    second.start()
    third.start()


if __name__ == "__main__":
    main()
