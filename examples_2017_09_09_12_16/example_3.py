"""The counterpart of example_3.cpp."""

import argparse
import multiprocessing
import os
import sys
import time

from examples_2017_09_09_12_16.process import Process
from examples_2025_03_03_15_36.print_line import print_line


def print_row(state: str) -> None:
    name = multiprocessing.current_process().name
    print_line(f"{state:<8}  {os.getpid():07}  {name}")


def work_long() -> None:
    print_row("starting")
    time.sleep(2)
    print_row("exiting")


def work_briefly() -> None:
    print_row("starting")
    print_row("exiting")


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    parser = argparse.ArgumentParser()
    parser.add_argument("--wait", action="store_true", help="Wait for the daemon, too")
    wait = parser.parse_args().wait

    print_line(f"{'state':<8}  {'pid':<7}  name")
    daemon = Process(name="daemon", target=work_long, daemon=True)
    ordinary = Process(name="ordinary", target=work_briefly)
    daemon.start()
    time.sleep(1)
    ordinary.start()

    if wait:
        print_line(f"before join, is_alive() is {str(daemon.is_alive()).lower()}")
        daemon.join()
        ordinary.join()
        print_line(f"after join, is_alive() is {str(daemon.is_alive()).lower()}")


if __name__ == "__main__":
    main()
