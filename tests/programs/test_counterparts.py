"""How a reader runs the Python counterparts: as modules, in the root of the project."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from built import ROOT, Built

KEY = "examples_2025_03_03_16_52/3_1_two_processes"


def without_path() -> dict[str, str]:
    """The environment of a reader who has set nothing."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def test_a_module_is_run_in_the_root(built: Built):
    words = [sys.executable, "-B", "-m", KEY.replace("/", ".")]
    result = built.run(*words, cwd=ROOT, env=without_path())
    assert (result.returncode, result.stderr) == (0, "")
    assert "the program finished after" in result.stdout


def test_a_file_that_is_run_without_the_root_says_which_module_it_lacks(built: Built):
    result = built.run(sys.executable, "-B", ROOT / f"{KEY}.py", cwd=ROOT, env=without_path())
    assert (result.returncode, result.stdout) == (1, "")
    last = result.stderr.splitlines()[-1]
    assert last == "ModuleNotFoundError: No module named 'examples_2017_09_09_12_16'"


# A reader's own program, which uses the book's modules.
PROGRAM = """\
import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor

from examples_2025_03_03_15_36.do_something import do_something


def twice(number):
    return 2 * number


if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        print(list(pool.map(twice, [1, 2])), list(pool.map(do_something, [0, 0])))
"""


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
@pytest.mark.parametrize("way", ["module", "file"])
def test_workers_find_functions_of_a_module_whose_name_begins_with_a_digit(
    built: Built, tmp_path: Path, method: str, way: str
):
    (tmp_path / "own").mkdir()
    (tmp_path / "own/3_6_own.py").write_text(PROGRAM)
    (tmp_path / "examples_2025_03_03_15_36").symlink_to(ROOT / "examples_2025_03_03_15_36")
    words, environment = ["-m", "own.3_6_own"], without_path()
    if way == "file":  # as the recorder runs it
        words, environment["PYTHONPATH"] = [tmp_path / "own/3_6_own.py"], str(tmp_path)
    result = built.run(sys.executable, "-B", *words, method, cwd=tmp_path, env=environment)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.endswith("[2, 4] ['slept for 0 second(s)', 'slept for 0 second(s)']\n")
