"""Where the closing programs find their pictures, and leave what they make of them."""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from examples_2017_09_09_12_16.available_cores import available_cores
from examples_2025_03_03_16_52.pictures import make_picture, write_file


def picture_options(workers: str | None = None) -> argparse.Namespace:
    """Read the command line: ``--directory``, and how many work side by side."""
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--directory",
        help="Directory of the pictures (default: a temporary directory); missing pictures are made",
    )
    if workers:
        parser.add_argument(
            workers,
            type=int,
            dest="workers",
            default=available_cores(),
            help="Number of " + workers[2:],
        )
    return parser.parse_args()


@contextmanager
def picture_directory(given: str | None) -> Iterator[list[Path]]:
    """Make the pictures that are missing, in a temporary directory if none was given."""
    if given is None:
        with tempfile.TemporaryDirectory(prefix="pictures-") as temporary:
            yield made_in(Path(temporary))
    else:
        yield made_in(Path(given))


def made_in(directory: Path) -> list[Path]:
    (directory / "processed").mkdir(parents=True, exist_ok=True)
    pictures = [directory / f"picture-{number:02}.jpg" for number in range(1, 13)]
    for number, path in enumerate(pictures, 1):
        if not path.exists():
            write_file(path, make_picture(number))
    return pictures


def report(failure: str) -> None:
    """Print to standard error what went wrong with a picture."""
    sys.stderr.write(f"{Path(sys.argv[0]).stem}: {failure}\n")
