"""The counterpart of pitfall_2_what_cannot_be_sent.cpp."""

import pickle
import sys
import threading
from concurrent.futures import ProcessPoolExecutor

from examples_2025_03_03_15_36.print_line import print_line
from examples_2025_03_03_16_52.name_worker import name_worker


def same(given: object) -> object:
    return given


def send(pool: ProcessPoolExecutor, name: str, thing: object) -> None:
    try:
        back = pool.submit(same, thing).result()
    except (AttributeError, TypeError, pickle.PicklingError):
        print_line(f"{name} cannot be sent")
        return
    print_line(f"{name} comes back {'as it was' if back == thing else 'changed'}")


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    with ProcessPoolExecutor(1, initializer=name_worker) as pool:
        send(pool, "a number", 42)
        send(pool, "a list of texts", ["one", "two"])
        send(pool, "a map of numbers by name", {"one": 1})
        send(pool, "a lock", threading.Lock())
        with open("/dev/null") as file:
            send(pool, "an open file", file)
        send(pool, "a thread", threading.Thread())
        total = 0
        send(pool, "a lambda that captures", lambda x: total + x)


if __name__ == "__main__":
    main()
