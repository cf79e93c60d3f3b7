"""A small book whose recordings are made by a stand-in for the recorder."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from built import ROOT

DRIVER = ROOT / "docs/record_all"
sys.path.insert(0, str(DRIVER))

# Writes the recording that it is told to, does what the file `<name>.does` says, and
# keeps a line of when it began and ended.
STAND_IN = """\
import os, pathlib, sys, time
log = pathlib.Path(__file__).parent / "log"
name, output = sys.argv[1], pathlib.Path(sys.argv[-1])

def say(what):
    with log.open("a") as file:
        file.write(f"{what} {name}\\n")

say("begin")
does = pathlib.Path(__file__).parent / f"{name}.does"
if does.exists():
    exec(does.read_text())
output.write_text('{"recording": "' + name + '"}')
say("end")
"""

# Completes a recording that the other has made.
COMPLETES = """\
import pathlib, sys
root = pathlib.Path(__file__).parent
name, output = sys.argv[1], pathlib.Path(sys.argv[-1])
made = output.read_text()
with (root / "log").open("a") as file:
    file.write(f"complete {name}\\n")
does = root / f"{name}.completes"
if does.exists():
    exec(does.read_text())
output.write_text(made.replace("}", ', "complete": true}'))
"""

FACTS = {
    "cores": 2,
    "kernel": "Linux 6.1",
    "commit": "abc",
    "libraries": [],
    "memory_bytes": 8 << 30,
}


class Book:
    """The small book, and what is done with it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.build = root / "build"
        self.recordings = self.build / "recordings"
        self.log = root / "log"
        self.jobs: list[dict[str, Any]] = []
        self.recordings.mkdir(parents=True)
        (root / "docs").mkdir()
        (root / "docs/requirements.txt").write_text("numpy==1\n")
        (root / "recorder.py").write_text(STAND_IN)
        (root / "completes.py").write_text(COMPLETES)
        self.describe(**FACTS)

    def describe(self, **facts: Any) -> None:
        (self.recordings / "machine.json").write_text(json.dumps(facts))

    def add(self, name: str, does: str = "", only_sleeps: bool = False, **more: Any) -> None:
        """Add a recording, of an executable that is made for it."""
        (self.build / name).parent.mkdir(parents=True, exist_ok=True)
        (self.build / name).write_text(f"the program {name}")
        self.does(name, does)
        command = ["{python}", "-B", "{root}/recorder.py", name]
        job = {"name": name, "command": command, "files": [f"{{build}}/{name}"]}
        if only_sleeps:
            job["complete"] = ["{python}", "-B", "{root}/completes.py", name]
        self.jobs.append(job | more)

    def does(self, name: str, code: str) -> None:
        (self.root / f"{name}.does").write_text(code)

    def command(self) -> list[str]:
        listed = {
            "root": str(self.root),
            "build": str(self.build),
            "python": sys.executable,
            "recorder": "recorder",
            "recordings": self.jobs,
        }
        (self.root / "programs.json").write_text(json.dumps(listed))
        return [sys.executable, "-I", "-B", str(DRIVER), str(self.root / "programs.json")]

    def record(self, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run the driver to its end."""
        self.log.unlink(missing_ok=True)
        return subprocess.run(
            self.command(),
            **{"capture_output": True, "text": True, "stdin": subprocess.DEVNULL} | options,
        )

    def recorded(self) -> list[str]:
        """Record what is outdated, and say what that was."""
        result = self.record()
        assert (result.returncode, result.stderr) == (0, "")
        return sorted(what for how, what in self.events() if how == "end")

    def events(self) -> list[tuple[str, str]]:
        if not self.log.exists():
            return []
        events = (line.split(maxsplit=1) for line in self.log.read_text().splitlines())
        return [(how, what) for how, what in events]

    def files(self) -> set[str]:
        """The recordings that are there, and what else should not be."""
        found = {str(f.relative_to(self.recordings)) for f in self.recordings.rglob("*")}
        return found - {".lock", ".made", "machine.json"}
