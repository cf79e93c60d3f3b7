"""Measured rows are drawn where they belong, and what cannot be drawn is an error."""

import re
from typing import Any

import pytest
from book import chart
from book.chart import bars_svg, chart_svg
from book.errors import BookError
from book.recorded_figure import RecordedFigure
from book.series import Axis, describe, missing_notes, read_bars, read_series
from book.svg import WIDTH
from conftest import KEY, PAGE, Book, measurement
from sphinx.errors import SphinxError

ROWS = [
    {"tasks": 1000, "wall_seconds": 0.2, "style": "threads"},
    {"tasks": 10, "wall_seconds": 0.1, "style": "threads"},
    {"tasks": 10, "wall_seconds": 0.05, "style": "<coroutines>"},
    {"tasks": 100_000, "wall_seconds": 0.4, "style": "<coroutines>"},
]
X, Y = Axis("tasks", "tasks", log=True), Axis("wall_seconds", "wall")


def test_rows_become_series_in_order():
    threads, coroutines = read_series(ROWS, X, Y, "style")
    assert threads.name == "threads"
    assert [(point.x, point.value) for point in threads.points] == [(10, 0.1), (1000, 0.2)]
    assert coroutines.name == "<coroutines>"


def test_a_point_stands_where_its_numbers_say():
    svg = chart_svg(read_series(ROWS, X, Y, "style"), X, Y, "c", "Waiting")
    marks = [(float(x), float(y)) for x, y in re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', svg)]
    assert len(marks) == len(ROWS)
    (ten, tenth), (thousand, fifth), _, (most, slowest) = marks
    # 10, 1 000 and 100 000 are two decades apart each.
    assert thousand - ten == pytest.approx(most - thousand, abs=0.05)
    assert (ten, most) == (chart.LEFT, WIDTH - chart.RIGHT)
    # 0.1, 0.2 and 0.4 s: the axis begins at 0, and what is more stands higher.
    assert fifth - slowest == pytest.approx(2 * (tenth - fifth), abs=0.05)
    assert (chart.HEIGHT - chart.BOTTOM) - slowest == pytest.approx(
        4 * (chart.HEIGHT - chart.BOTTOM - tenth), abs=0.05
    )
    assert "<coroutines>" not in svg
    assert "&lt;coroutines&gt;, tasks 100\N{NARROW NO-BREAK SPACE}000: 400" in svg


def test_a_bar_is_as_long_as_its_number():
    axis = Axis("runs", "runs")
    bars = read_bars([{"sum": "−1", "runs": 25}, {"sum": 0, "runs": 100}], axis, "sum")
    svg = bars_svg(bars, axis, "c", "Outcomes")
    short, long = (float(width) for width in re.findall(r'<rect[^>]* width="([\d.]+)"', svg))
    assert long == pytest.approx(4 * short, abs=0.02)


def taken(value: float, low: float, high: float) -> RecordedFigure:
    return RecordedFigure("wall time", "waiting.json", "seconds", value, low, high, rounds=5)


def missing(reason: str) -> RecordedFigure:
    return RecordedFigure("wall time", "waiting.json", "seconds", None, reason=reason)


SPREAD: list[dict[str, Any]] = [
    {"tasks": 10, "wall_seconds": taken(0.2, 0.1, 0.4), "style": "a"},
    {"tasks": 100, "wall_seconds": missing("no memory"), "style": "a"},
    {"tasks": 1000, "wall_seconds": taken(0.3, 0.3, 0.3), "style": "a"},
    {"tasks": 10_000, "wall_seconds": missing("no memory"), "style": "a"},
    {"tasks": 10, "wall_seconds": missing("Go was not found"), "style": "Go"},
    {"tasks": 1000, "wall_seconds": missing("Go was not found"), "style": "Go"},
]


@pytest.mark.parametrize("log", [False, True])
def test_whiskers_reach_from_quartile_to_quartile(log: bool):
    y = Axis("wall_seconds", "wall", log)
    svg = chart_svg(read_series(SPREAD, X, y, "style"), X, y, "c", "Waiting")
    whiskers = re.findall(r'class="whisker" d="M([\d.]+) ([\d.]+)V([\d.]+)M', svg)
    assert len(whiskers) == 1  # none for 0.3 s, whose quartiles are the same
    x, low, high = map(float, whiskers[0])
    first, second = (
        (float(x), float(y)) for x, y in re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', svg)
    )
    assert x == first[0]
    assert chart.TOP <= high < first[1] < low <= chart.HEIGHT - chart.BOTTOM
    # 0.1, 0.2 and 0.4 s: on the logarithm, both whiskers are as long.
    if log:
        assert low - first[1] == pytest.approx(first[1] - high, abs=0.05)
    else:
        assert 2 * (low - first[1]) == pytest.approx(first[1] - high, abs=0.05)
    # No line goes through the point that is missing.
    assert re.findall(r'class="line" d="([^"]*)"', svg) == [
        f"M{first[0]:g} {first[1]:g}",
        f"M{second[0]:g} {second[1]:g}",
    ]


def test_a_quartile_that_has_no_logarithm_ends_at_the_axis():
    y = Axis("wall_seconds", "wall", log=True)
    rows = [
        {"tasks": 10, "wall_seconds": taken(0.2, 0.0, 0.4)},
        {"tasks": 20, "wall_seconds": 0.01},
    ]
    svg = chart_svg(read_series(rows, X, y, None), X, y, "c", "Waiting")
    (end,) = re.findall(r'class="whisker" d="M[\d.]+ ([\d.]+)V', svg)
    assert float(end) == chart.HEIGHT - chart.BOTTOM


def test_a_bar_has_its_whisker():
    axis = Axis("wall_seconds", "wall")
    svg = bars_svg(read_bars(SPREAD, axis, "style"), axis, "c", "Waiting")
    left, width = map(
        float, re.findall(r'<rect class="running" x="([\d.]+)".* width="([\d.]+)"', svg)[0]
    )
    ((low, high),) = re.findall(r'class="whisker" d="M([\d.]+) [\d.]+H([\d.]+)M', svg)
    assert float(low) - left == pytest.approx(width / 2, abs=0.02)
    assert float(high) - left == pytest.approx(width * 2, abs=0.02)
    assert svg.count("<rect") == 2


def test_what_is_not_drawn_is_said_with_its_reason():
    series = read_series(SPREAD, X, Y, "style")
    assert missing_notes(series, X) == [
        "Not measured: a at tasks 100, 10\N{NARROW NO-BREAK SPACE}000 (no memory).",
        "Not measured: Go (Go was not found).",
    ]
    assert missing_notes(read_bars(SPREAD[1:2], Y, "style"), None) == [
        "Not measured: a (no memory)."
    ]
    assert "Go: not measured." in describe(series, X, Y)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"tasks": 1}, "no “wall_seconds”"),
        ({"tasks": 1, "wall_seconds": "fast"}, "is no number: fast"),
        ({"tasks": 1, "wall_seconds": True}, "is no number"),
        ({"tasks": 0, "wall_seconds": 1}, "which has no logarithm"),
        ({"tasks": 1, "wall_seconds": float("nan")}, "is no number"),
    ],
)
def test_a_row_that_cannot_be_drawn(row: dict[str, object], message: str):
    with pytest.raises(BookError, match=message):
        read_series([row], X, Y, None)


CHART = """
.. chart:: waiting
   :rows: sleepers
   :x: tasks
   :y: wall_seconds
   :name: style
   :log: x
   :title: How long the sleepers take
"""


def write(book: Book, directive: str, rows: object = ROWS) -> None:
    book.write("recordings/waiting.json", measurement({}, sleepers=rows))
    book.write(f"docs/{KEY}.rst", PAGE + directive)


def test_a_page_shows_the_picture_its_legend_and_the_numbers(book: Book):
    write(book, CHART)
    html = book.page()
    assert html.count('class="book-timeline book-chart"') == 1
    assert html.count('<svg class="book-key lane-2"') >= 1
    folded = html[html.index('<details class="book-folded">') : html.index("</details>")]
    cells = re.findall(r"<p>(.*?)</p>", folded)
    assert cells[:3] == ["style", "tasks", "wall time"]
    assert cells[3:6] == ["threads", "1000", "200\N{NO-BREAK SPACE}ms"]
    assert len(cells) == 15


def test_a_page_shows_spread_and_what_is_missing(book: Book):
    write(book, CHART)
    rows = [
        {
            "style": "a",
            "tasks": 10,
            "wall_seconds": {"value": 0.2, "low": 0.1, "high": 0.4, "rounds": 5},
        },
        {"style": "a", "tasks": 100, "wall_seconds": {"not_measured": "no memory"}},
    ]
    book.write("recordings/waiting.json", measurement({}, sleepers=rows))
    html = book.page().replace("\N{NO-BREAK SPACE}", " ")
    assert html.count('class="whisker"') == 1
    assert "<title>a, tasks 10: 200 ms (100 ms to 400 ms, 5 rounds)</title>" in html
    assert "Not measured: a at tasks 100 (no memory). The whiskers span the middle half" in html
    folded = html[html.index('<details class="book-folded">') : html.index("</details>")]
    cells = re.findall(r"<p>(.*?)</p>", folded)
    assert cells[:5] == ["style", "tasks", "wall time", "middle half", "rounds"]
    assert cells[5:10] == ["a", "10", "200 ms", "100 ms to 400 ms", "5"]
    assert cells[10:13] == ["a", "100", "not measured"]


def test_without_any_point_there_is_no_picture(book: Book):
    write(book, CHART)
    row = {"style": "a", "tasks": 10, "wall_seconds": {"not_measured": "no memory"}}
    book.write("recordings/waiting.json", measurement({}, sleepers=[row]))
    html = book.page()
    assert "book-chart" not in html
    assert "Not measured: a (no memory)." in html


def test_bars_are_drawn_without_an_x(book: Book):
    write(book, CHART.replace("   :x: tasks\n", "").replace("   :log: x\n", ""))
    assert book.page().count('<rect class="running"') >= len(ROWS)


def test_another_builder_gets_the_numbers(book: Book):
    write(book, CHART)
    text = book.page("text")
    assert "How long the sleepers take" in text
    assert "<svg" not in text
    assert re.search(r"<coroutines>\s*\|?\s*100000", text)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ((":rows: sleepers", ":rows: wakers"), "no list of rows “wakers”"),
        ((".. chart:: waiting", ".. chart:: running"), "running.json"),
        ((":y: wall_seconds", ":y: cpu_seconds"), "no “cpu_seconds”"),
        (("   :title: How long the sleepers take\n", ""), "needs :title:"),
        (
            ("   :x: tasks\n   :y: wall_seconds\n   :name: style", "   :y: wall_seconds"),
            "needs :name:",
        ),
    ],
)
def test_what_a_chart_lacks_fails_the_build(book: Book, change: tuple[str, str], message: str):
    assert change[0] in CHART
    write(book, CHART.replace(*change))
    with pytest.raises(SphinxError, match=message):
        book.build("dummy")


def test_a_chart_of_nothing_fails_the_build(book: Book):
    write(book, CHART, [])
    with pytest.raises(SphinxError, match="no rows to draw"):
        book.build("dummy")
