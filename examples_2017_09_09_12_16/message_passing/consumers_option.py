"""The command line of the programs that have consumers."""

import argparse

from examples_2017_09_09_12_16.available_cores import available_cores


def consumers_option() -> int:
    """Read the command line, which has one option, ``--consumers``."""
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--consumers",
        type=int,
        default=2 * available_cores(),
        help="Number of consumers (default: two for each core)",
    )
    return parser.parse_args().consumers
