"""The files that a Python program is made of."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import small_book  # noqa: F401  # the way to the driver's modules
from built import ROOT, the_book
from imports import UntraceableImport, imported_files, own_directories


def files_of(program: Path, root: Path) -> set[str]:
    found = imported_files(program, root, own_directories())
    return {str(file.relative_to(root.resolve())) for file in found}


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


# Names the files of ours that the interpreter has loaded, once a program has been run.
SAYS_LOADED = """
import sys as _sys
print("\\n".join(m.__file__ for m in list(_sys.modules.values()) if getattr(m, "__file__", None)))
"""


@pytest.mark.parametrize(
    ("program", "imported"),
    [
        ("", []),
        ("import math, os.path\nfrom json import dumps\nimport pytest", []),
        ("try:\n  import not_there\nexcept ImportError: pass", []),
        ("import first.one", ["first/one.py"]),
        ("from first.one import name", ["first/one.py"]),
        ("from first import one", ["first/one.py"]),
        ("import first.two", ["first/one.py", "first/two.py"]),
        ("if True:\n  try:\n    import first.one\n  except ImportError: pass", ["first/one.py"]),
        ("def main():\n  import first.one\nmain()", ["first/one.py"]),
        ("import importlib\nimportlib.import_module('first.3_one')", ["first/3_one.py"]),
        ("import first", []),  # a folder alone
        ("from first.more.deep import name", ["first/more/deep.py", "second/own.py"]),
        ("import one", ["one.py"]),  # of the root, though a folder has one of the name
        ("import own", ["second/own.py"]),  # beside the program
        ("import both", ["second/both.py"]),  # what is beside the program is before the root's
        ("import colorsys", ["colorsys.py"]),  # the root's is before the standard library's
        ("import sys", []),  # which are within the interpreter, are not
        ("import package", ["package/__init__.py"]),
        ("import package.part", ["package/__init__.py", "package/part.py", "package/base.py"]),
        ("from package import part", ["package/__init__.py", "package/part.py", "package/base.py"]),
        ("from package import name", ["package/__init__.py"]),
    ],
)
def test_imports_are_found_as_the_interpreter_finds_them(
    tmp_path: Path, program: str, imported: list[str]
):
    write(
        tmp_path,
        {
            "second/program.py": program + SAYS_LOADED,
            "second/own.py": "",
            "second/both.py": "",
            "both.py": "",
            "one.py": "",
            "colorsys.py": "",
            "sys.py": "",
            "first/one.py": "name = 1\n",
            "first/two.py": "import first.one\n",
            "first/3_one.py": "",
            "first/more/deep.py": "import second.own\nname = 1\n",
            "package/__init__.py": "name = 1\n",
            "package/part.py": "from . import base\n",
            "package/base.py": "",
        },
    )
    wanted = {"second/program.py", *imported}
    assert files_of(tmp_path / "second/program.py", tmp_path) == wanted
    # So it is in the interpreter.
    result = subprocess.run(
        [sys.executable, "-B", tmp_path / "second/program.py"],
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    root = tmp_path.resolve()
    loaded = {Path(line).resolve() for line in result.stdout.splitlines()}
    assert {str(f.relative_to(root)) for f in loaded if f.is_relative_to(root)} == wanted


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("name = 'one'\n__import__(name)", "a module's name is computed"),
        ("import sys\nsys.path.append('first')", "sys.path is used"),
        ("import os\nfrom sys import path", "sys.path is used"),
    ],
)
def test_what_cannot_be_told_is_refused(tmp_path: Path, program: str, why: str):
    write(tmp_path, {"program.py": program})
    with pytest.raises(UntraceableImport, match=why) as caught:
        imported_files(tmp_path / "program.py", tmp_path, own_directories())
    assert "program.py:2: " in str(caught.value)


# Imports a counterpart without running its main, and names the files that were loaded.
LOADED = """\
import runpy, sys
sys.path[0] = sys.argv[1].rpartition("/")[0]
runpy.run_path(sys.argv[1], run_name="loaded")
print("\\n".join(m.__file__ for m in list(sys.modules.values()) if getattr(m, "__file__", None)))
"""


def test_the_counterparts_import_what_the_interpreter_loads():
    folders = [f"{ROOT}/{folder}/" for folder in the_book().folders]
    counterparts = [ROOT / f"{p.key}.py" for p in the_book().programs if p.has_counterpart]
    assert len(counterparts) > 50
    missed = {}
    for counterpart in counterparts:
        command = [sys.executable, "-B", "-c", LOADED, str(counterpart)]
        result = subprocess.run(
            command,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
        loaded = {
            str(Path(line).resolve().relative_to(ROOT))
            for line in result.stdout.splitlines()
            if line.startswith(tuple(folders))
        }
        told = files_of(counterpart, ROOT)
        assert str(counterpart.relative_to(ROOT)) in told
        if loaded - told:
            missed[str(counterpart)] = loaded - told
    assert missed == {}
