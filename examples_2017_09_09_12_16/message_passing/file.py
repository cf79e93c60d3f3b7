"""The counterpart of file.cpp."""

import os
import sys
import tempfile
import time

from examples_2017_09_09_12_16.message_passing.measure_messages import SIZE, measure_messages


class File:
    def __init__(self) -> None:
        self.file = tempfile.TemporaryFile()
        self.position = 0

    def open_to_send(self) -> None:
        pass

    def open_to_receive(self) -> None:
        pass

    def send(self, message: bytes) -> None:
        self.position += os.pwrite(self.file.fileno(), message, self.position)

    def receive(self) -> bytes:
        limit = time.monotonic() + 60
        while len(message := os.pread(self.file.fileno(), SIZE, self.position)) < SIZE:
            if time.monotonic() > limit:
                raise RuntimeError("the other process has sent nothing for a minute")
            time.sleep(50e-6)
        self.position += SIZE
        return message


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    measure_messages(File)


if __name__ == "__main__":
    main()
