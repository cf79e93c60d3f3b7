"""Programs that have CPython inside: it is the system's, whatever the environment says."""

from __future__ import annotations

from pathlib import Path

import pytest
from built import ROOT, Built, programs_of

EMBED = [
    program
    for program in programs_of(ROOT)
    if "embedded_python.hpp" in (ROOT / f"{program.key}.cpp").read_text()
]


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    """A directory with a ``python3`` that is none, and modules that hide the right ones."""
    command = tmp_path / "bin" / "python3"
    command.parent.mkdir()
    command.write_text("#!/bin/sh\nexit 1\n")
    command.chmod(0o755)
    (tmp_path / "lib").mkdir()
    for module in ("threading", "encodings", "sitecustomize"):
        (tmp_path / "lib" / f"{module}.py").write_text("raise SystemExit('a foreign module')\n")
    return tmp_path


@pytest.mark.parametrize("program", EMBED, ids=lambda program: program.key)
def test_the_environment_does_not_change_the_interpreter(
    built: Built, program, foreign: Path
):
    lib = foreign / "lib"
    for variables in (
        {"PYTHONHOME": str(foreign)},
        {"PYTHONPATH": str(lib)},
        {"PATH": str(foreign / "bin")},
        {},
    ):
        result = built.run(built.programs / program.key, env=variables, cwd=lib, timeout=60)
        assert (result.returncode, result.stderr) == (0, ""), variables


def test_there_are_such_programs():
    assert len(EMBED) == 3
