"""Figures are found by name, and printed with units that suit them."""

import pytest
from book.errors import BookError
from book.figures import Figure, count, ratio, seconds, size
from book.recording import read_recording
from book.run_figures import run_figure
from conftest import KEY, Book


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (5.00234, "5.002 s"),
        (12.3456, "12.35 s"),
        (100.04, "100.0 s"),
        (0.9996, "1.000 s"),
        (0.02904, "29 ms"),
        (0.00996, "10 ms"),
        (0.00144, "1.4 ms"),
        (0.0006, "0.60 ms"),
        (0.000019, "19 µs"),
        (0.0000012, "1.2 µs"),
        (0.0000009996, "1.0 µs"),
        (0.0000009, "900 ns"),
        (0.00000002, "20 ns"),
        (0.0000000099, "9.9 ns"),
        (0.00000000024, "0.24 ns"),
        (0, "0.00 ns"),
    ],
)
def test_seconds(value: float, printed: str):
    assert plain(seconds(value)) == printed


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (999, "999 B"),
        (81_000, "81 kB"),
        (999_600, "1.0 MB"),
        (3_932_160, "3.9 MB"),
        (8.3e9, "8.3 GB"),
    ],
)
def test_sizes(value: float, printed: str):
    assert plain(size(value)) == printed


def test_counts():
    assert plain(count(3628800)) == "3 628 800"


@pytest.mark.parametrize(
    ("top", "bottom", "printed"),
    [
        (34, 10, "3.4 ×"),
        (9.96, 1, "10 ×"),
        (342, 1, "342 ×"),
        (1, 29.4, "0.034 ×"),
        (1, 1, "1.0 ×"),
    ],
)
def test_ratios_have_two_digits(top: float, bottom: float, printed: str):
    assert plain(ratio(Figure(top, "bytes"), Figure(bottom, "bytes"))) == printed


def test_a_ratio_of_unlike_figures_is_refused():
    with pytest.raises(BookError, match="seconds to bytes"):
        ratio(Figure(1, "seconds"), Figure(1, "bytes"))


def test_figures_of_a_recording(book: Book):
    recording = read_recording(book.recordings, KEY, "cpp")
    values = {
        name: run_figure(recording, recording.transcript(1), name).value
        for name in ("wall", "cpu", "memory", "threads", "lines", "orders_seen", "orders_allowed")
    }
    assert values == {
        "wall": 1.503,
        "cpu": 0.0021,
        "memory": 4_000_000,
        "threads": 3,
        "lines": 3,
        "orders_seen": 2,
        "orders_allowed": 2,
    }
    overshoot = run_figure(recording, recording.transcript(1), "overshoot")
    assert overshoot.value == pytest.approx(0.003)
    (line,) = recording.transcript(1).run.lines[-1].measured
    assert run_figure(recording, recording.transcript(1), "reported").value == line.value


def test_a_run_that_need_not_take_any_time_has_no_time_beyond_it(book: Book, data):
    data["transcripts"][0]["run"]["lines"][-1]["measured"][0]["at_least"] = 0.0
    book.record("cpp", data)
    recording = read_recording(book.recordings, KEY, "cpp")
    assert run_figure(recording, recording.transcript(1), "reported").value > 0
    with pytest.raises(BookError, match="has no figure “overshoot”"):
        run_figure(recording, recording.transcript(1), "overshoot")


def test_a_number_that_is_not_the_programs_time_has_no_time_beyond_it(book: Book, data):
    data["transcripts"][0]["run"]["lines"][-1]["text"] = "the latest tick came 1.50 s late"
    book.record("cpp", data)
    recording = read_recording(book.recordings, KEY, "cpp")
    with pytest.raises(BookError, match="has no figure “overshoot”"):
        run_figure(recording, recording.transcript(1), "overshoot")


def test_a_figure_that_a_recording_lacks_is_refused(book: Book, data):
    data["transcripts"][0]["runs"]["orders_allowed"] = None
    data["transcripts"][0]["run"]["lines"][-1]["measured"] = []
    book.record("cpp", data)
    recording = read_recording(book.recordings, KEY, "cpp")
    for name in ("orders_allowed", "overshoot", "reported"):
        with pytest.raises(BookError, match=f"has no figure “{name}”"):
            run_figure(recording, recording.transcript(1), name)


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("after 1.50 second(s)", "printed_seconds_1", 1.5),
        ("1.50 ms, or so", "printed_seconds_1", 0.0015),
        ("it takes 1.50 kB", "printed_bytes_1", 1500),
        ("1.50 apples", "printed_count_1", 1.5),
    ],
)
def test_what_the_program_printed(book: Book, data, text: str, name: str, value: float):
    printed_in_the_last_line(data, text)
    book.record("cpp", data)
    recording = read_recording(book.recordings, KEY, "cpp")
    found = run_figure(recording, recording.transcript(1), name)
    assert (found.value, found.unit) == (pytest.approx(value), name.split("_")[1])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("after 1.50 second(s)", "printed_seconds_2"),
        ("after 1.50 second(s)", "printed_bytes_1"),
        ("1.50 apples", "printed_seconds_1"),
        ("1.50", "printed_seconds_1"),
        ("after 1.50 second(s)", "printed_count_1"),
    ],
)
def test_what_the_program_did_not_print_is_refused(book: Book, data, text: str, name: str):
    printed_in_the_last_line(data, text)
    book.record("cpp", data)
    recording = read_recording(book.recordings, KEY, "cpp")
    with pytest.raises(BookError, match=r"has [01] printed (seconds|bytes|count), not"):
        run_figure(recording, recording.transcript(1), name)


def test_when_a_line_was_printed(book: Book, data):
    data["transcripts"][0]["run"]["lines"][1]["time"] = 1.25
    book.record("cpp", data)
    recording = read_recording(book.recordings, KEY, "cpp")
    found = run_figure(recording, recording.transcript(1), "line_2_seconds")
    assert (found.value, found.unit) == (1.25, "seconds")
    lines = len(recording.transcript(1).run.lines)
    with pytest.raises(BookError, match=f"has {lines} lines, not {lines + 1}"):
        run_figure(recording, recording.transcript(1), f"line_{lines + 1}_seconds")


def printed_in_the_last_line(data, text: str) -> None:
    last = data["transcripts"][0]["run"]["lines"][-1]
    begin = len(text.partition("1.50")[0])
    last["text"] = text
    last["measured"][0].update(begin=begin, end=begin + 4)


def test_an_incomplete_recording_is_refused(book: Book, data):
    del data["transcripts"][0]["run"]["peak_memory_bytes"]
    book.record("cpp", data)
    with pytest.raises(BookError, match=r"two_calls\.cpp\.json lacks a figure .*peak_memory_bytes"):
        read_recording(book.recordings, KEY, "cpp")
