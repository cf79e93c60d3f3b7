"""Reads the recordings that the build made of each program's run."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from .errors import REBUILD, BookError, MissingFile

Language = Literal["cpp", "py"]
SCHEMA = 1
LANGUAGES: dict[str, Language] = {"cpp": "cpp", "c++": "cpp", "py": "py", "python": "py"}
NAMES: dict[Language, str] = {"cpp": "C++", "py": "Python"}


@dataclass(frozen=True)
class PrintedNumber:
    """A number that a line printed, by its place in the line's text."""

    begin: int
    end: int
    value: float
    at_least: float


@dataclass(frozen=True)
class Line:
    time: float
    stream: str
    text: str
    thread: int | None  # index in the run's threads
    lanes: tuple[str, ...] | None  # None: in all lanes
    measured: tuple[PrintedNumber, ...]


@dataclass(frozen=True)
class Span:
    """A stretch in which a thread was on a core, or waited for one."""

    begin: float
    end: float
    cpu: float
    runnable: float


@dataclass(frozen=True)
class Thread:
    pid: int
    tid: int
    name: str
    program: str
    start: float
    end: float
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Run:
    exit_status: int | None  # None: ended by a signal
    signal: int
    timed_out: bool
    wall: float
    cpu: float
    memory: int
    writers_known: bool
    writers_note: str
    lines: tuple[Line, ...]
    threads: tuple[Thread, ...]

    @property
    def sleeps(self) -> float | None:
        """The least time that a last line "the program finished after ~…" allows, if any."""
        if self.reported is not None and "finished after" in self.lines[-1].text:
            return self.lines[-1].measured[-1].at_least or None
        return None

    @property
    def reported(self) -> float | None:
        """The last measured number that the program printed in its last line."""
        if self.lines and self.lines[-1].measured:
            return self.lines[-1].measured[-1].value
        return None


@dataclass(frozen=True)
class Transcript:
    command: str
    arguments: tuple[str, ...]
    written: tuple[str, ...]
    lanes: tuple[str, ...]
    run: Run
    terminal_runs: int
    pipe_runs: int
    orders_seen: int
    orders_allowed: int | None  # None: too many to count

    @property
    def runs(self) -> int:
        return self.terminal_runs + self.pipe_runs

    @property
    def command_line(self) -> str:
        return shlex.join((self.command, *self.arguments))


@dataclass(frozen=True)
class Recording:
    path: Path
    key: str
    language: Language
    transcripts: tuple[Transcript, ...]

    def transcript(self, number: int) -> Transcript:
        if not 1 <= number <= len(self.transcripts):
            raise BookError(
                f"{self.path} has {len(self.transcripts)} transcript(s), none numbered {number}"
            )
        return self.transcripts[number - 1]


def recording_path(folder: Path, key: str, language: Language) -> Path:
    return folder / f"{key}.{language}.json"


def read_recording(folder: Path, key: str, language: Language) -> Recording:
    path = recording_path(folder, key, language)
    data = read_json(path, f"the recording of {key} in {NAMES[language]}")
    if data.get("schema") != SCHEMA:
        raise BookError(
            f"{path} has schema {data.get('schema')}, not {SCHEMA}. To make it anew, run: {REBUILD}"
        )
    try:
        transcripts = tuple(_transcript(item) for item in data["transcripts"])
    except (KeyError, TypeError, ValueError) as error:
        raise BookError(
            f"{path} lacks a figure ({type(error).__name__}: {error}). "
            f"To make it anew, run: {REBUILD}"
        ) from None
    if not transcripts:
        raise BookError(f"{path} holds no transcript. To make it anew, run: {REBUILD}")
    return Recording(path, key, language, transcripts)


def read_json(path: Path, what: str) -> Mapping[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise MissingFile(what, path) from None
    except ValueError as error:
        raise BookError(f"{path} is not JSON ({error}). To make it anew, run: {REBUILD}") from None
    if not isinstance(data, dict):
        raise BookError(f"{path} holds no JSON object. To make it anew, run: {REBUILD}")
    return data


def _transcript(data: Mapping[str, Any]) -> Transcript:
    runs = data["runs"]
    allowed = runs["orders_allowed"]
    return Transcript(
        command=data["command"],
        arguments=tuple(data["arguments"]),
        written=tuple(data["written"]),
        lanes=tuple(data["lanes"]),
        run=_run(data["run"]),
        terminal_runs=runs["terminal"],
        pipe_runs=runs["pipe"],
        orders_seen=runs["orders_seen"],
        orders_allowed=None if allowed is None else int(allowed),
    )


def _run(data: Mapping[str, Any]) -> Run:
    return Run(
        exit_status=data["exit_status"],
        signal=data["signal"],
        timed_out=data["timed_out"],
        wall=float(data["wall_seconds"]),
        cpu=float(data["cpu_seconds"]),
        memory=int(data["peak_memory_bytes"]),
        writers_known=data["writers_known"],
        writers_note=data["writers_note"],
        lines=tuple(_line(line) for line in data["lines"]),
        threads=tuple(_thread(thread) for thread in data["threads"]),
    )


def _line(data: Mapping[str, Any]) -> Line:
    text: str = data["text"]
    lanes = data["lanes"]
    return Line(
        time=float(data["time"]),
        stream=data["stream"],
        text=text,
        thread=data["thread"],
        lanes=None if lanes is None else tuple(lanes),
        measured=tuple(_printed_number(item, text) for item in data["measured"]),
    )


def _printed_number(data: Mapping[str, Any], text: str) -> PrintedNumber:
    # The recorder counts bytes, Python counts characters.
    encoded = text.encode()
    begin = len(encoded[: data["begin"]].decode(errors="replace"))
    end = len(encoded[: data["end"]].decode(errors="replace"))
    return PrintedNumber(begin, end, float(data["value"]), float(data["at_least"]))


def _thread(data: Mapping[str, Any]) -> Thread:
    return Thread(
        pid=data["pid"],
        tid=data["tid"],
        name=data["name"],
        program=data["program"],
        start=float(data["start"]),
        end=float(data["end"]),
        spans=tuple(Span(*map(float, span[:4])) for span in data["spans"]),
    )
