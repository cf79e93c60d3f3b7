"""What there is to record, and what of it is outdated."""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from imports import imported_files, own_directories

# What the numbers depend on, of the machine's facts: they are recorded anew when the page
# of the machine would not describe the machine that they were recorded on.
FACTS = (
    *("processor", "cores", "cpu_quota", "kernel", "system"),
    *("compiler", "flags", "libraries", "python"),
)


class BrokenList(Exception):
    """The list of jobs, or a file that it names, can't be read."""


@dataclass(frozen=True)
class Job:
    """A recording to make.

    In its command and the names of its files, ``{root}``, ``{build}``, ``{python}`` and
    ``{recorder}`` stand for places, so that a book that is moved is not recorded anew.
    """

    name: str  # its file below recordings/, without .json
    command: tuple[str, ...]  # --output and its argument are added
    # Adds to what the command has made, whose file's name is added; each of the two may run
    # beside the same of other jobs. Empty: the command makes it all, alone.
    complete: tuple[str, ...]
    files: tuple[str, ...]  # all of their content counts
    docstrings: tuple[str, ...]  # C++ sources, of which the transcripts count
    counterparts: tuple[str, ...]  # Python programs: they and what they import count
    batches: int  # the runs of a program, one batch after the other
    seconds: float | None  # about how long it takes, where it is declared

    @property
    def commands(self) -> list[str]:
        return [*self.command, *self.complete]


@dataclass(frozen=True)
class JobList:
    """The list that CMake writes."""

    places: Mapping[str, str]
    jobs: tuple[Job, ...]

    @property
    def recordings(self) -> Path:
        return Path(self.places["build"]) / "recordings"

    def path(self, name: str) -> Path:
        return Path(self.filled(name))

    def filled(self, text: str) -> str:
        for place, path in self.places.items():
            text = text.replace(f"{{{place}}}", path)
        return text

    def output(self, job: Job) -> Path:
        return self.recordings / f"{job.name}.json"


def read_jobs(file: Path) -> JobList:
    """Read the list that CMake has written.

    :raises BrokenList: where it can't be read, or lists a recording twice.
    """
    try:
        listed = json.loads(file.read_text(encoding="utf-8"))
        places = {place: listed[place] for place in ("root", "build", "python", "recorder")}
        jobs = tuple(
            Job(
                name=job["name"],
                command=tuple(job["command"]),
                complete=tuple(job.get("complete", ())),
                files=tuple(job["files"]),
                docstrings=tuple(job.get("docstrings", ())),
                counterparts=tuple(job.get("counterparts", ())),
                batches=job.get("batches", 1),
                seconds=job.get("seconds"),
            )
            for job in listed["recordings"]
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BrokenList(f"{file}: no list of recordings: {error!r}") from error
    names = [job.name for job in jobs]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise BrokenList(f"{file}: listed twice: {', '.join(twice)}")
    return JobList(places, jobs)


# ---- What a recording was made of -------------------------------------------------------


class Digests:
    """Computes the digest of all that a recording is made of.

    :param facts: what `recorder machine` says of this machine.
    """

    def __init__(self, jobs: JobList, facts: Mapping[str, Any]) -> None:
        self.jobs = jobs
        self.facts = {name: facts.get(name) for name in FACTS}
        # Half or twice the memory is another machine; a few pages less are not.
        self.facts["memory"] = round(math.log2(facts.get("memory_bytes") or 1))
        self.outside = own_directories()

    def of(self, job: Job) -> str:
        """The digest of a job's command, inputs and machine.

        :raises BrokenList: where an input can't be read.
        """
        parts: dict[str, Any] = {"command": job.commands, "machine": self.facts}
        try:
            for name in job.files:
                parts[f"file {name}"] = digest_of(self.jobs.path(name))
            for name in job.docstrings:
                parts[f"transcripts {name}"] = transcripts_of(self.jobs.path(name))
            for file in self.modules_of(job):
                parts[f"module {os.path.relpath(file, self.root)}"] = digest_of(file)
            if job.counterparts:
                parts["interpreter"] = sys.version
                parts["packages"] = digest_of(self.root / "docs/requirements.txt")
        except (OSError, SyntaxError) as error:
            raise BrokenList(f"{job.name} can't be recorded: {error}") from error
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    @property
    def root(self) -> Path:
        return self.jobs.path("{root}").resolve()

    def modules_of(self, job: Job) -> set[Path]:
        """The counterparts that are run, and the modules of the project that they import."""
        found = (
            imported_files(self.jobs.path(name), self.root, self.outside)
            for name in job.counterparts
        )
        return set().union(*found)


@cache
def digest_of(file: Path) -> str:
    """The digest of a file's content, which is read once."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def transcripts_of(source: Path) -> str:
    """What is indented in the comment that a program begins with: the rest is prose."""
    comment = source.read_text(encoding="utf-8").partition("*/")[0]
    return "\n".join(line for line in comment.splitlines() if line.startswith(" "))


def estimate(job: Job, jobs: JobList) -> float:
    """About how many seconds a job takes that has never been run: what its transcripts say."""
    if job.seconds is not None:
        return job.seconds
    seconds = 0.0
    for name in job.docstrings:
        for transcript in re.split(r"^ *\$ ", transcripts_of(jobs.path(name)), flags=re.MULTILINE)[
            1:
        ]:
            times = [float(time) for time in re.findall(r"~(\d+\.\d+) second", transcript)]
            seconds += min(max(times, default=0.5), 60)
    return 0.5 + job.batches * (seconds + 0.3)


# ---- What was recorded ------------------------------------------------------------------


class State:
    """What each recording was made of and how long that took, in a file beside them.

    Of a recording that is being made it says nothing: should this end at any point, what
    is there is either known to be whole, or made again.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.made: dict[str, dict[str, Any]] = {}
        try:
            known = json.loads(file.read_text(encoding="utf-8"))
            if known["schema"] == 1:
                self.made = {str(name): dict(made) for name, made in known["made"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            pass  # it is no more than a memory: without it all is made again

    def is_current(self, job: Job, output: Path, digest: str) -> bool:
        made = self.made.get(job.name, {})
        try:
            return made.get("of") == digest and made.get("content") == digest_of(output)
        except OSError:
            return False

    def seconds(self, job: Job) -> float | None:
        """How long the job took the last time that it had the same command."""
        made = self.made.get(job.name, {})
        return made.get("seconds") if made.get("command") == job.commands else None

    def begin(self, job: Job) -> None:
        made = self.made.get(job.name, {})
        self.made[job.name] = {k: made[k] for k in ("command", "seconds") if k in made}
        self.write()

    def end(self, job: Job, of: str, content: str, seconds: float) -> None:
        self.made[job.name] = {
            "of": of,
            "content": content,
            "command": job.commands,
            "seconds": round(seconds, 2),
        }
        self.write()

    def keep_only(self, jobs: Iterable[Job]) -> None:
        names = {job.name for job in jobs}
        self.made = {name: made for name, made in self.made.items() if name in names}

    def write(self) -> None:
        unfinished = self.file.with_name(self.file.name + ".part")
        text = json.dumps({"schema": 1, "made": self.made}, indent=1)
        unfinished.write_text(text + "\n", encoding="utf-8")
        unfinished.replace(self.file)
