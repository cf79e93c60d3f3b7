"""The link to Compiler Explorer holds the whole program as one file."""

import base64
import json
import random
import zlib

import pytest
from book import explorer
from conftest import KEY, Book


def state(url: str) -> dict:
    packed = url.removeprefix("https://godbolt.org/clientstate/")
    packed += "=" * (-len(packed) % 4)
    return json.loads(zlib.decompress(base64.urlsafe_b64decode(packed)))


def test_link_holds_source_options_and_libraries(book: Book):
    session = state(explorer.link(book.root, book.root / f"{KEY}.cpp", ("--fast",)))["sessions"][0]
    assert session["compilers"][0]["libs"] == [{"id": "fmt", "version": "910"}]
    assert session["executors"][0]["arguments"] == "--fast"
    source = session["source"]
    assert '#include "' not in source
    assert "Greets." not in source
    assert source.index("void greet();") < source.index("void greet() {}") < source.index("main")
    assert source.count("void greet();") == 1


def test_link_has_the_options_that_the_program_needs(book: Book):
    url = explorer.link(book.root, book.root / f"{KEY}.cpp", (), "-fsanitize=thread")
    session = state(url)["sessions"][0]
    for compiler in (session["compilers"][0], session["executors"][0]["compiler"]):
        assert compiler["options"].endswith(" -pthread -fsanitize=thread")


def test_no_link_where_it_would_be_too_long(book: Book):
    noise = random.Random(1).randbytes(9000).hex()
    book.write(f"{KEY}.cpp", f"/*\nT\n*/\n// {noise}\n")
    with pytest.raises(explorer.NoLink, match="characters"):
        explorer.link(book.root, book.root / f"{KEY}.cpp")


def test_what_would_be_too_long_comes_without_the_comments_of_what_it_includes(book: Book):
    noise = random.Random(1).randbytes(9000).hex()
    book.write("examples_1/noise.hpp", f"#pragma once\nvoid hush();  // {noise}\n  // {noise}\n")
    book.write(f"{KEY}.cpp", '/*\nT\n*/\n#include "examples_1/noise.hpp"\n// hush\nint main() {}\n')
    source = state(explorer.link(book.root, book.root / f"{KEY}.cpp"))["sessions"][0]["source"]
    assert noise not in source
    assert "void hush();\n" in source
    assert "// hush" in source


def test_no_link_where_a_library_is_not_there(book: Book):
    book.write(f"{KEY}.cpp", "/*\nT\n*/\n#include <CLI/CLI.hpp>\n")
    with pytest.raises(explorer.NoLink, match="CLI"):
        explorer.link(book.root, book.root / f"{KEY}.cpp")
