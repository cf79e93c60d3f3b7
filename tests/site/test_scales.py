"""Values stand where they belong, and their ticks are round, few and readable."""

import pytest
from book.figures import Unit
from book.scales import Scale, even_ticks, log_ticks, tick_label, time_ticks


def test_a_value_stands_between_the_ends_of_its_scale():
    scale = Scale(0.0, 2.0, 100.0, 300.0)
    assert [scale(value) for value in (0.0, 0.5, 2.0)] == [100.0, 150.0, 300.0]
    assert [scale.clamped(value) for value in (-1.0, 1.0, 9.0)] == [100.0, 200.0, 300.0]


def test_a_logarithm_may_run_upwards():
    scale = Scale(1.0, 100.0, 200.0, 0.0, log=True)
    assert [scale(value) for value in (1.0, 10.0, 100.0)] == [200.0, 100.0, 0.0]
    assert scale.clamped(0.0) == 200.0


@pytest.mark.parametrize(
    ("first", "last", "ticks"),
    [
        (0, 5.9, [0, 1, 2, 3, 4, 5, 6]),
        (0, 0.04, [0, 0.01, 0.02, 0.03, 0.04]),
        (-2, 3, [-2, -1, 0, 1, 2, 3]),
    ],
)
def test_even_ticks(first: float, last: float, ticks: list[float]):
    assert even_ticks(first, last) == pytest.approx(ticks)


@pytest.mark.parametrize(
    ("first", "last", "ticks"),
    [
        (1, 10_000, [1, 10, 100, 1000, 10_000]),
        (0.03, 200, [0.01, 0.1, 1, 10, 100, 1000]),
        (3, 40, [2, 5, 10, 20, 50]),
        (1, 100, [1, 2, 5, 10, 20, 50, 100]),
    ],
)
def test_log_ticks(first: float, last: float, ticks: list[float]):
    assert log_ticks(first, last) == pytest.approx(ticks)


@pytest.mark.parametrize(
    ("value", "unit", "printed"),
    [
        (0.002, "seconds", "2 ms"),
        (20, "seconds", "20 s"),
        (0, "seconds", "0 s"),
        (5e6, "bytes", "5 MB"),
        (100_000, "count", "100 000"),
        (0.5, "ratio", "0.5"),
    ],
)
def test_tick_labels(value: float, unit: Unit, printed: str):
    label = tick_label(value, unit, largest=20)
    assert label.replace("\N{NARROW NO-BREAK SPACE}", " ") == printed


@pytest.mark.parametrize("wall", [0.0004, 0.0011, 0.3, 1.0, 5.0023, 60.2])
def test_ticks_are_few_and_within_the_run(wall: float):
    made = time_ticks(wall)
    assert 4 <= len(made) <= 9
    assert made[-1][0] <= wall * 1.000001
    assert len({label for _, label in made}) == len(made)
