"""A book of one program, with recordings as the recorder writes them."""

from __future__ import annotations

import copy
import json
import re
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from sphinx.application import Sphinx

DOCS = Path(__file__).resolve().parents[2] / "docs"
sys.path.insert(0, str(DOCS / "_ext"))

KEY = "examples_1/two_calls"
MACHINE_PAGE = "how_this_book_checks_itself"

SOURCE = """\
/*
Two calls

Two calls run ``side by side``. A second sentence says
more.

Another paragraph.

Ports: file_1.py, of the tutorial

    $ examples_1/two_calls --fast
    a| hello from a

    b| hello from b
       finished after ~1.50 second(s)

    $ examples_1/two_calls
       nothing
*/
#include <fmt/core.h>

#include "examples_1/greet.hpp"

int main() { greet(); }
"""

COUNTERPART = '''\
"""The counterpart of two_calls.cpp."""

from examples_1.greet import greet

greet()
'''

PAGE = """\
Two calls
=========

.. listing::

.. recorded-run::

.. cost::
"""


def line(time: float, text: str, thread: int | None, lanes: list[str] | None) -> dict[str, Any]:
    return {
        "time": time,
        "stream": "terminal",
        "text": text,
        "thread": thread,
        "event": 0,
        "lanes": lanes,
        "measured": [],
    }


def thread(pid: int, tid: int, name: str, start: float = 0.0) -> dict[str, Any]:
    return {
        "pid": pid,
        "tid": tid,
        "parent": 0,
        "name": name,
        "program": "two_calls",
        "start": start,
        "end": 1.5,
        "cpu_seconds": 0.001,
        "runnable_seconds": 0.0,
        "spans": [[start, start + 0.001, 0.001, 0.0]],
    }


def transcript() -> dict[str, Any]:
    last = line(1.502, "dönë: finished after 1.50 second(s)", 0, None)
    begin = len("dönë: finished after ".encode())
    last["measured"] = [
        {"begin": begin, "end": begin + 4, "value": 1.5, "at_least": 1.5, "below": 3.0}
    ]
    return {
        "command": KEY,
        "arguments": ["--fast"],
        "written": [f"$ {KEY} --fast", "a| hello from a", "b| hello from b"],
        "lanes": ["a", "b"],
        "specification": [],
        "run": {
            "exit_status": 0,
            "signal": 0,
            "timed_out": False,
            "terminal": True,
            "wall_seconds": 1.503,
            "cpu_seconds": 0.0021,
            "user_seconds": 0.001,
            "system_seconds": 0.0011,
            "peak_memory_bytes": 4_000_000,
            "writers_known": True,
            "writers_note": "",
            "lines": [
                line(0.001, "hello from a <&>", 1, ["a"]),
                line(0.002, "hello from b", 2, ["b"]),
                last,
            ],
            "threads": [
                thread(7, 7, "two_calls"),
                thread(7, 8, "worker 1", 0.001),
                thread(7, 9, "two_calls", 0.002),
            ],
            "left_behind": [],
        },
        "runs": {
            "terminal": 20,
            "pipe": 20,
            "late": 0,
            "orders_seen": 2,
            "orders_allowed": "2",
        },
    }


def recording(language: str) -> dict[str, Any]:
    return {
        "schema": 1,
        "program": KEY,
        "language": language,
        "source": f"{KEY}.{'cpp' if language == 'C++' else 'py'}",
        "recorded_at": "2026-11-22T10:20:30Z",
        "transcripts": [transcript()],
    }


def measurement(figures: dict[str, Any], **tables: Any) -> str:
    """What a measurement records; figures that are no objects are facts."""
    cells = {
        name: figure if isinstance(figure, dict) else {"value": figure}
        for name, figure in figures.items()
    }
    data = {
        "schema": 2,
        "measurement": "some",
        "form": "short",
        "recorded_at": "2026-11-28T15:00:00Z",
        "busy_share": None,
        "figures": cells,
        "tables": tables,
    }
    return json.dumps(data)


class Book:
    """Where a test's book stands, and how it is built."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.config: dict[str, Any] = {}
        self.docs = root / "docs"
        self.recordings = root / "recordings"
        self.write(f"{KEY}.cpp", SOURCE)
        self.write(f"{KEY}.py", COUNTERPART)
        self.write("examples_1/greet.hpp", "/// Greets.\n#pragma once\nvoid greet();\n")
        self.write("examples_1/greet.cpp", '#include "examples_1/greet.hpp"\nvoid greet() {}\n')
        self.write("examples_1/greet.py", "def greet():\n    pass\n")
        cpp, python = recording("C++"), recording("Python")
        run = python["transcripts"][0]["run"]
        run["peak_memory_bytes"] = 13_600_000
        self.record("cpp", cpp)
        self.record("py", python)
        self.write("docs/index.rst", f"Book\n====\n\n.. toctree::\n\n   {KEY}\n   {MACHINE_PAGE}\n")
        self.write(f"docs/{MACHINE_PAGE}.rst", "Checks\n======\n\nText.\n")
        self.write(f"docs/{KEY}.rst", PAGE)
        self.list_programs(KEY)

    def write(self, path: str, text: str) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def list_programs(self, *keys: str, counterpart: bool = True) -> None:
        """The programs.json that CMake writes, as far as the site reads it."""
        programs = [{"key": key, "counterpart": counterpart} for key in keys]
        self.write("programs.json", json.dumps({"programs": programs}))

    def record(self, language: str, data: dict[str, Any]) -> None:
        self.write(f"recordings/{KEY}.{language}.json", json.dumps(data))

    def build(self, builder: str = "html", **config: Any) -> Path:
        self.app(builder, **config).build()
        return self.root / "out" / builder

    def said(self, builder: str = "html") -> str:
        """What the build prints."""
        said = StringIO()
        self.app(builder, said).build()
        return re.sub(r"\x1b\[[\d;]*m", "", said.getvalue())

    def app(
        self,
        builder: str = "html",
        status: StringIO | None = None,
        parallel: int = 0,
        **config: Any,
    ) -> Sphinx:
        return Sphinx(
            srcdir=self.docs,
            confdir=None,
            outdir=self.root / "out" / builder,
            doctreedir=self.root / "doctrees",
            buildername=builder,
            confoverrides={
                "extensions": ["book", "sphinx_design"],
                "book_root": str(self.root),
                "book_programs": str(self.root / "programs.json"),
                "book_recordings": str(self.recordings),
                **self.config,
                **config,
            },
            status=status,
            parallel=parallel,
            warning=None,
        )

    def page(self, builder: str = "html") -> str:
        ending = {"html": "html", "text": "txt"}[builder]
        return (self.build(builder) / f"{KEY}.{ending}").read_text(encoding="utf-8")


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path)


@pytest.fixture
def data() -> dict[str, Any]:
    return copy.deepcopy(recording("C++"))
