"""The timeline: names, colours and how much is drawn."""

import re
from dataclasses import replace

import pytest
from book.recording import Span, Thread, read_recording
from book.timeline import timeline_svg
from book.timeline_rows import row_names, timeline_rows
from book.transcript import run_html
from conftest import KEY, Book


def one(pid: int, tid: int, name: str, program: str = "3_5_as_complete") -> Thread:
    return Thread(pid, tid, name, program, 0.0, 1.0, ())


def test_rows_are_named_for_what_they_are():
    assert row_names(
        [
            one(5, 5, "3_5_as_complete"),
            one(5, 6, "worker 1"),
            one(5, 7, "3_5_as_complete"),
            one(9, 9, "3_5_as_complete"),
            one(9, 10, "3_5_as_complete"),
        ]
    ) == ["main", "worker 1", "thread 1", "process 1", "thread 2"]


def test_a_name_that_the_kernel_cut_is_the_programs():
    assert row_names([one(5, 5, "3_5_as_complete", "3_5_as_completed_staggered")]) == ["main"]


@pytest.fixture
def transcript(book: Book):
    return read_recording(book.recordings, KEY, "cpp").transcript(1)


def test_a_row_has_the_colour_of_the_lane_it_wrote_in(transcript):
    assert [row.colour for row in timeline_rows(transcript.run, transcript.lanes)] == [
        "lane-none",
        "lane-1",
        "lane-2",
    ]


def test_a_thread_that_wrote_in_two_lanes_is_neutral(transcript):
    lines = tuple(replace(line, thread=1) for line in transcript.run.lines[:2])
    drawn = timeline_rows(replace(transcript.run, lines=lines), transcript.lanes)
    assert drawn[1].colour == "lane-none"


def test_rows_stand_in_the_order_of_their_start(transcript):
    main, first, second = transcript.run.threads
    late = replace(first, start=0.5)
    drawn = timeline_rows(replace(transcript.run, threads=(main, late, second)), transcript.lanes)
    assert [row.name for row in drawn] == ["main", "thread 1", "worker 1"]


def test_threads_that_start_together_stand_in_the_order_of_their_lanes(transcript):
    main, first, second = transcript.run.threads
    late = replace(first, start=second.start + 0.001)
    drawn = timeline_rows(replace(transcript.run, threads=(main, late, second)), transcript.lanes)
    assert [row.colour for row in drawn] == ["lane-none", "lane-1", "lane-2"]


def test_lines_of_unknown_writers_have_a_row(transcript):
    lines = tuple(replace(line, thread=None) for line in transcript.run.lines)
    drawn = timeline_rows(replace(transcript.run, lines=lines), transcript.lanes)
    assert drawn[-1].name == "output"
    assert len(drawn[-1].lines) == 3


def test_marks_carry_time_and_text(transcript):
    drawing = timeline_svg(transcript.run, transcript.lanes, "x", "T")
    assert drawing.count('class="mark') == 3
    assert "<title>0.001 s: hello from a &lt;&amp;&gt;</title>" in drawing


def test_a_long_busy_run_is_drawn_small(transcript):
    spans = tuple(Span(t / 100, (t + 1) / 100, 0.005 * (t % 3), 0.002) for t in range(6000))
    busy = tuple(replace(thread, end=60.0, spans=spans) for thread in transcript.run.threads)
    drawing = timeline_svg(replace(transcript.run, wall=60.0, threads=busy), (), "x", "T")
    assert len(drawing) < 100_000
    assert "url(#x-waiting)" in drawing


def test_nothing_is_drawn_outside_the_picture(transcript):
    drawing = timeline_svg(transcript.run, transcript.lanes, "x", "T")
    for begin, width in re.findall(r'<rect[^>]* x="([\d.]+)"[^>]* width="([\d.]+)"', drawing):
        assert float(begin) + float(width) <= 720
    for begin, width in re.findall(r"M([\d.]+) [\d.]+h([\d.]+)", drawing):
        assert float(begin) + float(width) <= 720


def test_console_escapes_and_marks_measured_numbers(transcript):
    html = run_html(transcript, "x", "C++")
    assert "hello from a &lt;&amp;&gt;" in html
    # The recorder counts bytes: two letters of this line have two.
    assert re.search(r'dönë: finished after <span class="measured"[^>]*>1\.50</span> second', html)
