"""Claims are read, checked against the recordings, and told to the reader."""

import json
import re
from typing import Any

import pytest
from book.claims.__main__ import main
from book.claims.notes import note
from book.claims.parser import parse_claim
from book.claims.verdicts import CheckedClaim, check_claim
from book.errors import BookError
from book.measurement import in_words
from book.recorded_figure import RecordedFigure
from book.sources import Sources
from conftest import KEY, PAGE, SOURCE, Book
from sphinx.errors import SphinxError
from test_site import text_of

GO = "Go was not found when this build was configured"


def spread(value: float, low: float, high: float, rounds: int = 5) -> dict[str, Any]:
    return {"value": value, "low": low, "high": high, "rounds": rounds}


def primes() -> dict[str, Any]:
    return {
        "schema": 2,
        "measurement": "primes",
        "form": "short",
        "recorded_at": "2026-11-28T15:00:00Z",
        "busy_share": 0.02,
        "figures": {
            "serial_seconds": spread(2.0, 1.9, 2.1),
            "threads_seconds": spread(1.1, 1.0, 1.15),
            "connection_bytes": spread(5000, 4000, 6000),
            "go_seconds": {"not_measured": GO},
            "none_seconds": {"value": 0},
            "kernel": {"value": "6.1"},
        },
        "tables": {
            "counts": [
                {"style": "Asio, erased", "tasks": 10, "memory_bytes": spread(100, 90, 110)},
                {"style": "Asio, erased", "tasks": 1000, "memory_bytes": spread(80, 70, 90)},
                {"style": "threads", "tasks": 10, "memory_bytes": spread(9000, 8000, 9900)},
                {"style": "Go", "tasks": 10, "memory_bytes": {"not_measured": GO}},
            ]
        },
    }


MACHINE = {"cores": 2, "cores_online": 2, "cpu_quota": None, "memory_bytes": 4_000_000_000}
RATIO = "threads use all cores: primes serial_seconds / threads_seconds > 1.6"
ROWS = (
    "primes counts[style=Asio, erased; tasks=10] memory_bytes < counts[style=threads] memory_bytes"
)


def put(book: Book, *claims: str, machine: dict[str, Any] = MACHINE, **changed: Any) -> None:
    data = primes()
    data |= {name: value for name, value in changed.items() if name in data}
    data["figures"] |= changed.get("figure", {})
    book.write("recordings/primes.json", json.dumps(data))
    book.write("recordings/machine.json", json.dumps(machine))
    sentences = "\n\n".join(f"It is so. :claim:`{claim}`" for claim in claims)
    book.write(f"docs/{KEY}.rst", f"{PAGE}\n{sentences}\n")


def checked(book: Book, claim: str) -> CheckedClaim:
    return check_claim(parse_claim(claim), Sources(book.recordings, KEY).look_up)


@pytest.mark.parametrize(
    ("relation", "verdict"),
    [
        ("primes serial_seconds / threads_seconds > 1.6", "holds"),
        ("primes serial_seconds / threads_seconds > 1.9", "fails"),
        ("primes serial_seconds > 1.6 and threads_seconds < 1", "fails"),
        ("primes serial_seconds > 1.6 and threads_seconds > 1", "holds"),
        ("1.5 < primes serial_seconds / threads_seconds < 2", "holds"),
        ("1.5 < primes serial_seconds / threads_seconds < 1.6", "fails"),
        ("primes serial_seconds - threads_seconds - 0.5 < 0.5", "holds"),
        ("primes serial_seconds - (threads_seconds - 0.5) < 0.5", "fails"),
        ("primes serial_seconds + threads_seconds * 2 < 4.3", "holds"),
        ("(primes serial_seconds + threads_seconds) * 2 < 4.3", "fails"),
        ("max(primes serial_seconds, threads_seconds, 3) == 3", "holds"),
        ("min(primes serial_seconds, threads_seconds) == 1.1", "holds"),
        ("primes serial_seconds != 2.0", "fails"),
        ("primes serial_seconds >= 2.0 and serial_seconds <= 2.0", "holds"),
        ("primes threads_seconds >= -1", "holds"),
        ("primes connection_bytes < 4_999", "fails"),
        (ROWS, "holds"),
        ("primes counts[style=Asio, erased; tasks=1000] memory_bytes > 80", "fails"),
        ("primes counts[style=threads] memory_bytes > connection_bytes", "holds"),
        ("cpp memory < python memory", "holds"),
        ("two_calls cpp memory > two_calls python memory", "fails"),
        (f"{KEY}#1 cpp wall < 1.6", "holds"),
        ("cpp wall < 2 and primes serial_seconds > 1", "holds"),
        ("primes go_seconds < 1", "not measured"),
        ("primes go_seconds < 1 and serial_seconds < 1", "fails"),
        ("primes go_seconds < 1 and serial_seconds > 1", "not measured"),
        ("primes counts[style=Go] memory_bytes < 100", "not measured"),
        ("primes serial_seconds / none_seconds < 1", "not measured"),
        ("primes serial_seconds < 1, given machine cores >= 8", "not given"),
        ("primes serial_seconds < 3, given machine cores >= 8", "not given"),
        ("primes serial_seconds < 3, given machine cores >= 2 and machine cores < 3", "holds"),
        ("primes serial_seconds < 3, given primes go_seconds < 1", "not measured"),
    ],
)
def test_a_relation_is_evaluated(book: Book, relation: str, verdict: str):
    put(book)
    assert checked(book, f"it is so: {relation}").verdict == verdict


@pytest.mark.parametrize(
    ("claim", "complaint"),
    [
        ("primes serial_seconds < 1", "a claim is WORDS: RELATION"),
        ("a: primes serial_seconds", "a comparison"),
        ("a: primes serial_seconds <", "a number or a figure"),
        ("a: primes serial_seconds < 1 2", "no language “1”"),
        ("a: (primes serial_seconds < 1", "“)” is wanted"),
        ("a: max(primes serial_seconds) < 1", "max of one figure"),
        ("a: primes serial_seconds < 1, machine cores > 1", "“, given”"),
        ("a: primes serial_seconds < 1 given machine cores > 1", "“, given”"),
        ("a: serial_seconds < 1", "has no figure before it"),
        ("a: primes speed < 1", "no figure “speed”; it has serial_seconds"),
        ("a: fibonacci serial_seconds < 1", "fibonacci.json"),
        ("a: primes kernel < 1", "is no number"),
        ("a: primes serial_seconds < connection_bytes", "seconds and bytes"),
        ("a: primes serial_seconds + connection_bytes < 1", "seconds and bytes"),
        ("a: primes rows[style=Go] memory_bytes < 1", "no list of rows “rows”; it has counts"),
        ("a: primes counts[style=Rust] memory_bytes < 1", "style=Asio, erased"),
        ("a: primes counts[style=Asio, erased] memory_bytes < 1", "2 rows"),
        ("a: primes counts[style] memory_bytes < 1", "picks no row"),
        ("a: primes counts[style=Go] wall_seconds < 1", "no “wall_seconds”; it has style"),
        # Not even behind a figure that is not measured, or a condition that is not given.
        ("a: primes go_seconds / speed < 1", "no figure “speed”"),
        ("a: primes speed < 1, given machine cores > 8", "no figure “speed”"),
        ("a: cpp speed < 1", "there is no figure “speed”; there are wall"),
        ("a: examples_1/none cpp wall < 1", "none.cpp.json"),
    ],
)
def test_a_claim_that_is_wrong_is_an_error(book: Book, claim: str, complaint: str):
    put(book)
    with pytest.raises(BookError) as caught:
        checked(book, claim)
    assert complaint in str(caught.value)


def test_an_error_in_a_claim_fails_the_build_and_names_it(book: Book):
    put(book, "a: primes speed < 1")
    with pytest.raises(SphinxError) as caught:
        book.build()
    assert ":claim:`a: primes speed < 1`: primes.json has no figure “speed”" in str(caught.value)
    assert not (book.root / "out/html/index.html").exists()


def test_what_is_wrong_in_a_docstring_is_reported_there(book: Book):
    put(book, "it is so: primes serial_seconds < 1")
    claims = "Another\nparagraph. :claim:`it is quick: cpp wall < 1`"
    book.write(f"{KEY}.cpp", SOURCE.replace("Another paragraph.", claims))
    said = book.said()
    assert f"\n{KEY}.cpp:7: it is quick\n" in said
    assert f"\ndocs/{KEY}.rst:{len(PAGE.splitlines()) + 2}: it is so\n" in said


def test_where_it_holds_a_mark_tells_what_was_checked(book: Book):
    put(book, RATIO)
    html = book.page()
    assert text_of(html).count("It is so. ✓") == 1
    mark = re.search(
        r'<span class="book-mark" (.*?)>✓</span>(<span class="book-tip".*?</span></span>)', html
    )
    assert mark is not None
    assert 'tabindex="0"' in mark[1]
    assert 'aria-label="Checked on this machine: it holds."' in mark[1]
    described = re.search(r'aria-describedby="([^"]+)"', mark[1])
    assert described is not None
    assert f'role="tooltip" id="{described[1]}"' in mark[2]
    told = re.sub("<[^>]*>", "", mark[2]).replace("\N{NO-BREAK SPACE}", " ")
    assert "Threads use all cores: primes serial_seconds / threads_seconds &gt; 1.6" in told
    assert (
        "Serial time: 2.000 s (median of 5 rounds, their middle half from 1.900 s to 2.100 s"
        in told
    )


@pytest.mark.parametrize(
    ("claim", "changed", "told"),
    [
        (
            RATIO,
            {
                "figure": {"threads_seconds": spread(1.96, 1.9, 2.0)},
                "busy_share": 0.43,
                "form": "long",
            },
            "Not on this machine. Elsewhere, threads use all cores: the ratio is above 1.6. "
            "Here it was 1.02. While it was measured, other programs took 43 % of the cores.",
        ),
        (
            RATIO,
            {"figure": {"threads_seconds": spread(1.96, 1.2, 2.0, 3)}},
            "Here it was 1.02. Its rounds varied: their middle half allows 0.95 to 1.75. "
            "It was measured in the short form, in 3 rounds; the long form is more exact.",
        ),
        (
            RATIO,
            {"figure": {"threads_seconds": spread(1.96, 1.9, 2.0)}, "form": "long"},
            "Here it was 1.02. Nothing that the build recorded explains it.",
        ),
        (
            RATIO,
            {
                "figure": {"threads_seconds": spread(1.96, 1.9, 2.0)},
                "form": "long",
                "machine": MACHINE | {"cores": 1, "cpu_quota": 0.33},
            },
            "Here it was 1.02. A CPU quota gives this build the time of 0.33 cores.",
        ),
        (
            f"a coroutine is small: {ROWS.replace('<', '>')}",
            {"form": "long", "machine": MACHINE | {"virtual_machine": True}},
            "memory (threads) 9 kB. This is a virtual machine: others may use the same cores, "
            "unseen by it.",
        ),
        (
            f"a coroutine is small: {ROWS.replace('<', '>')}",
            {
                "form": "long",
                "machine": MACHINE | {"virtual_machine": True, "cores_are_threads": True},
            },
            "memory (threads) 9 kB. Some of this machine's cores are two threads of one",
        ),
        (
            f"a coroutine is small: {ROWS.replace('<', '>')}",
            {"form": "long"},
            "Not on this machine. Elsewhere, a coroutine is small. Here: memory (Asio, erased, 10) "
            "100 B; memory (threads) 9 kB.",
        ),
        (
            "it is near: 0.9 < primes serial_seconds / threads_seconds < 1.1",
            {"form": "long"},
            "it is near: the ratio is above 0.9 and below 1.1. Here it was 1.82.",
        ),
        (
            f"{RATIO}, given machine cores >= 4",
            {},
            "Not checked on this machine. Elsewhere, threads use all cores; "
            "that needs at least 4 cores, and this build may use 2.",
        ),
        (
            f"{RATIO}, given machine cores >= 2",
            {"machine": MACHINE | {"cores": 1, "cores_online": 4}},
            "that needs at least 2 cores, and this build may use 1. "
            "This build may use 1 of the machine's 4 cores.",
        ),
        (
            "Go is as fast: primes go_seconds < 2 * serial_seconds",
            {},
            "Not checked on this machine. Elsewhere, Go is as fast; it needs the Go time, "
            f"which was not measured: {GO}.",
        ),
    ],
)
def test_where_it_does_not_hold_the_page_says_so(
    book: Book, claim: str, changed: dict[str, Any], told: str
):
    put(book, claim, **changed)
    html = book.page()
    assert told in text_of(html)
    kind = "Not checked" if "needs" in told else "it does not hold"
    assert re.search(f'aria-label="[^"]*{kind}', html)


def test_other_builders_show_marks_and_notes(book: Book):
    put(book, RATIO, "it is small: primes connection_bytes < 96")
    text = re.sub(r"\s+", " ", book.page("text"))
    assert "It is so. ✓ It is so. [Not on this machine. Elsewhere, it is small: " in text
    epub = (book.build("epub") / f"{KEY}.xhtml").read_text(encoding="utf-8")
    assert '<span title="Checked on this machine: it holds.">✓</span>' in epub
    assert "Elsewhere, it is small: the connection size is below 96" in epub
    assert 'role="tooltip"' not in epub


def test_a_run_whose_threads_waited_for_a_core_says_so(book: Book, data: dict[str, Any]):
    data["transcripts"][0]["run"]["threads"][0]["spans"] = [[0.0, 1.4, 0.2, 1.2]]
    book.record("cpp", data)
    put(book, "it ends at once: cpp wall < 1")
    assert "its threads waited for a core: 1.200 s (two_calls.cpp.json)" in text_of(book.page())


def test_recordings_that_break_turn_the_verdict(book: Book):
    put(book, RATIO)
    assert "Not on this machine" not in book.page()
    put(book, RATIO, figure={"threads_seconds": spread(1.96, 1.9, 2.0)})
    assert "Not on this machine" in book.page()


def test_a_page_lists_all_claims_with_their_verdicts(book: Book):
    book.write("docs/claims.rst", ":orphan:\n\nClaims\n======\n\n.. claim-list::\n")
    put(book, RATIO, "Go is as fast: primes go_seconds < 1", f"it is small: {ROWS}")
    book.build()

    def listed() -> str:
        return (book.root / "out/html/claims.html").read_text(encoding="utf-8")

    text = text_of(listed())
    assert "Of 3 claims, 2 hold on this machine, 1 was not checked." in text
    assert "✓ It holds." in text
    assert (
        f"○ Not checked on this machine. Elsewhere, Go is as fast; it needs the Go time, which was not measured: {GO}."
        in text
    )
    for number in (1, 2, 3):
        assert f'href="{KEY}.html#claim-{number}"' in listed()
        assert f'id="claim-{number}"' in (book.root / f"out/html/{KEY}.html").read_text()
    # It follows the pages, though its own source has not changed.
    put(book, RATIO, figure={"threads_seconds": spread(1.96, 1.9, 2.0)})
    book.build()
    assert "Of 1 claims, 0 hold on this machine, 1 does not." in text_of(listed())


def test_the_build_ends_with_what_it_could_not_show(book: Book):
    put(book, RATIO, "Go is as fast: primes go_seconds < 1", "it is so: primes serial_seconds < 1")
    lines = book.said().rstrip().splitlines()
    end = "\n".join(lines[-12:])
    assert "Not measured on this machine: 2\n" in end
    assert f"  primes: {GO}\n      go_seconds, counts[Go, 10] memory_bytes\n" in end
    assert f"{KEY}.rst:" in end
    assert (
        "it is so\n      Not on this machine. Elsewhere, it is so: the serial time is below 1.000"
        in end
    )
    assert lines[-2] == "Of 3 claims, 1 hold on this machine, 1 does not, 1 was not checked."
    assert lines[-1] == f"The book is ready: {book.root}/out/html/index.html"


@pytest.mark.parametrize(
    "claim", ["it is so: primes serial_seconds < 1", "Go is as fast: primes go_seconds < 1"]
)
def test_what_publishing_needs(book: Book, claim: str):
    put(book, claim)
    data = primes()
    data["figures"]["go_seconds"] = spread(2, 2, 2) if "serial" in claim else {"not_measured": GO}
    data["tables"] = {}
    book.write("recordings/primes.json", json.dumps(data))
    book.build()
    with pytest.raises(SphinxError) as caught:
        book.build(book_require_all=True)
    assert (GO if "Go" in claim else f"{KEY}.rst:") in str(caught.value)
    data["figures"] |= {
        "go_seconds": spread(0.5, 0.4, 0.6),
        "serial_seconds": spread(0.5, 0.4, 0.6),
    }
    book.write("recordings/primes.json", json.dumps(data))
    book.build(book_require_all=True)


def test_publishing_needs_each_figure_of_a_measurement(book: Book):
    put(book, RATIO)
    book.build()
    with pytest.raises(SphinxError) as caught:
        book.build(book_require_all=True)
    assert f"primes go_seconds: not measured: {GO}" in str(caught.value)
    assert f"primes counts[Go, 10] memory_bytes: not measured: {GO}" in str(caught.value)


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("cpp_serial_wall_seconds", "C++ serial wall time"),
        ("minutes", "minutes"),
        ("seconds", "seconds"),
        ("memory_bytes", "memory"),
        ("busy_share", "busy share"),
        ("answers_per_second", "answers per second"),
        ("connection_bytes", "connection size"),
    ],
)
def test_figures_have_words(field: str, words: str):
    assert in_words(field) == words


def test_the_command_prints_verdicts_and_errors(book: Book, capsys: pytest.CaptureFixture[str]):
    put(book, RATIO, "a: primes speed < 1")
    arguments = ["--root", str(book.root), "--recordings", str(book.recordings)]
    page = str(book.docs / f"{KEY}.rst")
    line = len(PAGE.splitlines()) + 2
    assert main([*arguments, page]) == 1
    printed = capsys.readouterr().out
    assert f"{page}:{line}: ✓ holds: threads use all cores\n" in printed
    assert "primes threads_seconds = 1.1 (1 to 1.15, 5 rounds)\n" in printed
    assert f"{page}:{line + 2}: error: primes.json has no figure “speed”" in printed
    assert main([*arguments, "--syntax"]) == 0
    book.write(f"{KEY}.cpp", SOURCE.replace("more.", "more. :claim:`it is quick: cpp wall < 2`"))
    assert main([*arguments, str(book.root / f"{KEY}.cpp")]) == 0
    assert "✓ holds: it is quick\n" in capsys.readouterr().out


def test_a_note_of_a_bound_on_each_kind_of_figure():
    def look_up(words: tuple[str, ...]) -> RecordedFigure:
        return RecordedFigure("call time", "x.json", "seconds", 0.5)

    def told(relation: str) -> str:
        return note(check_claim(parse_claim(f"it is so: {relation}"), look_up), {}).replace(
            "\N{NO-BREAK SPACE}", " "
        )

    assert "the call time is at most 20 ms. Here it was 500 ms." in told("a b <= 0.02")
    assert "the difference is below 0. Here it was 0." in told("a b - c d < 0")
    assert "the largest of call time, 2 is above 3.000 s. Here it was 2.000 s." in told(
        "max(a b, 2) > 3"
    )
