"""The counterpart of example_5.cpp."""

import multiprocessing
import sys
import time
from multiprocessing.managers import SyncManager
from pathlib import Path

from examples_2017_09_09_12_16.message_passing.consumers_option import consumers_option
from examples_2017_09_09_12_16.process import Process
from examples_2025_03_03_15_36.print_line import print_line


def consume(tasks, answers) -> None:
    name = multiprocessing.current_process().name
    while (task := tasks.get()) is not None:
        print_line(f"{name}: {task} * {task}")
        time.sleep(0.1)  # the time that the work takes
        answers[task] = task * task
        tasks.task_done()
    print_line(f"{name}: exiting")
    tasks.task_done()


def name_manager() -> None:
    Path("/proc/self/comm").write_text("Manager")


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    consumers = consumers_option()
    manager = SyncManager()
    manager.start(name_manager)
    answers = manager.dict()
    tasks = multiprocessing.JoinableQueue()

    print_line(f"creating {consumers} consumers")
    processes = [
        Process(name=f"Consumer-{number}", target=consume, args=(tasks, answers))
        for number in range(1, consumers + 1)
    ]
    for process in processes:
        process.start()

    for i in range(10):
        tasks.put(i)
    for _ in range(consumers):
        tasks.put(None)
    tasks.join()

    print_line(f"{'task':<5}  {'answer':>6}")
    for task, answer in sorted(answers.items()):
        print_line(f"{task} * {task}  {answer:>6}")


if __name__ == "__main__":
    main()
