"""What is recorded anew when something changes, and what is not."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from small_book import FACTS, Book


@pytest.fixture
def small(book: Book) -> Book:
    """A program with its counterpart, and a measurement, all recorded."""
    (book.root / "one.cpp").write_text("/*\nProse\n\n  $ one\n   text\n*/\nint main() {}\n")
    (book.root / "one.py").write_text("import helper\n")
    (book.root / "helper.py").write_text("import math\n")
    (book.root / "other.py").write_text("")
    book.add("one.exe", docstrings=["{root}/one.cpp"])
    book.add("one.py", docstrings=["{root}/one.cpp"], counterparts=["{root}/one.py"], files=[])
    book.add("measurement")
    assert book.recorded() == ["measurement", "one.exe", "one.py"]
    return book


def test_nothing_is_recorded_twice(small: Book):
    assert small.recorded() == []
    result = small.record()
    assert result.stdout == "All 3 recordings are up to date.\n"


def test_a_touched_file_is_no_changed_one(small: Book):
    for file in [*small.root.glob("*.*"), small.build / "one.exe"]:
        os.utime(file, (1, 1))
    assert small.recorded() == []


def append(name: str, text: str = "\n# changed") -> Any:
    def change(book: Book) -> None:
        with (book.root / name).open("a") as file:
            file.write(text)

    return change


def in_docstring(word: str) -> Any:
    def change(book: Book) -> None:
        source = book.root / "one.cpp"
        source.write_text(source.read_text().replace(word, f"other {word}"))

    return change


def facts(**changed: Any) -> Any:
    return lambda book: book.describe(**FACTS | changed)


def command(book: Book) -> None:
    book.jobs[2]["command"] += ["--form", "long"]


ALL = ["measurement", "one.exe", "one.py"]


@pytest.mark.parametrize(
    ("change", "outdated"),
    [
        pytest.param(append("build/one.exe"), ["one.exe"], id="an executable"),
        pytest.param(append("build/measurement"), ["measurement"], id="a measurement"),
        pytest.param(in_docstring("text"), ["one.exe", "one.py"], id="a transcript"),
        pytest.param(in_docstring("Prose"), [], id="prose of a docstring"),
        pytest.param(append("one.cpp"), [], id="source behind the docstring, no other code"),
        pytest.param(append("one.py"), ["one.py"], id="a counterpart"),
        pytest.param(append("helper.py"), ["one.py"], id="an imported module"),
        pytest.param(append("helper.py", "\nimport other\n"), ["one.py"], id="an import more"),
        pytest.param(append("other.py"), [], id="a module that is not imported"),
        pytest.param(append("docs/requirements.txt"), ["one.py"], id="pinned packages"),
        pytest.param(facts(commit="def"), [], id="another commit"),
        pytest.param(facts(cores=1), ALL, id="another number of cores"),
        pytest.param(facts(cpu_quota=0.5), ALL, id="a quota of the cores"),
        pytest.param(facts(memory_bytes=4 << 30), ALL, id="half of the memory"),
        pytest.param(facts(memory_bytes=(8 << 30) - 4096), [], id="a page of memory less"),
        pytest.param(facts(kernel="Linux 6.2"), ALL, id="another kernel"),
        pytest.param(facts(libraries=[{"name": "fmt"}]), ALL, id="another library"),
        pytest.param(command, ["measurement"], id="another command"),
    ],
)
def test_what_changed_is_recorded_anew(small: Book, change: Any, outdated: list[str]):
    change(small)
    assert small.recorded() == outdated
    assert small.recorded() == []


def test_another_interpreter_counts(small: Book, monkeypatch: pytest.MonkeyPatch):
    import jobs

    small.command()
    listed = jobs.read_jobs(small.root / "programs.json")
    before = [jobs.Digests(listed, FACTS).of(job) for job in listed.jobs]
    monkeypatch.setattr(jobs.sys, "version", "3.99.0")
    after = [jobs.Digests(listed, FACTS).of(job) for job in listed.jobs]
    assert [a == b for a, b in zip(before, after, strict=True)] == [True, False, True]


@pytest.mark.parametrize("text", [None, "", '{"recording": "other"}'])
def test_a_recording_that_is_not_as_it_was_made_is_made_again(small: Book, text: str | None):
    recording = small.recordings / "one.exe.json"
    recording.unlink() if text is None else recording.write_text(text)
    assert small.recorded() == ["one.exe"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": 1, "made": 3}', '{"schema": 2}'])
def test_without_a_memory_all_is_recorded(small: Book, text: str):
    (small.recordings / ".made").write_text(text)
    assert small.recorded() == ALL


def test_what_is_listed_no_more_is_removed(small: Book):
    folder = small.recordings / "gone"
    folder.mkdir()
    (folder / "program.cpp.json").write_text("{}")
    del small.jobs[1]
    assert small.recorded() == []
    assert small.files() == {"one.exe.json", "measurement.json"}


def test_a_book_that_is_moved_is_not_recorded_anew(small: Book, tmp_path_factory: Any):
    to = tmp_path_factory.mktemp("moved") / "a book’s “path”, with ümlauts"
    shutil.copytree(small.root, to)
    moved = Book.__new__(Book)
    moved.__dict__.update(small.__dict__, root=to, build=to / "build", log=to / "log")
    moved.recordings = to / "build/recordings"
    assert moved.recorded() == []
    append("build/one.exe")(moved)
    assert moved.recorded() == ["one.exe"]


def test_a_list_that_cannot_be_read_is_named(small: Book):
    small.jobs.append(small.jobs[0])
    result = small.record()
    assert (result.returncode, result.stdout) == (2, "")
    assert "programs.json: listed twice: one.exe" in result.stderr


def test_a_missing_input_is_named(small: Book):
    (small.build / "one.exe").unlink()
    result = small.record()
    assert (result.returncode, result.stdout) == (2, "")
    assert "one.exe can't be recorded: " in result.stderr
    assert "Traceback" not in result.stderr


def test_counterparts_that_share_no_module_share_no_digest(small: Book, tmp_path: Path):
    (small.root / "two.py").write_text("")
    small.add("two.py", counterparts=["{root}/two.py"], files=[])
    assert small.recorded() == ["two.py"]
    append("helper.py")(small)
    assert small.recorded() == ["one.py"]
