"""The counterpart of ex_parallelization_libraries.cpp, with Python's two executors."""

import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

from examples_2017_09_09_12_15.primes import nth_prime
from examples_2017_09_09_12_15.style_option import style_option
from examples_2017_09_09_12_15.timer import Timer
from examples_2025_03_03_15_36.print_line import print_line
from examples_2025_03_03_16_52.name_worker import name_worker

NUMBERS = (20_000, 20_001, 20_002, 20_003)


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    style = style_option("tbb", "algorithm")

    timer = Timer()
    timer.start()
    if style == "tbb":
        executor = ThreadPoolExecutor(len(NUMBERS), thread_name_prefix="worker")
    else:
        executor = ProcessPoolExecutor(len(NUMBERS), initializer=name_worker)
    with executor:
        primes = list(executor.map(nth_prime, NUMBERS))
    timer.stop()

    for n, prime in zip(NUMBERS, primes, strict=True):
        print_line(f"prime {n} is {prime}")
    print_line(timer.report())


if __name__ == "__main__":
    main()
