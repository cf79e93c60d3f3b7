"""The counterpart of event.cpp."""

import sys
import threading
import time
from concurrent.futures import Future

from examples_2025_03_03_15_36.print_line import print_line
from examples_2025_03_03_15_36.report_finished import report_finished


def multiply_after(event: threading.Event, a: int, b: int, result: Future) -> None:
    print_line("waiting for the event")
    event.wait()
    print_line(f"the event has come: multiplying {a} and {b}")
    result.set_result(a * b)


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    start = time.perf_counter()

    event = threading.Event()
    result = Future()
    worker = threading.Thread(target=multiply_after, args=(event, 6, 7, result), name="worker")
    worker.start()

    time.sleep(0.5)  # the work that the other waits for
    print_line("setting the event")
    event.set()
    print_line(f"the result is {result.result()}")
    worker.join()

    report_finished(start)


if __name__ == "__main__":
    main()
