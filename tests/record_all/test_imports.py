"""The files that a Python program is made of."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import small_book  # noqa: F401  # the way to the driver's modules
from built import ROOT, programs_of
from imports import UntraceableImport, imported_files, own_directories


def files_of(program: Path, root: Path) -> set[str]:
    found = imported_files(program, own_directories())
    return {str(file.relative_to(root.resolve())) for file in found}


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


ADDS_FIRST = """\
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
for _folder in ("first", "none"):
    sys.path.append(str(_ROOT / _folder))
"""


@pytest.mark.parametrize(
    ("program", "imported"),
    [
        ("", []),
        ("import math, os.path\nfrom json import dumps\nimport pytest, not_there", []),
        ("import one", ["one.py"]),
        ("from one import name", ["one.py"]),
        ("import two", ["one.py", "two.py"]),
        ("if True:\n  try:\n    import one\n  except ImportError: pass", ["one.py"]),
        ("def main():\n  import one", ["one.py"]),
        ("import importlib\nimportlib.import_module('3_one')", ["3_one.py"]),
        ("import earlier", []),
        ("import path\nimport earlier", ["path.py", "../first/earlier.py"]),
        ("import earlier\nimport path", ["path.py"]),
        ("def f():\n  import earlier\nimport path", ["path.py", "../first/earlier.py"]),
        ("import path\nimport one", ["path.py", "one.py"]),  # ours is before the first's
        ("import path\nimport random", ["path.py"]),  # the standard library's, too
        ("import package", ["package/__init__.py"]),
        ("import package.part", ["package/__init__.py", "package/part.py", "package/base.py"]),
        ("from package import part", ["package/__init__.py", "package/part.py", "package/base.py"]),
        ("from package import name", ["package/__init__.py"]),
        ("from folder.part import x", ["folder/part.py"]),
    ],
)
def test_imports_are_found_as_the_interpreter_finds_them(
    tmp_path: Path, program: str, imported: list[str]
):
    write(
        tmp_path,
        {
            "second/program.py": program,
            "second/one.py": "import two\n" if "two" not in program else "",
            "second/two.py": "import one\n",
            "second/3_one.py": "",
            "second/path.py": ADDS_FIRST,
            "second/package/__init__.py": "",
            "second/package/part.py": "from . import base\n",
            "second/package/base.py": "",
            "second/folder/part.py": "",
            "first/earlier.py": "",
            "first/one.py": "",
            "first/random.py": "",
        },
    )
    if "one.py" in imported and "two" not in program:
        imported = [*imported, "two.py"]
    wanted = {str((tmp_path / "second" / name).resolve()) for name in ["program.py", *imported]}
    found = imported_files(tmp_path / "second/program.py", own_directories())
    assert {str(file) for file in found} == wanted


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("name = 'one'\n__import__(name)", "a module's name is computed"),
        ("import sys\nsys.path.append(function())", "sys.path is changed by more than"),
    ],
)
def test_what_cannot_be_told_is_refused(tmp_path: Path, program: str, why: str):
    write(tmp_path, {"program.py": program})
    with pytest.raises(UntraceableImport, match=why) as caught:
        imported_files(tmp_path / "program.py", own_directories())
    assert "program.py:2: " in str(caught.value)


# Imports a counterpart without running its main, and names the files that were loaded.
LOADED = """\
import runpy, sys
sys.path[0] = sys.argv[1].rpartition("/")[0]
runpy.run_path(sys.argv[1], run_name="loaded")
print("\\n".join(m.__file__ for m in list(sys.modules.values()) if getattr(m, "__file__", None)))
"""


def test_the_counterparts_import_what_the_interpreter_loads():
    folders = [f"{ROOT}/{folder}/" for folder in {p.folder for p in programs_of(ROOT)}]
    counterparts = [ROOT / f"{p.key}.py" for p in programs_of(ROOT) if p.has_counterpart]
    assert len(counterparts) > 50
    missed = {}
    for counterpart in counterparts:
        command = [sys.executable, "-B", "-c", LOADED, str(counterpart)]
        result = subprocess.run(command, capture_output=True, text=True, check=True)
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
