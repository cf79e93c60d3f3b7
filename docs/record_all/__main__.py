"""Makes the recordings that are outdated: ``python3 -I -B docs/record_all programs.json``.

CMake lists what there is to record, and its build runs this as one step, when all that it
compiles is built. Ninja itself could run the jobs, and does not, for four reasons: it takes
times of change for changes, so a touched file or another checkout would mean minutes; it
can't tell what a Python program imports; it knows pools of a fixed size, but not "this one
alone"; and it can't say how long the rest will take.

A recording is outdated unless the digest of its command, of all that it is made of and of
this machine's facts is the one that it was made with. Programs that only sleep are recorded
several at once, as many as the cores stay idle enough for: of a group of them first the runs
that the pages show, then, when nothing can disturb those any more, all the others. Those that
compute, and all measurements, are recorded one by one while nothing else runs. Each recording
is written under another name and then renamed. So this can be interrupted at any point, by
Ctrl-C, a signal, or the end of the build; it ends what it has started, and goes on there when
it is run again.

Where one fails, the others are still made; all failures are told at the end.

Exit status: 0; 1 where a recording failed; 2 for a list that can't be read; 128 and the
signal's number after a signal.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imports import UntraceableImport
from jobs import BrokenList, Digests, Job, JobList, State, digest_of, estimate, read_jobs
from load import SECONDS_OF_A_LOOK, Load, at_once
from processes import Interrupted, Processes, Running
from progress import Estimate, Progress, duration

# A job that takes as many seconds as this hangs, whatever the machine.
TIMEOUT = 2 * 60 * 60.0


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Makes the recordings that are outdated.")
    parser.add_argument("jobs", type=Path, help="the programs.json that CMake has written")
    options = parser.parse_args(arguments)
    try:
        jobs = read_jobs(options.jobs)
        with locked(jobs.recordings / ".lock"):
            return record_outdated(jobs)
    except Interrupted as interrupted:
        print("Stopped. The next build goes on from here.", flush=True)
        return 128 + (interrupted.signal or 1)
    except (BrokenList, UntraceableImport) as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:  # a full disk, for example
        print(f"The recordings can't be made: {error}", file=sys.stderr)
        return 1


@contextlib.contextmanager
def locked(file: Path) -> Iterator[None]:
    """Keep another build of the same directory from recording at the same time."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BrokenList(
                f"Another build makes recordings in {file.parent}: wait for its end"
            ) from None
        yield


def record_outdated(jobs: JobList) -> int:
    facts_file = jobs.recordings / "machine.json"
    try:
        facts = json.loads(facts_file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BrokenList(f"{facts_file}: the machine is not described: {error}") from error

    state = State(jobs.recordings / ".made")
    state.keep_only(jobs.jobs)
    remove_unlisted(jobs)
    digests = Digests(jobs, facts)
    of = {job.name: digests.of(job) for job in jobs.jobs}
    outdated = [
        job for job in jobs.jobs if not state.is_current(job, jobs.output(job), of[job.name])
    ]
    if not outdated:
        print(f"All {len(jobs.jobs)} recordings are up to date.", flush=True)
        return 0

    recorder = Recorder(jobs, state, of, outdated, facts)
    try:
        with recorder.processes:
            failures = recorder.run()
    finally:
        shutil.rmtree(recorder.unfinished, ignore_errors=True)
    made = len(outdated) - len(failures)
    recorder.progress.say(
        f"{made} of {len(jobs.jobs)} recordings made in {duration(recorder.seconds)}, "
        f"{len(jobs.jobs) - len(outdated)} were up to date."
    )
    if failures:
        print(f"\n{len(failures)} recording(s) failed:", file=sys.stderr)
        for name, why in failures.items():
            print(f"\n--- {name}\n{why}", file=sys.stderr)
        sys.stderr.flush()
    return 1 if failures else 0


def remove_unlisted(jobs: JobList) -> None:
    """Remove the recordings of what the book has no more."""
    listed = {jobs.output(job) for job in jobs.jobs} | {jobs.recordings / "machine.json"}
    for file in list(jobs.recordings.rglob("*.json")):
        if file not in listed:
            file.unlink()
            with contextlib.suppress(OSError):
                file.parent.rmdir()


@dataclass(frozen=True)
class Step:
    """A command of a job: the one that makes its recording, or the one that completes it."""

    job: Job
    completes: bool = False

    @property
    def name(self) -> str:
        return f"{self.job.name}{' (completed)' if self.completes else ''}"

    @property
    def is_last(self) -> bool:
        return self.completes or not self.job.complete

    def share(self, seconds: float) -> float:
        """Of what the job takes, so much."""
        if not self.job.complete:
            return seconds
        first = seconds / self.job.batches
        return seconds - first if self.completes else first


class Recorder:
    """Makes recordings: those that may have others beside them, then the rest one by one."""

    def __init__(
        self,
        jobs: JobList,
        state: State,
        of: dict[str, str],
        outdated: list[Job],
        facts: dict[str, Any],
    ) -> None:
        self.jobs = jobs
        self.state = state
        self.of = of
        # No recording ends with .json before it is whole.
        self.unfinished = jobs.recordings / ".unfinished"
        shutil.rmtree(self.unfinished, ignore_errors=True)
        self.unfinished.mkdir()
        self.processes = Processes(self.unfinished)
        self.load = Load()
        self.at_once = at_once(facts)
        expected = {
            job.name: estimate(job, jobs) if (last := state.seconds(job)) is None else last
            for job in outdated
        }
        # The longest first, so that at the end none is waited for alone.
        self.beside = sorted(
            (job for job in outdated if job.complete),
            key=lambda job: expected[job.name],
            reverse=True,
        )
        self.alone = [job for job in outdated if not job.complete]
        self.steps: list[Step] = []  # of the group of jobs that is being made
        self.to_complete: list[Step] = []
        beside = [Step(job, completes) for job in self.beside for completes in (False, True)]
        self.estimate = Estimate(
            {
                step.name: step.share(expected[step.job.name])
                for step in [*beside, *map(Step, self.alone)]
            },
            {step.name for step in beside},
            self.at_once,
        )
        self.progress = Progress(sys.stdout, len(outdated))
        self.running: dict[str, tuple[Step, Running]] = {}
        self.took: dict[str, float] = {}  # of a job that is to be completed
        self.failures: dict[str, str] = {}
        self.seconds = 0.0

    def run(self) -> dict[str, str]:
        """Make them all.

        :return: why those that failed did.
        """
        began = self.progress.now()
        self.show(must=True)
        while self.steps or self.to_complete or self.beside or self.alone or self.running:
            self.start_what_can()
            self.show()
            # What is being measured is not to be disturbed by looks at the clock.
            may_start = self.steps and len(self.running) < self.at_once
            for ended in self.processes.wait(SECONDS_OF_A_LOOK if may_start else 5):
                self.take(ended)
            self.end_what_hangs()
        self.seconds = self.progress.now() - began
        return self.failures

    def show(self, must: bool = False) -> None:
        seconds = {name: one.seconds for name, (_, one) in self.running.items()}
        names = [step.job.name for step, _ in self.running.values()]
        self.progress.show(names, self.estimate.left(seconds), must)

    def start_what_can(self) -> None:
        if not self.steps and not self.running:
            self.begin_group()
        if self.steps:
            may_start = len(self.running) < self.at_once
            if may_start and (not self.running or self.load.is_low()):
                self.start(self.steps.pop(0))
                self.load.begin()
        elif self.alone and not self.running:
            self.start(Step(self.alone.pop(0)))

    def begin_group(self) -> None:
        """Complete what the group has made, or begin another one.

        The larger the group, the less is waited for its longest job, and the more is made
        anew after an interruption.
        """
        if self.to_complete:
            self.steps, self.to_complete = self.to_complete, []
            return
        size = 4 * self.at_once
        self.steps = [Step(job) for job in self.beside[:size]]
        del self.beside[:size]

    def part(self, job: Job) -> Path:
        return self.unfinished / job.name.replace("/", ".")

    def start(self, step: Step) -> None:
        job = step.job
        if step.completes:
            words = [*job.complete, str(self.part(job))]
        else:
            self.state.begin(job)
            words = [*job.command, "--output", str(self.part(job))]
        command = [self.jobs.filled(word) for word in words]
        try:
            started = self.processes.start(command)
        except (OSError, subprocess.SubprocessError) as error:
            self.fail(step, f"{command[0]} can't be started: {error}", 0.0)
            return
        self.running[step.name] = step, started

    def take(self, ended: Running) -> None:
        """Keep what a job has made, or say why it failed."""
        step = next(step for step, one in self.running.values() if one is ended)
        job = step.job
        del self.running[step.name]
        status = ended.process.returncode
        if status != 0 or not self.part(job).is_file():
            printed = "\n".join(ended.printed().splitlines()[-100:])
            how = f"ended by signal {-status}" if status < 0 else f"exit status {status}"
            self.fail(step, f"{printed}\n({how})".lstrip(), ended.seconds)
        elif step.is_last:
            self.keep(job, self.took.pop(job.name, 0.0) + ended.seconds)
            self.estimate.ended(step.name, ended.seconds)
        else:
            self.took[job.name] = ended.seconds
            self.to_complete.append(Step(job, completes=True))
            self.estimate.ended(step.name, ended.seconds)
        ended.output.close()
        if left := self.processes.kill_left_behind():
            self.progress.say(f"{job.name} left running, and was killed: {', '.join(left)}")

    def keep(self, job: Job, seconds: float) -> None:
        output = self.jobs.output(job)
        output.parent.mkdir(parents=True, exist_ok=True)
        content = digest_of(self.part(job))
        self.part(job).replace(output)
        self.state.end(job, self.of[job.name], content, seconds)
        self.progress.done += 1

    def fail(self, step: Step, why: str, seconds: float) -> None:
        job = step.job
        self.failures[job.name] = why
        self.progress.done += 1
        self.estimate.ended(step.name, seconds)
        if not step.is_last:
            self.estimate.ended(Step(job, completes=True).name, 0.0)
        self.progress.say(f"{job.name} failed; the others are still recorded.")

    def end_what_hangs(self) -> None:
        for step, one in list(self.running.values()):
            if one.seconds > TIMEOUT:
                del self.running[step.name]
                self.processes.end(one)
                self.fail(step, f"It did not end within {TIMEOUT:.0f} s.", one.seconds)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
