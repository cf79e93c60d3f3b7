"""A source is read into what its page needs."""

from pathlib import Path

import pytest
from book.errors import BookError
from book.program import first_sentence, imports, parse_program, without_docstring
from conftest import KEY, SOURCE, Book


def parsed(source: str = SOURCE):
    return parse_program(KEY, Path("two_calls.cpp"), source)


def test_docstring_is_taken_apart():
    program = parsed()
    assert program.title == "Two calls"
    assert program.lead.text == "Two calls run ``side by side``. A second sentence says more."
    assert [block.text for block in program.paragraphs[1:]] == ["Another paragraph."]
    assert program.origin is not None
    assert program.origin.text == "Ports: file_1.py, of the tutorial"


def test_paragraphs_know_their_line():
    lines = SOURCE.splitlines()
    for block in (*parsed().paragraphs, *parsed().transcripts):
        assert lines[block.line - 1].strip() == block.lines[0].strip()


def test_transcripts_lose_their_indentation_and_keep_empty_lines():
    first, second = parsed().transcripts
    assert first.lines == (
        "$ examples_1/two_calls --fast",
        "a| hello from a",
        "",
        "b| hello from b",
        "   finished after ~1.50 second(s)",
    )
    assert second.lines == ("$ examples_1/two_calls", "   nothing")


def test_code_begins_after_the_docstring_and_keeps_its_includes():
    assert parsed().code.startswith("#include <fmt/core.h>\n")
    assert "Two calls" not in parsed().code


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("int main() {}\n", "opens with one block comment"),
        ("/*\nA title\nof two lines\n\nText.\n*/\n", "title, alone"),
        ("/*\nA title\n\n    $ a/b\n*/\n", "no paragraph"),
    ],
)
def test_a_source_without_its_docstring_is_refused(source: str, complaint: str):
    with pytest.raises(BookError, match=complaint):
        parsed(source)


def test_python_loses_only_its_docstring():
    source = '"""One\nor two lines."""\n\nx = """kept"""\n'
    assert without_docstring(source) == 'x = """kept"""\n'
    assert without_docstring("x = 1\n") == "x = 1\n"


def test_first_sentence_ends_where_another_begins():
    assert first_sentence("It takes 1.5 s. Then more.") == "It takes 1.5 s."
    assert first_sentence("Fetch from example.com. ``b`` comes") == "Fetch from example.com."
    assert first_sentence("no end") == "no end"


def test_what_a_counterpart_imports_is_found_by_its_path_from_the_root(book: Book):
    book.write("examples_1/greet.py", "from examples_0.early import early\nimport words\n")
    book.write("examples_1/words.py", "")  # by no path
    book.write("examples_0/early.py", "import os\nfrom examples_0 import deep\n")
    book.write("examples_0/deep.py", "import examples_1.greet\n")
    found = imports(book.root / f"{KEY}.py", book.root)
    assert [path.relative_to(book.root).as_posix() for path in found] == [
        "examples_1/greet.py",
        "examples_0/early.py",
        "examples_0/deep.py",
    ]
