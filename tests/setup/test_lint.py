"""`.ci/lint` refuses a fault of each kind, in a small tree that it passes without."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from built import ROOT

CONFIGURATION = (".clang-format", ".clang-tidy", ".editorconfig", ".gersemirc", "pyproject.toml")
FILES = {
    "CMakeLists.txt": """\
cmake_minimum_required(VERSION 3.25)
project(small LANGUAGES CXX)
add_library(one STATIC recorder/one.cpp)
target_compile_features(one PRIVATE cxx_std_20)
target_compile_options(one PRIVATE -Wall -Wextra)
target_include_directories(one PRIVATE "${PROJECT_SOURCE_DIR}")
""",
    "recorder/one.hpp": "#pragma once\n\nint one();\n",
    "recorder/one.cpp": '#include "recorder/one.hpp"\n\nint one() {\n  return 1;\n}\n',
    "docs/record_all/one.py": "def one() -> int:\n    return 1\n",
    "one.sh": '#!/bin/sh\necho "$1"\n',
}


def build_with_tools() -> Path | None:
    """The build folder in which `.ci/lint` has installed its tools."""
    builds = [Path(os.environ.get("BOOK_PROGRAMS", ROOT / "build/book")).parent, ROOT / "build"]
    return next((build for build in builds if (build / "lint_venv/bin/python3").exists()), None)


BUILD = build_with_tools()
pytestmark = pytest.mark.skipif(BUILD is None, reason=".ci/lint has not installed its tools")


@dataclass
class Tree:
    """A small tree that passes, and its build folder."""

    root: Path
    build: Path

    def lint(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", self.root / ".ci/lint", "--build", self.build, *words],
            capture_output=True,
            text=True,
        )

    @contextmanager
    def changed(self, file: str, text: str) -> Iterator[None]:
        """The tree while a file, which may be new, has another text."""
        path = self.root / file
        before = path.read_text() if path.exists() else None
        path.write_text(text)
        yield
        if before is None:
            path.unlink()
        else:
            path.write_text(before)

    def commit(self) -> None:
        git = ["git", "-C", self.root, "-c", "user.name=t", "-c", "user.email=t@example.org"]
        subprocess.run([*git, "init", "--quiet", "--initial-branch=main"], check=True)
        subprocess.run([*git, "add", "--all"], check=True)
        subprocess.run([*git, "commit", "--quiet", "--no-gpg-sign", "--message=x"], check=True)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    assert BUILD is not None
    made = Tree(tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("build"))
    shutil.copytree(ROOT / ".ci", made.root / ".ci")
    for name in CONFIGURATION:
        shutil.copy(ROOT / name, made.root)
    for name, text in FILES.items():
        path = made.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for name in ("venv", "lint_venv"):
        (made.build / name).symlink_to(BUILD / name)
    return made


def test_what_has_no_fault_passes_and_is_not_checked_twice(tree: Tree):
    first = tree.lint()
    assert (first.returncode, "FOUND" in first.stdout) == (0, False), first.stdout
    again = tree.lint("clang-tidy")
    assert re.fullmatch(r"clang-tidy +ok .* 1 files, 0 of them now\n", again.stdout)


@pytest.mark.parametrize(
    ("check", "file", "text", "said"),
    [
        ("clang-format", "recorder/one.cpp", "int  one() { return 1; }\n", "one.cpp:1:4"),
        ("gersemi", "CMakeLists.txt", "PROJECT( small )\n", "+project(small)"),
        ("ruff-format", "docs/record_all/one.py", "one = '1'\n", '+one = "1"'),
        ("ruff", "docs/record_all/one.py", "import os\n", "F401"),
        ("mypy", "docs/record_all/one.py", 'one: int = "1"\n', "[assignment]"),
        ("shellcheck", "one.sh", "#!/bin/sh\necho $1\n", "SC2086"),
        ("shellcheck", "one", "#!/usr/bin/env -S sh\necho $1\n", "SC2086"),
        ("codespell", "README.md", "Read teh book.\n", "teh ==> the"),  # codespell:ignore teh
        ("lines", "README.md", "Ends with \n", "README.md:1: ends with white space"),
        ("lines", "README.md", "Ends with\r\n", "README.md:1: ends with CR LF, not LF"),
        ("lines", "README.md", "A\ttab\n", "README.md:1: has a tab"),
        ("lines", "README.md", "No end", "README.md:1: the last line has no end"),
        (
            "clang-tidy",
            "recorder/one.cpp",
            "#include <cstdlib>\nint one() { return std::atoi(nullptr); }\n",
            "[bugprone-unchecked-string-to-number-conversion",
        ),
        (
            "clang-tidy",
            "recorder/one.hpp",
            "#pragma once\n\nint one();\nclass lower {};\n",
            "[readability-identifier-naming",
        ),
        (
            "clang-tidy",
            "recorder/one.cpp",
            "int one() { int two; return 1; }\n",
            "[clang-diagnostic-unused-variable",
        ),
    ],
)
def test_a_fault_is_refused(tree: Tree, check: str, file: str, text: str, said: str):
    with tree.changed(file, text):
        found = tree.lint(check)
    assert found.returncode == 1, found.stdout
    assert re.match(rf"{check} +FOUND ", found.stdout)
    assert said in found.stdout
    assert tree.lint(check).returncode == 0


def test_a_fault_is_remembered(tree: Tree):
    with tree.changed("recorder/one.cpp", "int one() { int two; return 1; }\n"):
        found = [tree.lint("clang-tidy") for _ in range(2)]
    assert [one.returncode for one in found] == [1, 1]
    assert " 1 of them now" in found[0].stdout
    assert " 0 of them now" in found[1].stdout
    assert found[0].stdout.splitlines()[1:] == found[1].stdout.splitlines()[1:]


def test_only_what_has_changed_is_checked_where_that_is_asked(tree: Tree):
    tree.commit()
    with tree.changed("recorder/one.cpp", "int one() { int three; return 1; }\n"):
        tree.commit()
        with tree.changed("README.md", "Another file.\n"):
            tree.commit()
            left = tree.lint("--changed", "clang-tidy")
            assert left.returncode == 0
            assert "0 of them now; 1 left to `.ci/lint`" in left.stdout
        assert tree.lint("--changed", "clang-tidy").returncode == 0
    with tree.changed("recorder/one.hpp", "#pragma once\n\nint one();\nclass lower {};\n"):
        found = tree.lint("--changed", "clang-tidy")
        assert found.returncode == 1
        assert "class 'lower'" in found.stdout


def test_the_formatters_mend(tree: Tree):
    with tree.changed("docs/record_all/one.py", "import os\none = '1'\n"):
        assert tree.lint("--fix", "ruff", "ruff-format").returncode == 0
        assert (tree.root / "docs/record_all/one.py").read_text() == 'one = "1"\n'


# ---- The workflow -------------------------------------------------------------------

WORKFLOW = (ROOT / ".github/workflows/ci.yml").read_text()


def test_the_token_can_do_nothing_but_what_a_job_asks_for():
    assert re.search(r"^permissions: \{\}$", WORKFLOW, re.MULTILINE)


def test_actions_are_pinned_by_commit():
    used = re.findall(r"uses: (.*)", WORKFLOW)
    assert used
    for action in used:
        assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40}  # v[\d.]+", action)


def test_each_job_has_a_time_limit():
    jobs = re.findall(
        r"^  \w+:\n(?:    .*\n|\n)+", WORKFLOW.partition("\njobs:\n")[2], re.MULTILINE
    )
    assert len(jobs) >= 7
    assert [job.splitlines()[0] for job in jobs if "timeout-minutes: " not in job] == []
