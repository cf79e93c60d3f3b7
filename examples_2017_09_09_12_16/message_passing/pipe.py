"""The counterpart of pipe.cpp."""

import multiprocessing
import sys

from examples_2017_09_09_12_16.message_passing.measure_messages import measure_messages


class Pipe:
    def __init__(self) -> None:
        self.reader, self.writer = multiprocessing.Pipe(duplex=False)

    def open_to_send(self) -> None:
        self.reader.close()

    def open_to_receive(self) -> None:
        self.writer.close()

    def send(self, message: bytes) -> None:
        self.writer.send_bytes(message)

    def receive(self) -> bytes:
        return self.reader.recv_bytes()


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    measure_messages(Pipe)


if __name__ == "__main__":
    main()
