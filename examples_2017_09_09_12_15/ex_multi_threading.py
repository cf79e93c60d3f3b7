"""The counterpart of ex_multi_threading.cpp."""

import sys
import threading
import time

from examples_2017_09_09_12_15.timer import Timer
from examples_2025_03_03_15_36.print_line import print_line

NUMBERS = (2, 17, 8, 9, -1)


def print_squares(numbers) -> None:
    for number in numbers:
        time.sleep(0.2)
        print_line(f"the square of {number} is {number * number}")


def print_cubes(numbers) -> None:
    for number in numbers:
        time.sleep(0.2)
        print_line(f"the cube of {number} is {number * number * number}")


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    timer = Timer()

    print_line("one after the other")
    timer.start()
    print_squares(NUMBERS)
    print_cubes(NUMBERS)
    timer.stop()
    print_line(timer.report())

    print_line("in two threads")
    timer.restart()
    squares = threading.Thread(target=print_squares, args=[NUMBERS], name="squares")
    cubes = threading.Thread(target=print_cubes, args=[NUMBERS], name="cubes")
    squares.start()
    cubes.start()
    squares.join()
    cubes.join()
    timer.stop()
    print_line(timer.report())


if __name__ == "__main__":
    main()
