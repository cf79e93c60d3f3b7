"""Small books, built: what stands on a page, and what makes a build fail."""

import json
import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest
from built import ROOT
from conftest import KEY, MACHINE_PAGE, PAGE, Book, measurement
from sphinx.errors import SphinxError


def text_of(html: str) -> str:
    shown = re.sub(r'<span class="book-tip".*?</span></span>', "", html)
    return unescape(re.sub(r"\s+", " ", re.sub("<[^>]*>", "", shown))).replace(
        "\N{NO-BREAK SPACE}", " "
    )


def test_page_shows_program_run_and_cost(book: Book):
    book.write(
        f"docs/{KEY}.rst",
        PAGE + "\nPython takes :measured:`python memory / cpp memory` the memory,"
        " and :measured:`. cpp overshoot` more.\n",
    )
    html = book.page()
    text = text_of(html)
    assert "Two calls run side by side." in text
    assert "int main() { greet(); }" in text
    assert "#include" in text
    assert "build/book/examples_1/two_calls --fast" in text
    assert "python3 -m examples_1.two_calls --fast" in text
    assert html.count('<svg class="book-timeline"') == 2
    assert "The transcript allows 2 orders; 2 of them were seen in 40 runs" in text
    assert "takes 3.4 × the memory, and 3.0 ms more" in text
    assert "peak memory 4.0 MB 13.6 MB" in text
    assert "Peak memory of two_calls in Python: 13.6\N{NO-BREAK SPACE}MB</span>" in html
    assert f"one run, from recording {KEY}.py.json" in html
    assert '<meta name="description" content="Two calls run side by side.' in html
    # Nothing is loaded from elsewhere.
    assert not re.search(r'(src|<link[^>]*href)="(https?:)?//', html)

    files = book.root / "out/html/files/examples_1"
    assert {path.name for path in files.iterdir()} == {
        "two_calls.cpp.html",
        "two_calls.py.html",
        "greet.hpp.html",
        "greet.cpp.html",
        "greet.py.html",
    }


def test_peak_memory_of_several_processes_is_that_of_the_largest(book: Book, data):
    for thread in data["transcripts"][0]["run"]["threads"][1:]:
        thread["pid"] += thread["tid"]
    book.record("cpp", data)
    assert "peak memory of its largest process 4.0 MB" in text_of(book.page())


def test_ids_are_unique(book: Book):
    ids = re.findall(r'\sid="([^"]+)"', book.page())
    assert len(ids) == len(set(ids))


def test_text_builder_shows_the_plain_run(book: Book):
    text = book.page("text")
    assert "   $ examples_1/two_calls --fast\n       0.001  hello from a <&>\n" in text
    assert "<svg" not in text


def failure(book: Book) -> str:
    with pytest.raises(SphinxError) as caught:
        book.build("dummy")
    return str(caught.value)


def test_missing_recording_fails_the_build_and_names_the_way_out(book: Book):
    (book.recordings / f"{KEY}.py.json").unlink()
    for _ in range(2):  # and again, though nothing has changed
        message = failure(book)
        assert "two_calls.py.json" in message
        assert "cmake --workflow --preset book" in message


def test_missing_source_fails_the_build(book: Book):
    (book.root / f"{KEY}.cpp").unlink()
    assert "there is no program examples_1/two_calls" in failure(book)


def test_missing_counterpart_of_a_port_fails_the_build(book: Book):
    (book.root / f"{KEY}.py").unlink()
    assert "two_calls.py is missing" in failure(book)


FACTS = {
    "name": "a name",
    "cores": 2,
    "tasks": 1_000_000,
    "call_seconds": {"value": 0.00002, "low": 0.000018, "high": 0.00003, "rounds": 9},
    "other_seconds": {"value": 0.00001, "low": 0.00001, "high": 0.00001, "rounds": 1},
    "calls_per_second": 61234.5,
    "sent_bytes_per_second": 9.87e9,
    "busy_share": 0.0123,
    "go_seconds": {"not_measured": "Go was not found"},
}


@pytest.mark.parametrize(
    ("role", "printed"),
    [
        ("facts name", "a name"),
        ("facts cores", "2"),
        ("facts tasks", "1 000 000"),
        ("facts call_seconds", "20 µs"),
        ("facts call_seconds / facts other_seconds", "2.0 ×"),
        ("cpp wall / facts call_seconds", "75150 ×"),
        ("facts calls_per_second", "61 200"),
        ("facts sent_bytes_per_second", "9.9 GB/s"),
        ("facts busy_share", "1.2 %"),
        ("facts go_seconds", "(not measured: Go was not found)"),
        ("facts go_seconds / facts call_seconds", "(not measured: Go was not found)"),
        ("cpp wall / facts go_seconds", "(not measured: Go was not found)"),
    ],
)
def test_a_number_of_what_the_build_measures(book: Book, role: str, printed: str):
    book.write("recordings/facts.json", measurement(FACTS))
    book.write(f"docs/{KEY}.rst", f"{PAGE}\nIt is :measured:`{role}` here.\n")
    html = book.page()
    assert f"It is {printed} here." in text_of(html)
    assert "from facts.json" in html


def test_a_number_tells_how_it_was_measured_on_hover_and_on_focus(book: Book):
    book.write("recordings/facts.json", measurement(FACTS))
    book.write(f"docs/{KEY}.rst", f"{PAGE}\n:measured:`facts call_seconds / facts other_seconds`\n")
    html = book.page().replace("\N{NO-BREAK SPACE}", " ")
    found = re.search(
        r'<span class="measured" tabindex="0" aria-describedby="([^"]*)">2.0 ×</span>'
        r'<span class="book-tip" role="tooltip" id="([^"]*)" hidden>(.*?)</span></span>',
        html,
    )
    assert found is not None
    assert found[1] == found[2]
    assert re.findall("<span>(.*?)</span>", found[3] + "</span>") == [
        "Call time: 20 µs",
        "median of 9 rounds, their middle half from 18 µs to 30 µs, short form, from facts.json",
        "Other time: 10 µs",
        "one round, short form, from facts.json",
    ]


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ({"call_seconds": 1}, "has schema None, not 2"),
        ({"schema": 1}, "has schema 1, not 2"),
        ({"schema": 2, "form": "quick", "busy_share": 0, "figures": {}}, "form “quick”"),
        ({"schema": 2, "form": "long", "figures": {}}, "is not as a measurement writes it"),
        (
            {"schema": 2, "form": "long", "busy_share": 0, "figures": {"a": {}}},
            "is not as a measurement writes it",
        ),
        (
            {"schema": 2, "form": "long", "busy_share": 0, "figures": {"a": {"value": None}}},
            "a is None",
        ),
    ],
)
def test_a_measurement_in_another_form_is_refused(book: Book, data: object, complaint: str):
    book.write("recordings/facts.json", json.dumps(data))
    book.write(f"docs/{KEY}.rst", f"{PAGE}\n:measured:`facts call_seconds`\n")
    message = failure(book)
    assert complaint in message
    assert "cmake --workflow --preset book" in message


MACHINE = {
    "processor": "Some CPU",
    "cores": 1,
    "cores_online": 4,
    "cores_are_threads": True,
    "virtual_machine": False,
    "cpu_quota": 0.33,
    "memory_bytes": 4e9,
    "system": "Debian",
    "kernel": "6.1",
    "compiler": "g++",
    "flags": "-O2",
    "libraries": [],
    "python": "3.11",
    "commit": None,
    "commit_note": "this source tree is no clone",
    "commit_modified": False,
    "date": "2026-11-28",
}


def test_the_machine_says_what_the_build_may_use_and_how_it_measured(book: Book):
    book.write(f"docs/{KEY}.rst", f"{PAGE}\n.. machine::\n")
    book.write("recordings/machine.json", json.dumps(MACHINE))
    data = json.loads(measurement(FACTS))
    book.write("recordings/facts.json", json.dumps(data | {"busy_share": 0.43}))
    text = text_of(book.page())
    assert "Cores 1 that this build may use, of 4; a CPU quota gives it the time of 0.33; " in text
    assert "; some are two threads of one core Memory" in text
    assert "Commit not known: this source tree is no clone" in text
    assert "Measurements in the short form: a few rounds" in text
    assert "Other programs took 43 % of the cores during facts while the book measured" in text
    # Another measurement, and the page follows.
    book.write("recordings/more.json", json.dumps(data | {"form": "long", "busy_share": 0.2}))
    known = MACHINE | {
        "cores": 4,
        "cores_are_threads": False,
        "virtual_machine": True,
        "cpu_quota": None,
        "commit": "abc",
        "commit_note": None,
    }
    book.write("recordings/machine.json", json.dumps(known))
    text = text_of(book.page())
    assert "Cores 4; in a virtual machine Memory" in text
    assert "Commit abc " in text
    assert "in the long form, which the publishing build takes; in the short form" in text
    assert "43 % of the cores during facts, 20 % of the cores during more" in text


@pytest.mark.parametrize(
    ("role", "complaint"),
    [
        ("cpp speed", "there is no figure “speed”"),
        ("rust wall", "there is no language “rust”"),
        ("examples_1/none cpp wall", "none.cpp.json"),
        ("cpp wall / cpp memory", "says nothing"),
        ("cpp", "wanted is"),
        ("#2 cpp wall", "none numbered 2"),
        ("pool call_seconds", "pool.json"),
        ("facts speed", "facts.json has no figure “speed”"),
        ("facts name / facts call_seconds", "“name” is no number"),
        ("facts call_seconds / facts sent_bytes_per_second", "says nothing"),
        ("facts call_seconds / cpp memory", "says nothing"),
    ],
)
def test_an_unknown_number_fails_the_build_and_names_the_role(
    book: Book, role: str, complaint: str
):
    book.write("recordings/facts.json", measurement(FACTS))
    book.write(f"docs/{KEY}.rst", f"{PAGE}\n:measured:`{role}`\n")
    message = failure(book)
    assert f":measured:`{role}`" in message
    assert complaint in message


def test_a_page_with_another_title_fails_the_build(book: Book):
    book.write(f"docs/{KEY}.rst", PAGE.replace("Two calls", "Some calls"))
    assert "its program's is “Two calls”" in failure(book)


def add_program(book: Book, key: str) -> None:
    """A program with its recordings and its page, in no list."""
    for ending in ("cpp", "py"):
        book.write(f"{key}.{ending}", (book.root / f"{KEY}.{ending}").read_text())
        recording = (book.recordings / f"{KEY}.{ending}.json").read_text()
        book.write(f"recordings/{key}.{ending}.json", recording)
    book.write(f"docs/{key}.rst", PAGE)


def write_chapter(book: Book, *names: str) -> None:
    listed = "".join(f"   {name}\n" for name in names)
    book.write(
        "docs/examples_1/index.rst",
        f":orphan:\n\nAll\n===\n\n.. program-index::\n\n.. toctree::\n\n{listed}",
    )


@pytest.mark.parametrize("key", ["examples_1/more", "examples_1/below/more"])
def test_a_program_without_a_page_fails_the_index(book: Book, key: str):
    add_program(book, key)
    (book.docs / f"{key}.rst").unlink()
    write_chapter(book, "two_calls")
    book.build("dummy")
    book.list_programs(KEY, key)
    assert f"the program {key} has no page: write docs/{key}.rst" in failure(book)
    book.write(f"docs/{key}.rst", PAGE)
    write_chapter(book, "two_calls", key.removeprefix("examples_1/"))
    book.build("dummy")


@pytest.mark.parametrize("order", [("two_calls", "more"), ("more", "two_calls")])
def test_the_index_keeps_the_reading_order(book: Book, order: tuple[str, str]):
    add_program(book, "examples_1/more")
    write_chapter(book, *order)
    book.list_programs(*(f"examples_1/{name}" for name in order))
    page = (book.build() / "examples_1/index.html").read_text(encoding="utf-8")
    table = page[page.index("book-index") : page.index("</table>")]
    assert re.findall(r'href="(\w+)\.html"', table) == list(order)


@pytest.mark.parametrize(
    ("contents", "complaint"),
    [
        (["two_calls"], "lack examples_1/more"),
        (["more"], "lack examples_1/two_calls"),
        (["more", "two_calls"], "have examples_1/more where examples_1/two_calls is to stand"),
    ],
)
def test_contents_that_are_not_the_list_of_programs_fail_the_build(
    book: Book, contents: list[str], complaint: str
):
    add_program(book, "examples_1/more")
    book.write("docs/index.rst", f"Book\n====\n\n.. toctree::\n\n   {MACHINE_PAGE}\n")
    write_chapter(book, *contents)
    book.list_programs(KEY, "examples_1/more")
    for _ in range(2):  # and again, though nothing has changed
        message = failure(book)
        assert f"the contents of docs/examples_1/index.rst {complaint}." in message
        assert "--target list_programs" in message


def test_a_page_follows_the_list_of_programs(book: Book):
    assert 'aria-label="Replay of the Python run"' in book.page()
    book.list_programs(KEY, counterpart=False)
    assert 'aria-label="Replay of the Python run"' not in book.page()
    book.list_programs("examples_1/more")
    assert f"no CMakeLists.txt has a line add_program() for {KEY}" in failure(book)
    (book.root / "programs.json").unlink()
    assert f"the list of programs is missing: {book.root}/programs.json" in failure(book)
    book.write("programs.json", "{}")
    assert "programs.json lists no programs" in failure(book)


def test_a_changed_recording_changes_its_page(book: Book, data):
    book.build()
    data["transcripts"][0]["run"]["peak_memory_bytes"] = 123_000_000
    book.record("cpp", data)
    assert "123.0 MB" in text_of(book.page())


def test_what_the_book_lacks_is_told_without_a_report_of_a_crash(tmp_path: Path):
    made = subprocess.run(
        [sys.executable, "-I", "-B", ROOT / "docs/make_site.py",
         "--doctrees", tmp_path / "doctrees", tmp_path / "site"],
        env={**os.environ, "BOOK_ROOT": str(ROOT), "BOOK_BUILD": str(tmp_path)},
        capture_output=True, text=True,
    )  # fmt: skip
    assert made.returncode == 1
    _, _, told = made.stderr.partition("\nThe book is not complete: \n")
    assert f"is missing: {tmp_path}" in told
    assert "Traceback" not in told
    assert "developers" not in told
