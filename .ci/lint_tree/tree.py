"""The files that the gate checks, and how a tool is run on them."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

# What is made, and never ours: a folder of such a name, or with such a file in it.
MADE = {".git", ".cache", ".mypy_cache", ".pytest_cache", ".ruff_cache", "__pycache__", "build"}
MADE_BY = ("CMakeCache.txt", "pyvenv.cfg")

# No tool needs so long for what it is given at once; this ends one that hangs.
TIMEOUT = 1200  # seconds


@dataclass(frozen=True)
class Result:
    """What a check found: `findings` is empty where all is well; `note` is for people."""

    findings: str = ""
    note: str = ""


@dataclass(frozen=True)
class Tree:
    """A source tree, and the build folder, where the tools keep what they need again."""

    root: Path
    build: Path

    @cached_property
    def files(self) -> list[Path]:
        """All files of the tree, tracked or not, but no symbolic links and nothing made."""
        found: list[Path] = []
        for folder, below, names in os.walk(self.root):
            below[:] = sorted(name for name in below if not self._is_made(Path(folder, name)))
            found += (Path(folder, name) for name in sorted(names))
        return [path for path in found if path.is_file() and not path.is_symlink()]

    def _is_made(self, folder: Path) -> bool:
        made_by = (folder / name for name in MADE_BY)
        return folder.name in MADE or folder == self.build or any(map(Path.exists, made_by))

    def ending(self, *endings: str) -> list[Path]:
        """The files whose names end with one of these."""
        return [path for path in self.files if path.name.endswith(endings)]

    def cache(self, name: str) -> Path:
        """The folder in which a check keeps what it found before."""
        return self.build / "lint_cache" / name

    def run(
        self, tool: str, *arguments: object, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Runs a tool of the gate's own environment in this tree, and takes what it says.

        Whether it failed is for the caller to judge. Raises subprocess.TimeoutExpired.
        """
        return subprocess.run(
            [str(Path(sys.executable).with_name(tool)), *map(str, arguments)],
            cwd=self.root,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )

    def refusal(self, tool: str, *arguments: object, **environment: str) -> str:
        """What a tool says when it fails; empty where it succeeds."""
        done = self.run(tool, *arguments, **environment)
        if done.returncode == 0:
            return ""
        said = (done.stdout + done.stderr).strip()
        return said or f"{tool} ended with {done.returncode}"
