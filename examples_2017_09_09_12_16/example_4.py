"""The counterpart of example_4.cpp."""

import multiprocessing
import sys
import time
from collections.abc import Callable

from examples_2017_09_09_12_16.process import Process
from examples_2025_03_03_15_36.print_line import print_line


def sleep_long() -> None:
    time.sleep(60)


def print_life(moment: str, process: Process) -> None:
    description = repr(process)
    print_line(f"{moment:<11} {description} {str(process.is_alive()).lower()}")


def live() -> None:
    process = Process(target=sleep_long)
    print_life("before:", process)

    process.start()
    print_life("during:", process)

    time.sleep(0.1)  # long enough to be seen on the timeline
    process.terminate()
    print_life("terminated:", process)

    process.join()
    print_life("joined:", process)


def return_nothing() -> None:
    pass


def return_1() -> int:
    return 1


def exit_1() -> None:
    sys.exit(1)


def raise_exception() -> None:
    try:
        raise RuntimeError("there was an error")
    except RuntimeError as error:
        # Left alone, it gives exit code 1, too, and prints a traceback of many lines.
        name = multiprocessing.current_process().name
        sys.exit(f"{name}: {type(error).__name__}: {error}")


def end_in_five_ways() -> None:
    processes = []

    def add(name: str, function: Callable[[], object]) -> None:
        processes.append(Process(name=name, target=function))
        processes[-1].start()

    add("return nothing", return_nothing)
    add("return 1", return_1)
    add("exit 1", exit_1)
    add("an exception", raise_exception)
    add("terminated", sleep_long)
    time.sleep(0.1)
    processes[-1].terminate()

    for process in processes:
        process.join()
    print_line(f"{'ended by':<14}  {'exit code':>9}")
    for process in processes:
        print_line(f"{process.name:<14}  {process.exitcode:>9}")


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)

    live()
    end_in_five_ways()


if __name__ == "__main__":
    main()
