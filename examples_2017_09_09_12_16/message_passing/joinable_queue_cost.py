"""The counterpart of joinable_queue_cost.cpp."""

import multiprocessing
import sys

from examples_2017_09_09_12_16.message_passing.measure_messages import measure_messages


class Queue:
    def __init__(self) -> None:
        self.queue = multiprocessing.JoinableQueue(64)

    def open_to_send(self) -> None:
        pass

    def open_to_receive(self) -> None:
        pass

    def send(self, message: bytes) -> None:
        self.queue.put(message)

    def receive(self) -> bytes:
        message = self.queue.get()
        self.queue.task_done()
        return message


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    measure_messages(Queue)


if __name__ == "__main__":
    main()
