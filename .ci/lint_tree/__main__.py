"""Runs the gate: ``.ci/lint``, which starts this in the tools' own environment.

Each check prints one line, and under it what it found. Exit status: 0 where nothing was
found, 1 where something was, 2 for wrong arguments.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import checks
from clang_tidy import clang_tidy
from tree import Result, Tree

QUICK: dict[str, Callable[[Tree, bool], Result]] = {
    "clang-format": checks.clang_format,
    "gersemi": checks.gersemi,
    "ruff-format": checks.ruff_format,
    "ruff": checks.ruff,
    "mypy": checks.mypy,
    "shellcheck": checks.shellcheck,
    "codespell": checks.codespell,
    "lines": checks.lines,
}
# What can mend what it finds, in this order: ruff's changes are formatted after it.
MENDING = ("ruff", "ruff-format", "clang-format", "gersemi")


def timed(check: Callable[[], Result]) -> tuple[Result, float]:
    """What a check found, and the seconds it took."""
    start = time.monotonic()
    try:
        result = check()
    except subprocess.TimeoutExpired as error:
        result = Result(f"{error.cmd[0]} did not end within {error.timeout:.0f} s")
    return result, time.monotonic() - start


def told(name: str, found: tuple[Result, float]) -> bool:
    """Prints what a check found; whether that is nothing."""
    result, seconds = found
    verdict = "FOUND" if result.findings else "ok"
    note = f"  {result.note}" if result.note else ""
    print(f"{name:<13}{verdict:<6}{seconds:6.1f} s{note}", flush=True)
    if result.findings:
        print(result.findings, flush=True)
    return not result.findings


def arguments() -> argparse.Namespace:
    descriptions = [f"  {name:<13}{check.__doc__}" for name, check in QUICK.items()]
    parser = argparse.ArgumentParser(
        prog=".ci/lint",
        description="Checks all sources with pinned tools. The checks:\n\n"
        + "\n".join([*descriptions, f"  {'clang-tidy':<13}{clang_tidy.__doc__}"]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--root", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument(
        "--build", type=Path, default=Path("build"), metavar="FOLDER",
        help="the build folder that .ci/setup was given (default: build)",
    )  # fmt: skip
    parser.add_argument(
        "--changed", action="store_true",
        help="let clang-tidy check no more than what has changed since main",
    )  # fmt: skip
    parser.add_argument(
        "--fix", action="store_true",
        help=f"first have {', '.join(MENDING)} mend what they can",
    )  # fmt: skip
    parser.add_argument(
        "--jobs", type=int, default=len(os.sched_getaffinity(0)), metavar="N",
        help="run N at once (default: one for each core)",
    )  # fmt: skip
    parser.add_argument(
        "check", nargs="*", metavar="CHECK",
        help="only these checks (default: all)",
    )  # fmt: skip
    asked = parser.parse_args()
    for name in asked.check:
        if name not in (*QUICK, "clang-tidy"):
            parser.error(f"there is no check {name}")
    return asked


def main() -> int:
    asked = arguments()
    tree = Tree(asked.root.absolute(), asked.build.absolute())
    wanted = asked.check or [*QUICK, "clang-tidy"]
    if asked.fix:
        for name in MENDING:
            if name in wanted:
                QUICK[name](tree, True)
    quick = [name for name in QUICK if name in wanted]
    with ThreadPoolExecutor(asked.jobs) as pool:
        found = pool.map(lambda name: timed(lambda: QUICK[name](tree, False)), quick)
        passed = [told(name, result) for name, result in zip(quick, found, strict=True)]
    if "clang-tidy" in wanted:
        passed.append(
            told("clang-tidy", timed(lambda: clang_tidy(tree, asked.changed, asked.jobs)))
        )
    return 0 if all(passed) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
