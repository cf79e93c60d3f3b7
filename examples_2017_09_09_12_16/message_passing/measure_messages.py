"""What one message costs, and how many a second there can be."""

import time

from examples_2017_09_09_12_16.process import Process
from examples_2025_03_03_15_36.print_line import print_line

ONE_BY_ONE = 2_000
MANY = 20_000
SIZE = 1024


def make_message(number: int) -> bytes:
    """Make a message of 1024 bytes, which has the same number in all its elements."""
    return number.to_bytes(4, "little") * (SIZE // 4)


def check_message(message: bytes, number: int) -> None:
    """Raise an exception if a message is not the one expected."""
    if message != make_message(number):
        raise RuntimeError("a message did not arrive as it was sent")


def measure_messages(channel_type) -> None:
    """Send messages to another process and back, check all, and print two times."""
    there, back = channel_type(), channel_type()

    def answer() -> None:
        there.open_to_receive()
        back.open_to_send()
        for _ in range(ONE_BY_ONE):
            back.send(there.receive())
        for i in range(MANY):
            check_message(there.receive(), i)
        back.send(make_message(MANY))

    other = Process(name="other", target=answer)
    other.start()
    there.open_to_send()
    back.open_to_receive()

    start = time.perf_counter()
    for i in range(ONE_BY_ONE):
        there.send(make_message(i))
        check_message(back.receive(), i)
    between = time.perf_counter()
    for i in range(MANY):
        there.send(make_message(i))
    check_message(back.receive(), MANY)
    end = time.perf_counter()

    one = (between - start) / (2 * ONE_BY_ONE) * 1e6
    print_line(f"one message, there or back:  {one:.1f} µs")
    print_line(f"one of many, sent in a row:  {(end - between) / MANY * 1e6:.1f} µs")
    print_line("all arrived as they were sent")
    other.join()
