"""The counterpart of 5_2_sleeping_threads.cpp."""

import sys
import threading
import time

from examples_2026_11_22_10_00.sleepers import Sleepers


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    sleepers = Sleepers("threads")
    arrived = threading.Semaphore(0)
    lock = threading.Lock()
    woken = 0

    def sleep(length: float) -> None:
        nonlocal woken
        arrived.release()
        time.sleep(length)
        with lock:
            woken += 1

    threads = [
        threading.Thread(target=sleep, args=(sleepers.length_of(i),), daemon=True)
        for i in range(sleepers.tasks)
    ]
    for thread in threads:
        thread.start()
    for _ in threads:
        arrived.acquire()
    sleepers.created(sleepers.tasks - woken)

    for thread in threads:
        thread.join()
    sleepers.woken(woken)


if __name__ == "__main__":
    main()
