"""The counterpart of 5_1_sleeping_processes.cpp."""

import os
import sys
import time

from examples_2017_09_09_12_16.process import Process
from examples_2026_11_22_10_00.sleepers import Sleepers


def sleep(arrived: int, length: float) -> None:
    os.write(arrived, b"x")
    time.sleep(length)


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    sleepers = Sleepers("processes")
    arrivals, arrived = os.pipe()
    processes = [
        Process(name="sleeper", daemon=True, target=sleep, args=(arrived, sleepers.length_of(i)))
        for i in range(sleepers.tasks)
    ]
    for process in processes:
        process.start()
    os.close(arrived)
    asleep = 0
    while asleep < sleepers.tasks and (some := os.read(arrivals, 65536)):
        asleep += len(some)
    sleepers.created(asleep - sum(not process.is_alive() for process in processes))

    for process in processes:
        process.join()
    sleepers.woken(sum(process.exitcode == 0 for process in processes))


if __name__ == "__main__":
    main()
