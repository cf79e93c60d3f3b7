"""The counterpart of mutex.cpp: Python finds out when it has come to the call."""

import threading
from concurrent.futures import ProcessPoolExecutor


def count(mutex):
    with mutex:
        pass


if __name__ == "__main__":
    mutex = threading.Lock()
    with ProcessPoolExecutor(2) as pool:
        pool.submit(count, mutex).result()
