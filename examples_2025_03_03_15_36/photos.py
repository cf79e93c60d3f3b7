"""The files that the closing programs fetch."""

import random


def make_photos(count: int, size: int = 100_000) -> dict[str, bytes]:
    """Make ``count`` files of ``size`` bytes each, the same ones in every run."""
    return {
        f"photo-{number:02}.jpg": random.Random(number).randbytes(size)
        for number in range(1, count + 1)
    }
