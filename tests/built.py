"""The programs of the book, and the build that is tested."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]

# A test, and what it starts, finds the packages of this Python and the modules of the book
# by their path from its root, and no others that the reader's variables name.
for variable in [name for name in os.environ if name.startswith("PYTHON")]:
    del os.environ[variable]
os.environ["PYTHONPATH"] = str(ROOT)
sys.path.append(str(ROOT))

# How many seconds a test waits for what comes in any case: longer than the busiest machine
# takes, so that only what hangs exceeds it.
TIMEOUT = 600


@dataclass(frozen=True)
class Program:
    """A program of the book."""

    key: str
    takes_options: bool
    has_counterpart: bool


@dataclass(frozen=True)
class ProgramList:
    """What CMake has listed in a build's ``programs.json`` (cmake/ProgramList.cmake)."""

    root: Path
    recorder: str
    rooms: list[str]  # the folders of sources: each may use what stands in those before it
    folders: list[str]  # those that have programs, in reading order
    programs: list[Program]  # in reading order
    measurements: list[str]


def read_programs(file: Path) -> ProgramList:
    """Read a list of programs.

    :raises OSError: where there is none.
    """
    listed = json.loads(file.read_text())
    return ProgramList(
        root=Path(listed["root"]),
        recorder=listed["recorder"],
        rooms=listed["rooms"],
        folders=listed["folders"],
        programs=[
            Program(program["key"], program["takes_options"], program["counterpart"])
            for program in listed["programs"]
        ],
        measurements=[measurement["name"] for measurement in listed["measurements"]],
    )


@cache
def build_folder() -> Path:
    """The build that is tested."""
    try:
        return Path(os.environ["BOOK_PROGRAMS"])
    except KeyError as variable:
        pytest.fail(f"run this by ctest, which sets {variable}")


@cache
def the_book() -> ProgramList:
    """The programs of the build that is tested."""
    return read_programs(build_folder() / "programs.json")


@dataclass(frozen=True)
class Built:
    """The build that is tested."""

    recorder: str
    programs: Path

    def run(self, *command: object, **options: Any) -> subprocess.CompletedProcess[str]:
        usual = {"capture_output": True, "stdin": subprocess.DEVNULL, "timeout": TIMEOUT}
        return subprocess.run([str(word) for word in command], text=True, **(usual | options))

    def recorder_on(
        self, command: str, source: Path | str, *more: object, root: Path = ROOT
    ) -> subprocess.CompletedProcess[str]:
        """Run the recorder on a program's source."""
        where = ["--root", root, "--programs", self.programs, "--python", sys.executable]
        return self.run(self.recorder, command, root / source, *where, *more)
