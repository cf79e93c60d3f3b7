"""The rules of the house: the reading order, one key a program, no number typed."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from built import ROOT, Built, Program, ProgramList, the_book

sys.path.insert(0, str(ROOT / "docs"))
import list_programs

# ---- One order ----------------------------------------------------------------------


def wrong_includes(book: ProgramList) -> list[str]:
    """Includes that the reading order does not allow, and those not by path from the root."""
    root, order = book.root, book.rooms
    wrong = []
    for place, folder in enumerate(order):
        for path in sorted((root / folder).rglob("*.[ch]pp")):
            for number, line in enumerate(path.read_text().splitlines(), 1):
                found = re.match(r'\s*#\s*include\s*(["<])([^">]+)[">]', line)
                if not found:
                    continue
                quote, name = found.groups()
                at = f"{path.relative_to(root)}:{number}: {name}"
                of = name.partition("/")[0]
                if ".." in Path(name).parts:
                    wrong.append(f"{at}: name it by its path from the root")
                elif of in order and order.index(of) > place:
                    wrong.append(f"{at}: {of} is below {folder} in CMakeLists.txt")
                elif of == "recorder" and folder.startswith("examples_"):
                    wrong.append(f"{at}: the programs stand beside the recorder, not on it")
                elif of in ("tests", "docs"):
                    wrong.append(f"{at}: {of} is for no other folder to use")
                elif of.startswith("examples_") and of not in order:
                    wrong.append(f"{at}: {of} is not in CMakeLists.txt")
                elif quote == '"' and not (root / name).is_file():
                    wrong.append(f"{at}: there is no such file")
    return wrong


def test_a_folder_includes_only_from_itself_and_from_above():
    book = the_book()
    assert book.rooms == ["program", "recorder", *book.folders, "measurements"]
    assert len(book.folders) > 5
    assert wrong_includes(book) == []


def wrong_imports(book: ProgramList) -> list[str]:
    """The same of Python: imports against the reading order, and those by another name."""
    root, order = book.root, book.rooms
    sources = {room: sorted((root / room).rglob("*.py")) for room in order}
    ours = {path.stem for paths in sources.values() for path in paths}
    wrong = []
    for place, folder in enumerate(order):
        for path in sources[folder]:
            beside = {entry.stem for entry in path.parent.iterdir() if entry != path}
            for number, name in imported(path):
                at = f"{path.relative_to(root)}:{number}: {name}"
                of = name.partition(".")[0]
                if not of or of in beside or of in ours - sys.stdlib_module_names:
                    wrong.append(f"{at}: name it by its path from the root")
                elif of in order and order.index(of) > place:
                    wrong.append(f"{at}: {of} is below {folder} in CMakeLists.txt")
                elif of in ("tests", "docs"):
                    wrong.append(f"{at}: {of} is for no other folder to use")
                elif of.startswith("examples_") and of not in order:
                    wrong.append(f"{at}: {of} is not in CMakeLists.txt")
                elif of in order and not (root / f"{name.replace('.', '/')}.py").is_file():
                    wrong.append(f"{at}: there is no such module")
    return wrong


def imported(path: Path) -> list[tuple[int, str]]:
    """What a Python file imports, and in which line; a relative name begins with a dot."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Import(names=aliases):
                found += [(node.lineno, alias.name) for alias in aliases]
            case ast.ImportFrom(module=module, level=level):
                found.append((node.lineno, "." * level + (module or "")))
            case ast.Call(
                func=ast.Attribute(attr="import_module") | ast.Name(id="import_module"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                found.append((node.lineno, name))
    return found


def test_a_folder_imports_only_from_itself_and_from_above():
    assert wrong_imports(the_book()) == []


def book_of(root: Path, folders: list[str], programs: list[Program]) -> ProgramList:
    """A small book, whose root may have more rooms than its folders of programs."""
    rooms = ["program", "recorder", *folders, "measurements"]
    return ProgramList(root, "recorder", rooms, folders, programs, [])


@pytest.fixture
def small(tmp_path: Path) -> ProgramList:
    """A root of two folders, in which the second uses the first, and all rooms beside them."""
    for name in ("program", "recorder", "examples_1", "examples_2/more", "measurements", "tests"):
        (tmp_path / name).mkdir(parents=True)
    for name, text in {
        "program/proc.hpp": "#pragma once\n",
        "recorder/run.hpp": '#include "program/proc.hpp"\n',
        "examples_1/first.cpp": '#include "examples_2/timer.hpp"\n',
        "examples_1/one.hpp": "#pragma once\n#include <vector>\n",
        "examples_1/first.py": "import threading\nfrom examples_2.timer import Timer\n",
        "examples_1/one.py": "import numpy.random\nimport examples_2.more.deep\n",
        "examples_2/timer.hpp": '#pragma once\n#include "program/proc.hpp"\n',
        "examples_2/timer.py": "class Timer: ...\n",
        "examples_2/more/deep.py": "from examples_2.timer import Timer\n",
        "measurements/figure.hpp": '#include "examples_1/one.hpp"\n',
        "tests/catch.hpp": '#include "recorder/run.hpp"\n',
    }.items():
        (tmp_path / name).write_text(text)
    return book_of(tmp_path, ["examples_2", "examples_1"], [])


def test_the_order_of_the_root_file_counts(small: ProgramList):
    assert small.rooms == ["program", "recorder", "examples_2", "examples_1", "measurements"]
    assert wrong_includes(small) == []
    assert wrong_imports(small) == []


@pytest.mark.parametrize(
    ("include", "complaint"),
    [
        ('"examples_1/one.hpp"', "examples_1 is below examples_2"),
        ("<examples_1/one.hpp>", "examples_1 is below examples_2"),
        ('"measurements/figure.hpp"', "measurements is below examples_2"),
        ('"recorder/run.hpp"', "beside the recorder"),
        ('"tests/catch.hpp"', "tests is for no other folder"),
        ('"../examples_1/one.hpp"', "by its path from the root"),
        ('"examples_2/../examples_1/one.hpp"', "by its path from the root"),
        ('"examples_3/one.hpp"', "examples_3 is not in CMakeLists.txt"),
        ('"timer.hpp"', "there is no such file"),
    ],
)
@pytest.mark.parametrize("path", ["examples_2/late.hpp", "examples_2/more/late.cpp"])
def test_an_include_against_the_order_is_found(
    small: ProgramList, path: str, include: str, complaint: str
):
    (small.root / path).write_text(f"#pragma once\n#  include {include}\n")
    (found,) = wrong_includes(small)
    assert found.startswith(f"{path}:2: ")
    assert complaint in found


@pytest.mark.parametrize(
    ("path", "include"),
    [
        ("program/late.hpp", "recorder/run.hpp"),
        ("program/late.hpp", "examples_2/timer.hpp"),
        ("recorder/late.hpp", "examples_2/timer.hpp"),
        ("recorder/late.hpp", "measurements/figure.hpp"),
    ],
)
def test_what_all_stand_on_stands_on_nothing_of_theirs(small: ProgramList, path: str, include: str):
    (small.root / path).write_text(f'#include "{include}"\n')
    (found,) = wrong_includes(small)
    assert f"is below {path.partition('/')[0]}" in found


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("import examples_1.one", "examples_1 is below examples_2"),
        ("from examples_1.one import name", "examples_1 is below examples_2"),
        ("if True: from examples_1.one import name", "examples_1 is below examples_2"),
        ("def f(): import examples_1.one", "examples_1 is below examples_2"),
        ("m = importlib.import_module('examples_1.one')", "examples_1 is below examples_2"),
        ("import measurements.figure", "measurements is below examples_2"),
        ("import tests.built", "tests is for no other folder"),
        ("from examples_3.one import name", "examples_3 is not in CMakeLists.txt"),
        ("from recorder.run import run", "there is no such module"),
        ("from examples_2.late_timer import Timer", "there is no such module"),
        ("from timer import Timer", "by its path from the root"),
        ("import os, timer", "by its path from the root"),
        ("m = importlib.import_module('timer')", "by its path from the root"),
        ("from .timer import Timer", "by its path from the root"),
        ("from . import timer", "by its path from the root"),
        ("import first", "by its path from the root"),
    ],
)
@pytest.mark.parametrize("path", ["examples_2/late.py", "examples_2/more/late.py"])
def test_an_import_against_the_order_is_found(
    small: ProgramList, path: str, line: str, complaint: str
):
    (small.root / path).write_text(f'"""A module."""\n{line}\n')
    (found,) = wrong_imports(small)
    assert found.startswith(f"{path}:2: ")
    assert complaint in found


def test_a_bare_name_that_finds_what_is_beside_is_found(small: ProgramList):
    (small.root / "examples_2/random.py").write_text("")
    (small.root / "examples_1/late.py").write_text("import random\n")  # the library's
    assert wrong_imports(small) == []
    (small.root / "examples_2/late.py").write_text("import random\nfrom more import deep\n")
    assert [text.partition(": name")[0] for text in wrong_imports(small)] == [
        "examples_2/late.py:1: random",
        "examples_2/late.py:2: more",
    ]


# ---- The machine's description names what the programs use --------------------------

# The libraries of cmake/Dependencies.cmake and of the counterparts, by the book's names.
LIBRARIES = {
    "Boost": "Boost",
    "CLI11": "CLI11",
    "PIL": "Pillow",
    "TBB": "oneTBB",
    "cereal": "cereal",
    "fmt": "{fmt}",
    "gmp": "GMP",
    "mimalloc": "mimalloc",
    "nlohmann_json": "JSON for Modern C++",
    "numpy": "NumPy",
    "opencv_imgproc": "OpenCV",
    "pybind11": "pybind11",
    "sndfile": "libsndfile",
    "soundfile": "soundfile",
    "turbojpeg": "libjpeg-turbo",
}


def libraries_of(root: Path) -> set[str]:
    """What CMake finds for the programs, and what the counterparts import."""
    found = re.findall(
        r"^(?:find_package|find_optional_(?:package|library))\((\w+)",
        (root / "cmake/Dependencies.cmake").read_text(),
        re.MULTILINE,
    )
    counterparts = sorted(root.glob("examples_*/**/*.py"))
    imported = {
        name
        for path in counterparts
        for name in re.findall(r"^\s*(?:import|from) (\w+)", path.read_text(), re.MULTILINE)
    }
    own = {path.stem for path in counterparts} | {path.parent.name for path in counterparts}
    return {*found, *imported} - {"Threads", "Python3"} - own - set(sys.stdlib_module_names)


def test_the_machine_names_each_library_with_its_version(built: Built, tmp_path: Path):
    output = tmp_path / "machine.json"
    command = [built.recorder, "machine", "--output", output, "--python", sys.executable]
    assert built.run(*command).returncode == 0
    versions = {one["name"]: one["version"] for one in json.loads(output.read_text())["libraries"]}
    assert sorted(versions) == sorted(LIBRARIES[name] for name in libraries_of(ROOT))
    for name, version in versions.items():
        assert re.match(r"\d+\.\d+", version), name
    assert versions["Pillow"] == importlib.metadata.version("pillow")


# ---- One key ------------------------------------------------------------------------


def missing_parts(book: ProgramList) -> list[str]:
    """What a program lacks, and what there is without a program."""
    root = book.root
    keys = [program.key for program in book.programs]
    missing = [f"{key} is added twice" for key in set(keys) if keys.count(key) > 1]
    for program in book.programs:
        key = program.key
        parts = (f"{key}.cpp", f"docs/{key}.rst")
        missing += [f"{path} is missing" for path in parts if not (root / path).is_file()]
        if (root / f"{key}.py").is_file() != program.has_counterpart:
            wrong = "missing" if program.has_counterpart else "not wanted"
            missing.append(f"{key}.py is {wrong}")
    for folder in book.folders:
        for path in sorted((root / folder).rglob("*.cpp")):
            key = path.relative_to(root).with_suffix("").as_posix()
            if key not in keys and re.search(r"^int main\(", path.read_text(), re.MULTILINE):
                missing.append(f"{key}.cpp: no add_program makes it")
        for path in sorted((root / "docs" / folder).rglob("*.rst")):
            key = path.relative_to(root / "docs").with_suffix("").as_posix()
            if key not in keys and path.stem != "index":
                missing.append(f"docs/{key}.rst: there is no such program")
    return missing


def outdated(book: ProgramList) -> dict[str, str]:
    """The READMEs and chapters whose lists of programs are not as CMake's."""
    keys = [program.key for program in book.programs]
    changed = list_programs.outdated(book.root, book.folders, keys)
    return {path.relative_to(book.root).as_posix(): text for path, text in changed.items()}


def test_each_program_has_its_counterpart_and_page():
    assert len(the_book().programs) > 50
    assert missing_parts(the_book()) == []


def test_each_program_stands_in_its_readme_and_its_chapter():
    assert list(outdated(the_book())) == [], "build the target `list_programs`"


def test_each_room_stands_in_the_readme_in_the_order_of_the_book():
    rows = re.findall(r"^\| \[`(\w+)`\]", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert sorted(rows) == sorted([*the_book().rooms, "docs", "tests"])
    assert [room for room in rows if room in the_book().folders] == the_book().folders


@pytest.fixture
def book(tmp_path: Path) -> ProgramList:
    """A root of two programs with all their parts."""
    files = {
        "examples_1/README.md": "# One\n\n| Program | Idea | Page |\n| --- | --- | --- |\n"
        "| `one` | x: `y` | [page](../docs/examples_1/one.rst) |\n"
        "| `more/two` | z | [page](../docs/examples_1/more/two.rst) |\n\n"
        "| File | What it is |\n| --- | --- |\n| `a.hpp` | shared |\n",
        "docs/examples_1/index.rst": "One\n===\n\n.. toctree::\n   :hidden:\n\n"
        "   one\n   more/two\n\nMore text.\n",
        "examples_1/helper.cpp": "int helper() { return 0; }\n",
    }
    keys = ["examples_1/one", "examples_1/more/two"]
    for key in keys:
        files |= {
            f"{key}.cpp": f"/*\nThe title of {key}\n\nMore.\n*/\nint main() {{}}\n",
            f"{key}.py": "",
            f"docs/{key}.rst": "",
        }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return book_of(tmp_path, ["examples_1"], [Program(key, False, True) for key in keys])


def test_a_book_that_has_all_its_parts_is_complete(book: ProgramList):
    assert missing_parts(book) == []
    assert outdated(book) == {}


@pytest.mark.parametrize(
    "name", ["examples_1/one.cpp", "examples_1/more/two.py", "docs/examples_1/more/two.rst"]
)
def test_a_missing_part_is_found(book: ProgramList, name: str):
    (book.root / name).unlink()
    assert missing_parts(book) == [f"{name} is missing"]


def test_a_counterpart_that_is_not_wanted_is_found(book: ProgramList):
    book.programs[0] = replace(book.programs[0], has_counterpart=False)
    assert missing_parts(book) == ["examples_1/one.py is not wanted"]
    (book.root / "examples_1/one.py").unlink()
    assert missing_parts(book) == []


def test_a_program_that_is_added_twice_is_found(book: ProgramList):
    book.programs.append(book.programs[0])
    assert missing_parts(book) == ["examples_1/one is added twice"]


def test_a_program_that_is_not_added_is_found(book: ProgramList):
    del book.programs[0]
    assert missing_parts(book) == [
        "examples_1/one.cpp: no add_program makes it",
        "docs/examples_1/one.rst: there is no such program",
    ]
    helper = book.root / "examples_1/helper.cpp"
    helper.write_text(helper.read_text().replace("helper()", "main()"))
    assert "examples_1/helper.cpp: no add_program makes it" in missing_parts(book)


@pytest.mark.parametrize(
    ("name", "text", "by"),
    [
        (
            "examples_1/README.md",
            "| `more/two` | z | [page](../docs/examples_1/more/two.rst) |\n",
            "",
        ),
        ("examples_1/README.md", "1/one.rst", "1/on.rst"),
        ("examples_1/README.md", "| `one` |", "| `three` |"),
        ("docs/examples_1/index.rst", "   one\n", ""),
        ("docs/examples_1/index.rst", "   one\n", "   one\n   three\n"),
        ("docs/examples_1/index.rst", "   one\n   more/two\n", "   more/two\n   one\n"),
    ],
)
def test_a_list_that_is_outdated_is_found_and_written(
    book: ProgramList, name: str, text: str, by: str
):
    path = book.root / name
    right = path.read_text()
    changed = right.replace(text, by)
    assert changed != right
    path.write_text(changed)
    assert list(outdated(book)) == [name]
    listed = {
        "root": str(book.root),
        "folders": book.folders,
        "programs": [{"key": program.key} for program in book.programs],
    }
    (book.root / "programs.json").write_text(json.dumps(listed))
    assert list_programs.main([str(book.root / "programs.json"), "--check"]) == 1
    assert path.read_text() == changed
    assert list_programs.main([str(book.root / "programs.json")]) == 0
    assert outdated(book) == {}
    # A row that was gone has the docstring's title; others say what they did.
    if "z" in text:
        right = right.replace("| z |", "| The title of examples_1/more/two |")
    if "three" in by and "README" in name:
        right = right.replace("| x: `y` |", "| The title of examples_1/one |")
    assert path.read_text() == right
    assert list_programs.main([str(book.root / "programs.json"), "--check"]) == 0


def test_a_file_without_a_list_is_named(book: ProgramList):
    (book.root / "examples_1/README.md").write_text("# One\n")
    with pytest.raises(list_programs.NoPlace, match=r"README\.md has no table of programs"):
        outdated(book)


# ---- No number is typed -------------------------------------------------------------

# Whole seconds are a program's own: what it was told to sleep.
_UNIT = r"(?:ms|µs|us|ns|milliseconds?|microseconds?|[kMG]i?B|×|times|%)"
_MEASURED = re.compile(
    rf"\b(?:\d+[.,]\d+[ \xa0]?(?:s|seconds?|{_UNIT})"
    rf"|\d+[ \xa0]?{_UNIT})(?!\w)"
)


def typed_numbers(text: str) -> list[str]:
    """What looks like a measured number in a page's prose."""
    # Literal blocks and directives that show text as it is; then literals and roles.
    block = r"^( *)(?:\.\. (?:code-block|math|parsed-literal)::.*|\S.*::)\n(?:(?:\1 +\S.*)?\n)+"
    text = re.sub(block, "\n", text, flags=re.MULTILINE)
    text = re.sub(r"``.+?``|:[\w:]+:`[^`]*`", "", text, flags=re.DOTALL)
    return [found[0] for found in _MEASURED.finditer(text)]


def test_no_page_has_a_typed_number():
    pages = sorted((ROOT / "docs").rglob("*.rst"))
    assert pages
    assert {
        str(page.relative_to(ROOT)): found
        for page in pages
        if (found := typed_numbers(page.read_text()))
    } == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It takes 1.10 s.", ["1.10 s"]),
        ("It takes 110 ms, or 17 µs.", ["110 ms", "17 µs"]),
        ("It is 4.2× faster, 4.2 ×, or\n4.2 times.", ["4.2×", "4.2 ×", "4.2 times"]),
        ("After 3.0 seconds, with 3.9 MB, at 50 %.", ["3.0 seconds", "3.9 MB", "50 %"]),
        ("It takes 1.2\N{NO-BREAK SPACE}s or 1.2s.", ["1.2\N{NO-BREAK SPACE}s", "1.2s"]),
        ("It sleeps 5, 4, 3, 2 and 1 seconds, or 1 s.", []),
        ("It takes :measured:`cpp wall`, as ``1.10 s`` says.", []),
        ("Ten threads, 10 threads, Boost 1.81 shows, 3_1 s.", []),
        ("So::\n\n   1.10 s\n\nand 2.20 s", ["2.20 s"]),
        (
            ".. code-block:: console\n   :linenos:\n\n   sleep 1.5 s\n\n   3.5 s\n\nText 4.5 s.",
            ["4.5 s"],
        ),
    ],
)
def test_a_typed_number_is_found(text: str, found: list[str]):
    assert typed_numbers(text) == found


def uncited(root: Path) -> set[str]:
    """The sources of the bibliography that no page and no docstring cites."""
    keys = set(
        re.findall(r"^@\w+\{(\w+),", (root / "docs/references.bib").read_text(), flags=re.MULTILINE)
    )
    texts = [*(root / "docs").rglob("*.rst"), *root.glob("examples_*/**/*.[ch]pp")]
    for text in texts:
        for cited in re.findall(r":cite:p:`([^`]*)`", text.read_text()):
            keys.difference_update(key.strip() for key in cited.split(","))
    return keys


def test_every_source_is_cited():
    assert uncited(ROOT) == set()


def test_an_uncited_source_is_found(tmp_path: Path):
    for name, text in {
        "docs/references.bib": "@misc{one_a,\n}\n@book{two_b,\n}\n@misc{three_c,\n}\n",
        "docs/page.rst": "As :cite:p:`one_a, none_d` says.",
        "examples_1/more/program.cpp": "Ports: :cite:p:`three_c`",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert uncited(tmp_path) == {"two_b"}
