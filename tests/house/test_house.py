"""The rules of the house: the reading order, one key a program, no number typed."""

from __future__ import annotations

import importlib.metadata
import json
import re
import sys
from pathlib import Path

import pytest
from built import ROOT, Built, folders_of, programs_of

# ---- One order ----------------------------------------------------------------------


def rooms_of(root: Path) -> list[str]:
    """The folders of sources, in the order of the root file: each may use those before it."""
    text = (root / "CMakeLists.txt").read_text()
    added = re.findall(r"^ *add_subdirectory\((\w+)\)", text, re.M)
    return [room for room in added if room not in ("tests", "docs")]


def wrong_includes(root: Path) -> list[str]:
    """Includes that the reading order does not allow, and those not by path from the root."""
    order = rooms_of(root)
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
    assert rooms_of(ROOT) == ["program", "recorder", *folders_of(ROOT), "measurements"]
    assert folders_of(ROOT)
    assert wrong_includes(ROOT) == []


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A root of two folders, in which the second uses the first, and all rooms beside them."""
    (tmp_path / "CMakeLists.txt").write_text(
        "add_subdirectory(program)\nadd_subdirectory(recorder)\n"
        "add_subdirectory(examples_2)  # comes first\nadd_subdirectory(examples_1)\n"
        "add_subdirectory(measurements)\nif(BUILD_TESTING)\n  add_subdirectory(tests)\nendif()\n"
    )
    for name in ("program", "recorder", "examples_1", "examples_2/more", "measurements", "tests"):
        (tmp_path / name).mkdir(parents=True)
    for name, text in {
        "program/proc.hpp": "#pragma once\n",
        "recorder/run.hpp": '#include "program/proc.hpp"\n',
        "examples_1/first.cpp": '#include "examples_2/timer.hpp"\n',
        "examples_1/one.hpp": "#pragma once\n#include <vector>\n",
        "examples_2/timer.hpp": '#pragma once\n#include "program/proc.hpp"\n',
        "measurements/figure.hpp": '#include "examples_1/one.hpp"\n',
        "tests/catch.hpp": '#include "recorder/run.hpp"\n',
    }.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_the_order_of_the_root_file_counts(small: Path):
    assert folders_of(small) == ["examples_2", "examples_1"]
    assert rooms_of(small) == ["program", "recorder", "examples_2", "examples_1", "measurements"]
    assert wrong_includes(small) == []


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
    small: Path, path: str, include: str, complaint: str
):
    (small / path).write_text(f"#pragma once\n#  include {include}\n")
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
def test_what_all_stand_on_stands_on_nothing_of_theirs(small: Path, path: str, include: str):
    (small / path).write_text(f'#include "{include}"\n')
    (found,) = wrong_includes(small)
    assert f"is below {path.partition('/')[0]}" in found


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
        re.M,
    )
    counterparts = sorted(root.glob("examples_*/**/*.py"))
    imported = {
        name
        for path in counterparts
        for name in re.findall(r"^\s*(?:import|from) (\w+)", path.read_text(), re.M)
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


def missing_parts(root: Path) -> list[str]:
    """What a program lacks, and what there is without a program."""
    programs = programs_of(root)
    keys = [program.key for program in programs]
    missing = [f"{key} is added twice" for key in set(keys) if keys.count(key) > 1]
    for program in programs:
        key = program.key
        for path in (f"{key}.cpp", f"docs/{key}.rst"):
            if not (root / path).is_file():
                missing.append(f"{path} is missing")
        if (root / f"{key}.py").is_file() != program.has_counterpart:
            wrong = "missing" if program.has_counterpart else "not wanted"
            missing.append(f"{key}.py is {wrong}")
    for folder in folders_of(root):
        readme = (root / folder / "README.md").read_text()
        rows = re.findall(r"^\| `([^`|]+)` \|.*\[page\]\(([^)]+)\) \|$", readme, re.M)
        for name, link in rows:
            if f"{folder}/{name}" not in keys:
                missing.append(f"{folder}/README.md: there is no program {name}")
            if link != f"../docs/{folder}/{name}.rst":
                missing.append(f"{folder}/README.md: the page of {name} is not {link}")
        named = [f"{folder}/{name}" for name, _ in rows]
        here = [key for key in keys if key.startswith(f"{folder}/")]
        missing += [f"{key}: no row in {folder}/README.md" for key in here if key not in named]
        if named != here and sorted(named) == sorted(here):
            missing.append(f"{folder}/README.md: its rows are not in reading order")
        for path in sorted((root / folder).rglob("*.cpp")):
            key = path.relative_to(root).with_suffix("").as_posix()
            if key not in keys and re.search(r"^int main\(", path.read_text(), re.M):
                missing.append(f"{key}.cpp: no add_program makes it")
        for path in sorted((root / "docs" / folder).rglob("*.rst")):
            key = path.relative_to(root / "docs").with_suffix("").as_posix()
            if key not in keys and path.stem != "index":
                missing.append(f"docs/{key}.rst: there is no such program")
    return missing


def test_each_program_has_its_counterpart_page_and_row():
    assert programs_of(ROOT)
    assert missing_parts(ROOT) == []


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A root of two programs with all their parts."""
    files = {
        "CMakeLists.txt": "add_subdirectory(examples_1)\n",
        "examples_1/CMakeLists.txt": "add_program(one)\nadd_program(more/two\n  LIBRARIES a)\n",
        "examples_1/README.md": "| `one` | x | [page](../docs/examples_1/one.rst) |\n"
        "| `more/two` | x | [page](../docs/examples_1/more/two.rst) |\n| `a.hpp` | shared |\n",
        "docs/examples_1/index.rst": "",
        "examples_1/helper.cpp": "int helper() { return 0; }\n",
    }
    for key in ("examples_1/one", "examples_1/more/two"):
        files |= {f"{key}.cpp": "int main() {}\n", f"{key}.py": "", f"docs/{key}.rst": ""}
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_a_book_that_has_all_its_parts_is_complete(book: Path):
    assert [program.key for program in programs_of(book)] == [
        "examples_1/one",
        "examples_1/more/two",
    ]
    assert missing_parts(book) == []


@pytest.mark.parametrize(
    "name", ["examples_1/one.cpp", "examples_1/more/two.py", "docs/examples_1/more/two.rst"]
)
def test_a_missing_part_is_found(book: Path, name: str):
    (book / name).unlink()
    assert missing_parts(book) == [f"{name} is missing"]


def test_a_counterpart_that_is_not_wanted_is_found(book: Path):
    path = book / "examples_1/CMakeLists.txt"
    path.write_text(path.read_text().replace("(one)", "(one NO_COUNTERPART)"))
    assert missing_parts(book) == ["examples_1/one.py is not wanted"]
    (book / "examples_1/one.py").unlink()
    assert missing_parts(book) == []


@pytest.mark.parametrize(
    ("name", "text", "by", "complaint"),
    [
        ("examples_1/README.md", "| `one` |", "one", "examples_1/one: no row in"),
        ("examples_1/README.md", "1/one.rst", "1/on.rst", "the page of one is not"),
        ("examples_1/README.md", "| `one` |", "| `three` |", "there is no program three"),
        (
            "examples_1/CMakeLists.txt",
            "add_program(one)",
            "add_program(one)\nadd_program(one)",
            "one is added twice",
        ),
        ("examples_1/CMakeLists.txt", "add_program(one)\n", "", "no add_program makes it"),
        ("examples_1/helper.cpp", "helper()", "main()", "helper.cpp: no add_program makes it"),
    ],
)
def test_a_part_of_nothing_is_found(book: Path, name: str, text: str, by: str, complaint: str):
    path = book / name
    changed = path.read_text().replace(text, by)
    assert changed != path.read_text()
    path.write_text(changed)
    assert any(complaint in found for found in missing_parts(book))


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
    text = re.sub(block, "\n", text, flags=re.M)
    text = re.sub(r"``.+?``|:[\w:]+:`[^`]*`", "", text, flags=re.S)
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
    keys = set(re.findall(r"^@\w+\{(\w+),", (root / "docs/references.bib").read_text(), flags=re.M))
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
