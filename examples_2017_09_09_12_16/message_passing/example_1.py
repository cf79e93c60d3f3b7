"""The counterpart of example_1.cpp."""

import multiprocessing
import sys
import time

from examples_2017_09_09_12_16.message_passing.consumers_option import consumers_option
from examples_2017_09_09_12_16.process import Process
from examples_2025_03_03_15_36.print_line import print_line

TASK_COUNT = 10


def consume(tasks, answers) -> None:
    name = multiprocessing.current_process().name
    while (task := tasks.get()) is not None:
        a, b = task
        print_line(f"{name}: {a} * {b}")
        time.sleep(0.1)  # the time that the work takes
        answers.put((a, b, a * b))
        tasks.task_done()
    print_line(f"{name}: exiting")
    tasks.task_done()


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    consumers = consumers_option()
    tasks = multiprocessing.JoinableQueue()
    answers = multiprocessing.Queue()

    print_line(f"creating {consumers} consumers")
    processes = [
        Process(name=f"Consumer-{number}", target=consume, args=(tasks, answers))
        for number in range(1, consumers + 1)
    ]
    for process in processes:
        process.start()

    for i in range(TASK_COUNT):
        tasks.put((i, i))
    for _ in range(consumers):
        tasks.put(None)
    tasks.join()

    for _ in range(TASK_COUNT):
        a, b, product = answers.get()
        print_line(f"result: {a} * {b} = {product}")


if __name__ == "__main__":
    main()
