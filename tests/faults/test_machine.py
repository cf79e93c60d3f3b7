"""The machine's facts, wherever the source tree lies and whoever it belongs to."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from built import Built

needs_git = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")

Facts = dict[str, Any]


@pytest.fixture
def facts(built: Built, tmp_path: Path) -> Callable[..., Facts]:
    """Asks for the facts of a machine with a source tree."""

    def ask(root: Path, *before: object, **environment: str) -> Facts:
        output = tmp_path / "facts" / "machine.json"
        command = [built.recorder, "machine", "--root", root, "--python", sys.executable]
        result = built.run(
            *before, *command, "--output", output, env=os.environ | environment, cwd=tmp_path
        )
        assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
        return json.loads(output.read_text())

    return ask


def git(*command: str, at: Path) -> str:
    who = ["-c", "user.name=A Tester", "-c", "user.email=tester@example.org"]
    return subprocess.run(
        ["git", *who, *command], cwd=at, check=True, capture_output=True, text=True
    ).stdout.strip()


def repository(at: Path) -> Path:
    at.mkdir()
    git("init", "-q", at=at)
    (at / "file").write_text("one\n")
    git("add", "file", at=at)
    git("commit", "-qm", "One", at=at)
    return at


# Also the paths that a shell would take for something else.
NAMES = ["plain", "with blanks", "ümläut", "it's", 'a "quote"', "a'; touch PWNED; '", "$(x)", "-C"]


@needs_git
@pytest.mark.parametrize("name", NAMES)
def test_the_commit_of_a_repository(facts: Callable[..., Facts], tmp_path: Path, name: str):
    root = repository(tmp_path / name)
    told = facts(root)
    assert told["commit"] == git("rev-parse", "--short", "HEAD", at=root)
    assert (told["commit_note"], told["commit_modified"]) == (None, False)
    (root / "file").write_text("two\n")
    assert facts(root)["commit_modified"] is True
    assert not list(tmp_path.rglob("PWNED"))


@needs_git
def test_a_tree_within_another_repository_has_no_commit(
    facts: Callable[..., Facts], tmp_path: Path
):
    root = repository(tmp_path / "outer") / "inner"
    root.mkdir()
    told = facts(root)
    assert (told["commit"], told["commit_modified"]) == (None, None)
    assert told["commit_note"] == "the source tree is no git repository"
    # Not even where it has something that looks like one.
    (root / ".git").mkdir()
    assert facts(root)["commit"] is None
    assert facts(root)["commit_note"] == "the source tree is no git repository of its own"


@needs_git
def test_a_repository_without_a_commit(facts: Callable[..., Facts], tmp_path: Path):
    git("init", "-q", str(tmp_path / "new"), at=tmp_path)
    told = facts(tmp_path / "new")
    assert (told["commit"], told["commit_note"]) == (None, "the repository has no commit yet")


@needs_git
def test_a_broken_repository_is_told(facts: Callable[..., Facts], tmp_path: Path):
    root = tmp_path / "broken"
    root.mkdir()
    (root / ".git").write_text("nothing that git knows\n")
    told = facts(root)
    assert told["commit"] is None
    assert told["commit_note"].startswith("git does not tell it: ")


@needs_git
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")
def test_the_commit_of_another_users_repository(facts: Callable[..., Facts], tmp_path: Path):
    root = repository(tmp_path / "theirs")
    commit = git("rev-parse", "--short", "HEAD", at=root)
    for path in (root, *root.rglob("*")):
        os.chown(path, 65534, 65534)
    assert facts(root)["commit"] == commit


@needs_git
def test_the_commit_where_the_environment_names_another_repository(
    facts: Callable[..., Facts], tmp_path: Path
):
    root, other = repository(tmp_path / "own"), repository(tmp_path / "other")
    git("commit", "-qm", "Two", "--allow-empty", at=other)
    told = facts(root, GIT_DIR=str(other / ".git"), LANGUAGE="de", LC_ALL="de_DE.UTF-8")
    assert told["commit"] == git("rev-parse", "--short", "HEAD", at=root)


@needs_git
def test_nothing_is_run_or_written_in_the_repository(facts: Callable[..., Facts], tmp_path: Path):
    root = repository(tmp_path / "own")
    hook = tmp_path / "hook"
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/was-run\n")
    hook.chmod(0o755)
    git("config", "core.fsmonitor", str(hook), at=root)
    os.utime(root / "file")  # git would write down that it looked at it
    index = (root / ".git/index").read_bytes()
    facts(root)
    assert not (tmp_path / "was-run").exists()
    assert (root / ".git/index").read_bytes() == index


def test_a_machine_without_git(facts: Callable[..., Facts], tmp_path: Path):
    root = tmp_path / "tree"
    (root / ".git").mkdir(parents=True)
    told = facts(root, PATH=str(tmp_path))
    assert (told["commit"], told["commit_note"]) == (None, "git is not installed")


def test_a_relative_root(built: Built, tmp_path: Path):
    (tmp_path / "tree").mkdir()
    output = tmp_path / "machine.json"
    where = ["--root", "tree", "--python", sys.executable, "--output", output]
    result = built.run(built.recorder, "machine", *where, cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert json.loads(output.read_text())["commit"] is None


def test_cores_are_those_that_may_be_used(facts: Callable[..., Facts], tmp_path: Path):
    told = facts(tmp_path, "taskset", "-c", min(os.sched_getaffinity(0)))
    assert told["cores"] == 1
    assert told["cores_online"] == os.sysconf("SC_NPROCESSORS_ONLN")
    assert told["cpu_quota"] is None or told["cpu_quota"] > 0


def test_what_cores_share_is_known(facts: Callable[..., Facts], tmp_path: Path):
    told = facts(tmp_path)
    flags = {
        flag
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("flags")
        for flag in line.split()
    }
    assert told["virtual_machine"] == ("hypervisor" in flags)
    assert isinstance(told["cores_are_threads"], bool)


def test_pythons_environment_does_not_change_its_packages(
    facts: Callable[..., Facts], tmp_path: Path
):
    fake = tmp_path / "numpy-99.dist-info"
    fake.mkdir()
    (fake / "METADATA").write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 99\n")
    told = facts(tmp_path, PYTHONPATH=str(tmp_path), PYTHONHOME="/nowhere")
    versions = {one["name"]: one["version"] for one in told["libraries"]}
    assert versions["NumPy"] not in ("", "99")
    assert all(versions.values())


def test_a_package_that_is_missing_is_said_to_be(built: Built, tmp_path: Path):
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "$@"\n')  # without site-packages
    python.chmod(0o755)
    output = tmp_path / "machine.json"
    where = ["--root", tmp_path, "--python", python, "--output", output]
    result = built.run(built.recorder, "machine", *where)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    versions = {one["name"]: one["version"] for one in json.loads(output.read_text())["libraries"]}
    assert versions["NumPy"] == "not installed"


def test_a_python_that_cannot_be_asked_is_named(built: Built, tmp_path: Path):
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho no such module >&2\nexit 1\n")
    python.chmod(0o755)
    where = ["--root", tmp_path, "--python", python, "--output", tmp_path / "machine.json"]
    result = built.run(built.recorder, "machine", *where)
    assert (result.returncode, result.stdout) == (1, "")
    assert "no such module" in result.stderr
    assert not (tmp_path / "machine.json").exists()


def test_the_recorders_own_cost_is_told_with_its_spread(built: Built, tmp_path: Path):
    output = tmp_path / "recorder.json"
    result = built.run(built.recorder, "measure", "--form", "trial", "--output", output)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    told = json.loads(output.read_text())
    assert (told["schema"], told["measurement"], told["form"]) == (2, "recorder", "trial")
    assert told["busy_share"] is None or 0 <= told["busy_share"] <= 1
    for name in ("line_cost_seconds", "start_cost_seconds", "sampling_share"):
        figure = told["figures"][name]
        assert 0 < figure["low"] <= figure["value"] <= figure["high"]
        assert figure["rounds"] == 1
    assert told["figures"]["lines"] == {"value": 2000}
