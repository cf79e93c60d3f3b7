"""map_or_not: what its options do, and options that it cannot use."""

from __future__ import annotations

import re
import sys

import pytest
from built import ROOT, Built

PROGRAM = "examples_2025_03_03_17_26/map_or_not"


def command(built: Built, language: str, *options: str) -> list[object]:
    if language == "py":
        return [sys.executable, "-B", ROOT / f"{PROGRAM}.py", *options]
    return [built.programs / PROGRAM, *options]


def fibonacci(n: int) -> int:
    """By the formula for F(2k) and F(2k + 1), which the programs do not use."""

    def pair(k: int) -> tuple[int, int]:
        if k == 0:
            return 0, 1
        a, b = pair(k // 2)
        even, odd = a * (2 * b - a), a * a + b * b
        return (even, odd) if k % 2 == 0 else (odd, even + odd)

    return pair(n)[0]


@pytest.mark.parametrize("language", ["cpp", "py"])
@pytest.mark.parametrize("count", [1, 2, 100, 1001])
def test_each_chunk_size_gives_a_line(built: Built, language: str, count: int):
    options = ["--count", str(count), "--workers", "3", "--chunks", "1,7,2000"]
    result = built.run(*command(built, language, *options))
    assert (result.returncode, result.stderr) == (0, "")
    time = r"\d+\.\d{3} s"
    first, *pools, last = result.stdout.splitlines()
    assert re.fullmatch(rf"one core: +{time}", first)
    assert len(pools) == 3
    for size, line in zip((1, 7, 2000), pools, strict=True):
        found = re.fullmatch(
            rf"3 workers, chunks of {size}: +(\d+\.\d+) s, the first after (\d+\.\d+) s", line
        )
        assert found, line
        assert float(found[2]) <= float(found[1])
    digits = len(str(fibonacci(count - 1)))
    assert last == (f"{count} numbers, the last one with {digits} digits: the same each time")


@pytest.mark.parametrize("option", ["--count", "--workers", "--chunks"])
@pytest.mark.parametrize("value", ["0", "-1", "1.5", "many", "", "1000000"])
def test_an_option_that_cannot_be_is_named(built: Built, option: str, value: str):
    result = built.run(*command(built, "cpp", option, value))
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("map_or_not: ")
    assert option in result.stderr


def test_a_list_of_chunk_sizes_with_a_bad_one_is_refused(built: Built):
    result = built.run(*command(built, "cpp", "--chunks", "1,0,7"))
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    assert "--chunks" in result.stderr
