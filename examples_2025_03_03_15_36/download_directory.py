"""Where the closing programs save what they fetch."""

import argparse
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


def directory_option() -> str | None:
    """Read the command line, which has one option, ``--directory``."""
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--directory", help="Directory to save the files in (default: a temporary directory)"
    )
    return parser.parse_args().directory


@contextmanager
def download_directory(given: str | None) -> Iterator[Path]:
    """Make the directory that was given, or else a temporary one for the while."""
    if given is None:
        with tempfile.TemporaryDirectory(prefix="downloads-") as temporary:
            yield Path(temporary)
    else:
        Path(given).mkdir(parents=True, exist_ok=True)
        yield Path(given)


def save(path: Path, content: bytes) -> None:
    """Save a file under another name first, and rename it when it is whole."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_bytes(content)
        os.replace(part, path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def compare(directory: Path, files: Mapping[str, bytes]) -> None:
    """Raise an exception if a file is not, byte for byte, what it should be."""
    for name, content in files.items():
        if (directory / name).read_bytes() != content:
            raise RuntimeError(f"{directory / name} is not what was served")
