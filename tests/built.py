"""The programs of the book, and the build that is tested."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# A test, and what it starts, finds the packages of this Python and the modules of the book
# by their path from its root, and no others that the reader's variables name.
for variable in [name for name in os.environ if name.startswith("PYTHON")]:
    del os.environ[variable]
os.environ["PYTHONPATH"] = str(ROOT)
sys.path.append(str(ROOT))

# How many seconds a test waits for what comes in any case: longer than the busiest machine
# takes, so that only what hangs meets it.
PATIENCE = 600


@dataclass(frozen=True)
class Program:
    """A program of the book, as its folder's CMakeLists.txt adds it."""

    key: str
    takes_options: bool
    has_counterpart: bool

    @property
    def folder(self) -> str:
        return self.key.rpartition("/")[0]


def programs_of(root: Path) -> list[Program]:
    """All programs of the book, in reading order."""
    return [
        Program(f"{folder}/{name}", "TAKES_OPTIONS" in rest, "NO_COUNTERPART" not in rest)
        for folder in folders_of(root)
        for name, rest in re.findall(
            r"^add_program\(([^\s)]+)([^)]*)\)",
            (root / folder / "CMakeLists.txt").read_text(),
            re.M,
        )
    ]


def folders_of(root: Path) -> list[str]:
    """The folders of programs, in reading order."""
    text = (root / "CMakeLists.txt").read_text()
    return re.findall(r"^ *add_subdirectory\((examples_\w+)\)", text, re.M)


@dataclass(frozen=True)
class Built:
    """The build that is tested."""

    recorder: str
    programs: Path

    def run(self, *command: object, **options: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(word) for word in command],
            **{
                "capture_output": True,
                "text": True,
                "stdin": subprocess.DEVNULL,
                "timeout": PATIENCE,
            }
            | options,
        )

    def recorder_on(
        self, command: str, source: Path | str, *more: object, root: Path = ROOT
    ) -> subprocess.CompletedProcess[str]:
        """Run the recorder on a program's source."""
        where = ["--root", root, "--programs", self.programs, "--python", sys.executable]
        return self.run(self.recorder, command, root / source, *where, *more)
