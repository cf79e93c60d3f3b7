"""The counterpart of pitfall_7_repeated_noise.cpp."""

import secrets
import sys
from collections.abc import Callable

import numpy as np
import numpy.random  # a generator is made, and seeded, when this is imported

from examples_2017_09_09_12_16.process import Process
from examples_2025_03_03_15_36.print_line import print_line


def draw_from(randint: Callable, sound: int) -> None:
    number = randint(2**32, dtype=np.uint32)
    print_line(f"the noise of sound {sound} begins with {number}")


def use_the_copy(sound: int) -> None:
    draw_from(np.random.randint, sound)


def use_its_own(seed: int, sound: int) -> None:
    draw_from(np.random.default_rng([seed, sound]).integers, sound)


def in_two_processes(function: Callable, *arguments: int) -> None:
    workers = [
        Process(name=f"worker {sound}", target=function, args=[*arguments, sound])
        for sound in (1, 2)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    print_line("a generator that all processes have a copy of:")
    in_two_processes(use_the_copy)

    print_line("a generator for each sound:")
    in_two_processes(use_its_own, secrets.randbits(32))


if __name__ == "__main__":
    main()
