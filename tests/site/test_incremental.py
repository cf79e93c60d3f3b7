"""A repeated build makes what a new one makes, byte for byte, and no more than it has to."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from book.contents import WHOLE, Contents
from conftest import KEY, PAGE, Book, measurement
from sphinx.builders import Builder
from sphinxcontrib.bibtex.domain import BibtexDomain

INDEX = "Book\n====\n\n.. toctree::\n\n{}\n"
PAGES = [KEY, "how_this_book_checks_itself", "chapter/index", "claims"]


@pytest.fixture
def shelf(book: Book) -> Book:
    """A book with a chapter, and the theme whose sidebar shows all pages."""
    book.config = {
        "html_theme": "furo",
        "html_copy_source": False,
        "html_static_path": ["_static"],
    }
    for name in ("one.css", "two.css"):
        book.write(f"docs/_static/{name}", f"/* {name} */\n")
    contents(book, *PAGES)
    book.write(
        "docs/chapter/index.rst",
        "A chapter & more\n================\n\n.. program-index:: /examples_1\n\n"
        ".. toctree::\n\n   one\n   two\n",
    )
    book.write("docs/chapter/one.rst", "One\n===\n\n.. _there:\n\nA part\n------\n\nText.\n")
    book.write(
        "docs/chapter/two.rst", "Two\n===\n\nSee :doc:`one`, :ref:`there` and :term:`lane`.\n"
    )
    book.write(
        "docs/claims.rst",
        "Claims\n======\n\n.. claim-list::\n\n.. glossary::\n\n   lane\n      A thread.\n",
    )
    book.write("recordings/few.json", measured(1.0))
    book.write(f"docs/{KEY}.rst", f"{PAGE}\nSo. :claim:`it is quick: few call_seconds < 2`\n")
    return book


def contents(book: Book, *pages: str) -> None:
    book.write("docs/index.rst", INDEX.format("\n".join(f"   {page}" for page in pages)))


def measured(value: float) -> str:
    return measurement({"call_seconds": value})


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def clean(book: Book) -> dict[str, bytes]:
    """What a build makes that knows nothing of those before it."""
    made = files(book.root / "out/html")
    shutil.rmtree(book.root / "out")
    shutil.rmtree(book.root / "doctrees")
    book.build()
    new = files(book.root / "out/html")
    assert len(new) > 30
    assert sorted(made) == sorted(new)
    assert [name for name in new if made[name] != new[name]] == []
    return new


def test_the_contents_are_those_that_sphinx_makes(shelf: Book):
    shelf.build()
    app = shelf.app()
    app.build()
    builder = app.builder
    made = Contents(builder)
    pages = [*app.env.found_docs, "files/examples_1/two_calls.cpp", "genindex"]
    assert len(pages) == 9
    for page in pages:
        assert made.beside(page) == builder._get_local_toctree(page, **WHOLE)
    assert 'class="toctree-l2 current"' in made.beside("chapter/one")


def edit_prose(book: Book) -> None:
    book.write("docs/chapter/one.rst", "One\n===\n\n.. _there:\n\nA part\n------\n\nOther text.\n")


def rename_a_page(book: Book) -> None:
    book.write("docs/chapter/one.rst", "First\n=====\n\n.. _there:\n\nA part\n------\n\nText.\n")


def rename_a_part(book: Book) -> None:
    book.write("docs/chapter/one.rst", "One\n===\n\n.. _there:\n\nA piece\n-------\n\nText.\n")


def add_a_page(book: Book) -> None:
    book.write("docs/added.rst", "Added\n=====\n\nText.\n")
    contents(book, *PAGES, "added")


def remove_a_page(book: Book) -> None:
    (book.docs / "chapter/two.rst").unlink()
    index = book.docs / "chapter/index.rst"
    index.write_text(index.read_text().replace("   two\n", ""))


def remove_a_chapter(book: Book) -> None:
    shutil.rmtree(book.docs / "chapter")
    contents(book, *(page for page in PAGES if not page.startswith("chapter/")))


def reorder_pages(book: Book) -> None:
    contents(book, *reversed(PAGES))


def add_a_program(book: Book) -> None:
    for ending in ("cpp", "py"):
        text = (book.root / f"{KEY}.{ending}").read_text()
        book.write(f"examples_1/more.{ending}", text)
        recording = (book.recordings / f"{KEY}.{ending}.json").read_text()
        book.write(f"recordings/examples_1/more.{ending}.json", recording)
    book.write("docs/examples_1/more.rst", PAGE)
    book.list_programs(KEY, "examples_1/more")
    contents(book, *PAGES, "examples_1/more")


def edit_a_program(book: Book) -> None:
    path = book.root / f"{KEY}.cpp"
    path.write_text(path.read_text().replace("greet(); }", "greet(); greet(); }"))


def include_one_header_less(book: Book) -> None:
    path = book.root / f"{KEY}.cpp"
    path.write_text(path.read_text().replace('#include "examples_1/greet.hpp"\n', ""))


def record_anew(book: Book) -> None:
    path = book.recordings / f"{KEY}.cpp.json"
    path.write_text(path.read_text().replace('"wall_seconds": 1.503', '"wall_seconds": 1.6'))


def break_a_claim(book: Book) -> None:
    book.write("recordings/few.json", measured(3.0))


def edit_a_static_file(book: Book) -> None:
    book.write("docs/_static/one.css", "/* another */\n")


def remove_a_static_file(book: Book) -> None:
    (book.docs / "_static/one.css").unlink()


CHANGES: list[Callable[[Book], None]] = [
    edit_prose,
    rename_a_page,
    rename_a_part,
    add_a_page,
    remove_a_page,
    remove_a_chapter,
    reorder_pages,
    add_a_program,
    edit_a_program,
    include_one_header_less,
    record_anew,
    break_a_claim,
    edit_a_static_file,
    remove_a_static_file,
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_makes_the_site_that_a_new_build_makes(
    shelf: Book, change: Callable[[Book], None]
):
    shelf.build()
    before = files(shelf.root / "out/html")
    change(shelf)
    shelf.build()
    assert clean(shelf) != before


def test_a_page_that_is_removed_leaves_nothing(shelf: Book):
    site = shelf.build()
    assert (site / "chapter/one.html").is_file()
    assert "chapter/one.html" in (site / "claims.html").read_text()
    remove_a_chapter(shelf)
    (shelf.root / "examples_1/greet.hpp").write_text("#pragma once\nvoid greet();\n")
    shelf.build()
    assert not (site / "chapter").exists()
    for name, content in files(site).items():
        assert b"chapter" not in content, name


@pytest.mark.parametrize("change", [record_anew, rename_a_page, edit_a_program])
def test_an_interrupted_build_goes_on_where_it_was(shelf: Book, change: Callable[[Book], None]):
    shelf.build()
    change(shelf)
    app = shelf.app()

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    app.connect("html-page-context", interrupt)
    with pytest.raises(KeyboardInterrupt):
        app.build()
    shelf.build()
    clean(shelf)


def written(book: Book, change: Callable[[Book], None] | None = None) -> list[str]:
    """The pages that the next build writes."""
    site = book.build()
    before = {path: path.stat().st_mtime_ns for path in site.rglob("*.html")}
    if change is not None:
        change(book)
    book.build()
    after = {path: path.stat().st_mtime_ns for path in site.rglob("*.html")}
    changed = (
        path.relative_to(site).as_posix() for path in after if after[path] != before.get(path)
    )
    return sorted(name for name in changed if name not in ("genindex.html", "search.html"))


def test_nothing_is_made_twice(shelf: Book):
    assert written(shelf) == []


@pytest.mark.parametrize(
    ("change", "pages"),
    [
        # With the pages in whose contents it is.
        (edit_prose, ["chapter/index.html", "chapter/one.html"]),
        (
            edit_a_program,
            ["chapter/index.html", f"{KEY}.html", f"files/{KEY}.cpp.html", "index.html"],
        ),
        (break_a_claim, ["claims.html", f"{KEY}.html", "index.html"]),
    ],
)
def test_a_change_makes_its_pages_alone(
    shelf: Book, change: Callable[[Book], None], pages: list[str]
):
    assert written(shelf, change) == sorted(pages)


# ---- The bibliography

SOURCES = """\
@misc{{mccool_reduce, author = {{McCool, Ann}}, title = {{{title}}}, year = {{2012}}}}
@misc{{other_map, author = {{Other, Bo}}, title = {{Maps}}, year = {{2013}}}}
"""


@pytest.fixture
def cited(shelf: Book) -> Book:
    shelf.config |= {
        "extensions": ["book", "book.bibliography", "sphinx_design"],
        "bibtex_bibfiles": ["references.bib"],
        "bibtex_default_style": "named",
    }
    shelf.write("docs/references.bib", SOURCES.format(title="Reductions"))
    shelf.write("docs/bibliography.rst", "Sources\n=======\n\n.. bibliography::\n")
    shelf.write("docs/chapter/two.rst", "Two\n===\n\nAs it says :cite:p:`mccool_reduce`.\n")
    contents(shelf, *PAGES, "bibliography")
    return shelf


def sources_on(book: Book) -> str:
    return (book.root / "out/html/bibliography.html").read_text(encoding="utf-8")


def correct_a_source(book: Book) -> None:
    book.write("docs/references.bib", SOURCES.format(title="Folds and scans"))


def cite_another_source(book: Book) -> None:
    book.write("docs/chapter/one.rst", "One\n===\n\nSo do maps :cite:p:`other_map`.\n")


def cite_none(book: Book) -> None:
    book.write("docs/chapter/two.rst", "Two\n===\n\nAs it says.\n")


def move_the_bibliography(book: Book) -> None:
    (book.docs / "bibliography.rst").rename(book.docs / "sources.rst")
    contents(book, *PAGES, "sources")


@pytest.mark.parametrize(
    "change", [correct_a_source, cite_another_source, cite_none, move_the_bibliography]
)
def test_a_changed_bibliography_is_that_of_a_new_build(cited: Book, change: Callable[[Book], None]):
    cited.build()
    before = files(cited.root / "out/html")
    change(cited)
    cited.build()
    assert clean(cited) != before


def test_the_bibliography_is_formatted_when_it_has_changed(
    cited: Book, monkeypatch: pytest.MonkeyPatch
):
    formatted: list[str] = []
    made = BibtexDomain.get_formatted_entries

    def get_formatted_entries(self: BibtexDomain, key: Any, *rest: Any) -> Any:
        formatted.append(key.docname)
        return made(self, key, *rest)

    monkeypatch.setattr(BibtexDomain, "get_formatted_entries", get_formatted_entries)
    cited.build()
    assert set(formatted) == {"bibliography"}
    assert "McCool, reduce" in (cited.root / "out/html/chapter/two.html").read_text()
    formatted.clear()
    edit_prose(cited)
    cited.build()
    assert formatted == []
    assert "Reductions" in sources_on(cited)
    correct_a_source(cited)
    cited.build()
    assert set(formatted) == {"bibliography"}
    assert "Folds and scans" in sources_on(cited)


@pytest.mark.parametrize(("number", "in_processes"), [(1, False), (9, True)])
def test_few_pages_are_read_without_other_processes(
    shelf: Book, monkeypatch: pytest.MonkeyPatch, number: int, in_processes: bool
):
    for index in range(number):
        shelf.write(f"docs/chapter/more_{index}.rst", f":orphan:\n\n{index}\n=\n\nText.\n")
    shelf.build()
    read: list[list[str]] = []
    monkeypatch.setattr(Builder, "_read_parallel", lambda _self, pages, nproc: read.append(pages))
    for index in range(number):
        shelf.write(f"docs/chapter/more_{index}.rst", f":orphan:\n\n{index}\n=\n\nMore.\n")
    app = shelf.app(parallel=2)
    app.build()
    assert bool(read) == in_processes
    assert app.parallel == 2
