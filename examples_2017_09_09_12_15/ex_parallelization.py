"""The counterpart of ex_parallelization.cpp."""

import multiprocessing
import sys
import threading

from examples_2017_09_09_12_15.primes import nth_prime
from examples_2017_09_09_12_15.style_option import style_option
from examples_2017_09_09_12_15.timer import Timer
from examples_2017_09_09_12_16.process import Process
from examples_2025_03_03_15_36.print_line import print_line
from examples_2025_03_03_16_52.name_worker import name_worker

NUMBERS = (20_000, 20_001, 20_002, 20_003)


def print_prime(n: int, prime: int) -> None:
    print_line(f"prime {n} is {prime}")


def worker_name(n: int) -> str:
    return f"worker {n - NUMBERS[0] + 1}"


def one_after_the_other() -> None:
    for n in NUMBERS:
        print_prime(n, nth_prime(n))


def in_threads() -> None:
    def find(n: int) -> None:
        print_prime(n, nth_prime(n))

    threads = [threading.Thread(target=find, args=[n], name=worker_name(n)) for n in NUMBERS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def find_and_put(answers, n: int) -> None:
    answers.put((n, nth_prime(n)))


def in_processes() -> None:
    answers = multiprocessing.Queue()
    processes = [
        Process(target=find_and_put, args=(answers, n), name=worker_name(n)) for n in NUMBERS
    ]
    for process in processes:
        process.start()
    for _ in NUMBERS:
        print_prime(*answers.get())
    for process in processes:
        process.join()


def in_a_pool() -> None:
    with multiprocessing.Pool(len(NUMBERS), initializer=name_worker) as pool:
        for n, prime in zip(NUMBERS, pool.map(nth_prime, NUMBERS), strict=True):
            print_prime(n, prime)
        pool.close()
        pool.join()


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    style = style_option("serial", "threads", "processes", "pool")

    timer = Timer()
    timer.start()
    match style:
        case "serial":
            one_after_the_other()
        case "threads":
            in_threads()
        case "processes":
            in_processes()
        case "pool":
            in_a_pool()
    timer.stop()
    print_line(timer.report())


if __name__ == "__main__":
    main()
