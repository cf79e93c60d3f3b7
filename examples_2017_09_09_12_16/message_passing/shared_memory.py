"""The counterpart of shared_memory.cpp."""

import mmap
import multiprocessing
import sys

from examples_2017_09_09_12_16.message_passing.measure_messages import SIZE, measure_messages

SLOTS = 64


class SharedMemory:
    def __init__(self) -> None:
        self.memory = mmap.mmap(-1, SLOTS * SIZE)
        self.slots = multiprocessing.Semaphore(SLOTS)
        self.messages = multiprocessing.Semaphore(0)
        self.at = 0

    def open_to_send(self) -> None:
        pass

    def open_to_receive(self) -> None:
        pass

    def next(self) -> slice:
        at = self.at
        self.at = (at + SIZE) % len(self.memory)
        return slice(at, at + SIZE)

    def send(self, message: bytes) -> None:
        wait(self.slots)
        self.memory[self.next()] = message
        self.messages.release()

    def receive(self) -> bytes:
        wait(self.messages)
        message = self.memory[self.next()]
        self.slots.release()
        return message


def wait(counter) -> None:
    if not counter.acquire(timeout=60):
        raise RuntimeError("the other process has done nothing for a minute")


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    measure_messages(SharedMemory)


if __name__ == "__main__":
    main()
