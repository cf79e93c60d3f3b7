"""clang-tidy over all translation units, each only when something that it reads has changed.

A unit's verdict holds as long as clang-tidy, its configuration and the compile command are
the same, and each file that it read, the system's headers among them, has the same content.
What was read is what clang itself lists (-H). Verdicts are kept in one small file a unit.
"""

from __future__ import annotations

import hashlib
import json
import re
import shlex
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tree import TIMEOUT, Result, Tree

# So many files `--changed` checks at most: two minutes' work of two cores.
MAX_CHANGED = 20

# For the front end alone: g++ knows warnings that clang does not.
FRONT_END = ["-Wno-unknown-warning-option"]


class Failed(Exception):
    """clang-tidy could not be asked; the text says why."""


@dataclass
class Digests:
    """The digests of files' contents, each file read once."""

    known: dict[str, str] = field(default_factory=dict)

    def of(self, path: str | Path) -> str:
        """The digest of a file; empty for one that can't be read."""
        name = str(path)
        if name not in self.known:
            try:
                self.known[name] = hashlib.sha256(Path(name).read_bytes()).hexdigest()
            except OSError:
                self.known[name] = ""
        return self.known[name]


@dataclass(frozen=True)
class Unit:
    """A source file, and the flags that it is compiled with."""

    source: Path
    flags: list[str]


def configured(tree: Tree, digests: Digests) -> Path:
    """A build folder, configured for its compile commands alone; nothing is built in it.

    Raises Failed when CMake fails.
    """
    folder = tree.build / "lint"
    stamp = folder / "configured_for.json"
    # A file that comes or goes changes a list in one of these.
    listfiles = tree.ending("CMakeLists.txt", ".cmake", ".cmake.in")
    wanted = json.dumps({str(path): digests.of(path) for path in listfiles})
    if stamp.exists() and stamp.read_text() == wanted:
        return folder
    done = subprocess.run(
        [
            "cmake", "-S", tree.root, "-B", folder, "-G", "Ninja",
            "-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON",
            "-DBUILD_TESTING=ON", "-DBOOK_SITE=OFF", "-DBOOK_MEASUREMENTS=ON", "-DBOOK_PRECOMPILE_HEADERS=OFF",
            f"-DBOOK_PYTHON={tree.build / 'venv/bin/python3'}",
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise Failed(f"cmake failed: has `sh .ci/setup` been run?\n{done.stdout}{done.stderr}")
    stamp.write_text(wanted)
    return folder


def units_of(tree: Tree, folder: Path) -> list[Unit]:
    """The translation units that CMake knows of the tree; one that is built twice counts once."""
    units: dict[Path, Unit] = {}
    for entry in json.loads((folder / "compile_commands.json").read_text()):
        source = Path(entry["file"])
        if not source.is_relative_to(tree.root) or source.is_relative_to(tree.build):
            continue
        words = shlex.split(entry["command"])[1:]
        flags = []
        while words:
            word = words.pop(0)
            if word == "-o":
                words.pop(0)
            elif word != "-c" and word != str(source) and not word.startswith("-O"):
                flags.append(word)
        units.setdefault(source, Unit(source, flags))
    return sorted(units.values(), key=lambda unit: unit.source)


@dataclass
class Checker:
    """clang-tidy with its memory of what it found."""

    tree: Tree
    digests: Digests
    version: str

    def key(self, unit: Unit) -> str:
        """The digest of what a verdict depends on beside the files that are read."""
        configuration = [self.digests.of(path) for path in self.tree.ending(".clang-tidy")]
        parts = json.dumps([self.version, configuration, FRONT_END, unit.flags])
        return hashlib.sha256(parts.encode()).hexdigest()

    def memory(self, unit: Unit) -> Path:
        name = unit.source.relative_to(self.tree.root).as_posix().replace("/", "__")
        return self.tree.cache("clang_tidy") / f"{name}.json"

    def remembered(self, unit: Unit) -> str | None:
        """What was found in a unit; None where that is not known, or something has changed."""
        try:
            kept = json.loads(self.memory(unit).read_text())
        except (OSError, ValueError):
            return None
        if kept.get("key") != self.key(unit):
            return None
        read: dict[str, str] = kept["read"]
        if any(not digest or self.digests.of(path) != digest for path, digest in read.items()):
            return None
        return str(kept["findings"])

    def findings(self, unit: Unit) -> str:
        """What clang-tidy finds in a unit; it is kept, unless clang-tidy itself failed."""
        done = self.tree.run(
            "clang-tidy", "--quiet", unit.source, "--", *unit.flags, *FRONT_END, "-H"
        )
        if done.returncode and not done.stdout:
            errors = re.sub(r"^\.+ .*\n?", "", done.stderr, flags=re.MULTILINE)
            return f"{unit.source}: clang-tidy ended with {done.returncode}\n{errors}"
        said = done.stdout if done.returncode else ""
        read = [str(unit.source), *re.findall(r"^\.+ (.+)$", done.stderr, re.MULTILINE)]
        memory = self.memory(unit)
        memory.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(
            {
                "key": self.key(unit),
                "read": {path: self.digests.of(path) for path in read},
                "findings": said,
            }
        )
        new = memory.with_suffix(".new")
        new.write_text(text)
        new.replace(memory)
        return said


def changed_files(tree: Tree) -> list[Path] | None:
    """What differs from where the branch left main, or on main itself from the commit before.

    None where there is no history that tells.
    """

    def git(*arguments: str) -> str | None:
        done = subprocess.run(
            ["git", "-C", tree.root, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
        return None if done.returncode else done.stdout.strip()

    head = git("rev-parse", "HEAD")
    bases = (git("merge-base", "HEAD", main) for main in ("origin/main", "main"))
    base = next((base for base in bases if base and base != head), "HEAD~1")
    differing = git("diff", "--name-only", "-z", base, "--")
    if differing is None:
        return None
    new = git("ls-files", "--others", "--exclude-standard", "-z") or ""
    return [tree.root / name for name in (differing + "\0" + new).split("\0") if name]


def included_by(source: Path, root: Path) -> list[Path]:
    """The tree's own headers that a source names itself."""
    names = re.findall(r'^#include "([^"]+)"', source.read_text(), re.MULTILINE)
    return [root / name for name in names]


def touched(units: list[Unit], changed: list[Path], root: Path) -> list[Unit]:
    """The units to check for changed files: for a header, one that includes it."""
    left = set(changed)
    chosen = [unit for unit in units if unit.source in left]
    # A header is best seen from the source that has its name.
    by_name = sorted(units, key=lambda unit: unit.source.stem.removesuffix("_test"))
    for header in sorted(path for path in left if path.suffix == ".hpp" and path.exists()):
        includers = [unit for unit in by_name if header in included_by(unit.source, root)]
        same = [unit for unit in includers if unit.source.stem == header.stem]
        if includers and not any(unit in chosen for unit in includers):
            chosen.append((same or includers)[0])
    return chosen


def first_seen(findings: list[str]) -> list[str]:
    """The findings of all units, those in headers once."""
    seen = set()
    kept = []
    for text in findings:
        for finding in re.split(
            r"^(?=/[^\n]*:\d+:\d+: (?:error|warning): )", text, flags=re.MULTILINE
        ):
            head = finding.partition("\n")[0]
            if head and head not in seen:
                seen.add(head)
                kept.append(finding.rstrip())
    return kept


def clang_tidy(tree: Tree, changed_only: bool, jobs: int) -> Result:
    """C++ has nothing in it that .clang-tidy refuses, and no warning of clang's front end."""
    digests = Digests()
    try:
        units = units_of(tree, configured(tree, digests))
    except Failed as failed:
        return Result(str(failed))
    if not units:
        return Result("CMake knows of no source to check")
    version = tree.run("clang-tidy", "--version").stdout
    checker = Checker(tree, digests, version)
    known = {unit.source: checker.remembered(unit) for unit in units}
    stale = [unit for unit in units if known[unit.source] is None]
    left = ""
    if changed_only:
        changed = changed_files(tree)
        chosen = touched(stale, changed or [], tree.root)[:MAX_CHANGED]
        if len(stale) > len(chosen):
            left = f"; {len(stale) - len(chosen)} left to `.ci/lint`"
        if changed is None:
            left += ", for there is no history to tell what has changed"
        stale = chosen
    with ThreadPoolExecutor(jobs) as pool:
        found = [*filter(None, known.values()), *pool.map(checker.findings, stale)]
    return Result(
        "\n".join(first_seen(found)), f"{len(units)} files, {len(stale)} of them now{left}"
    )
