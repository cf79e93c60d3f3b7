"""Programs that have CPython inside: it is the system's, whatever the environment says."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from built import ROOT, Built, the_book

EMBED = [
    program
    for program in the_book().programs
    if "embedded_python.hpp" in (ROOT / f"{program.key}.cpp").read_text()
]


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    """A Python of another place, whose modules are of no use."""
    command = tmp_path / "bin" / "python3"
    command.parent.mkdir()
    command.write_text("#!/bin/sh\nexit 1\n")
    command.chmod(0o755)
    lib = library(tmp_path)
    (lib / "lib-dynload").mkdir(parents=True)
    for module in ("os", "threading", "encodings", "sitecustomize"):
        (lib / f"{module}.py").write_text("raise SystemExit('a foreign module')\n")
    return tmp_path


def library(place: Path) -> Path:
    """Where a Python looks for its library: the tests run on the same version."""
    return place / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}"


@pytest.mark.parametrize("program", EMBED, ids=lambda program: program.key)
def test_the_environment_does_not_change_the_interpreter(built: Built, program, foreign: Path):
    lib = library(foreign)
    for variables in (
        {"PYTHONHOME": str(foreign)},
        {"PYTHONPATH": str(lib)},
        {"PATH": str(foreign / "bin")},
        {},
    ):
        result = built.run(built.programs / program.key, env=variables, cwd=lib)
        assert (result.returncode, result.stderr) == (0, ""), variables


def test_it_opens_files_in_any_path_and_locale(built: Built, tmp_path: Path):
    code = "examples_2025_03_03_17_26/gil/collatz.py"
    root = tmp_path / "Käfer"
    (root / code).parent.mkdir(parents=True)
    (root / code).write_text((ROOT / code).read_text())
    measurement = built.programs / "measurements/gil_benchmark"
    words = ("--root", root, "--programs", built.programs, "--python", sys.executable)
    for locale in ("C", "C.UTF-8", "de_DE.UTF-8"):
        variables = {"PATH": os.environ["PATH"], "LC_ALL": locale}
        result = built.run(measurement, *words, "--form", "trial", env=variables)
        assert (result.returncode, result.stderr) == (0, ""), locale


def test_there_are_such_programs():
    assert len(EMBED) == 3
