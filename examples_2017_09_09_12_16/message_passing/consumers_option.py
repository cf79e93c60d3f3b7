"""The command line of the programs that have consumers."""

import argparse
import multiprocessing


def consumers_option() -> int:
    """Read the command line, which has one option, ``--consumers``."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--consumers", type=int, default=2 * multiprocessing.cpu_count())
    return parser.parse_args().consumers
