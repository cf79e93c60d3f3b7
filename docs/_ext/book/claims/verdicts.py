"""Checks claims against the recordings of this machine."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ..recorded_figure import RecordedFigure
from .expressions import Choice, Claim, Comparison, Expression, Name, Number, Operation, names_in
from .quantities import (
    PLAIN,
    NotMeasured,
    Quantity,
    choose,
    common_dimension,
    compute,
    quantity_of,
)

LookUp = Callable[[tuple[str, ...]], RecordedFigure]
Verdict = Literal["holds", "fails", "not given", "not measured"]

COMPARED: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


def evaluate(expression: Expression, look_up: LookUp) -> Quantity:
    match expression:
        case Number():
            value = expression.value
            return Quantity(value, value, value, PLAIN)
        case Name(words):
            return quantity_of(look_up(words))
        case Choice(function, of):
            return choose(function, [evaluate(one, look_up) for one in of])
        case Operation(sign, left, right):
            return compute(sign, evaluate(left, look_up), evaluate(right, look_up))


@dataclass(frozen=True)
class Outcome:
    """What one comparison came to."""

    comparison: Comparison
    of: tuple[Quantity, ...]  # empty: not measured
    holds: bool | None
    may_hold: bool = False  # somewhere between the quartiles of its figures
    reason: str = ""  # why it was not measured


def compare(comparison: Comparison, look_up: LookUp) -> Outcome:
    try:
        quantities = [evaluate(one, look_up) for one in comparison.of]
    except NotMeasured as error:
        return Outcome(comparison, (), None, reason=str(error))
    holds, may_hold = True, True
    for sign, (left, right) in zip(comparison.signs, itertools.pairwise(quantities), strict=True):
        common_dimension(left.dimension, right.dimension, sign)
        holds &= COMPARED[sign](left.value, right.value)
        may_hold &= _may_hold(sign, left, right)
    return Outcome(comparison, tuple(quantities), holds, may_hold)


def _may_hold(sign: str, left: Quantity, right: Quantity) -> bool:
    match sign:
        case "<" | "<=":
            return COMPARED[sign](left.low, right.high)
        case ">" | ">=":
            return COMPARED[sign](left.high, right.low)
        case "==":
            return left.low <= right.high and right.low <= left.high
        case _:
            return left.low != right.high or right.low != left.high


@dataclass(frozen=True)
class CheckedClaim:
    """A claim with what this machine's recordings say of it."""

    claim: Claim
    verdict: Verdict
    relation: tuple[Outcome, ...]
    condition: tuple[Outcome, ...]
    figures: tuple[tuple[Name, RecordedFigure], ...]  # of both, each once, in the order of writing

    @property
    def broken(self) -> Outcome:
        """The first comparison that decides against the claim."""
        outcomes = self.condition if self.verdict == "not given" else self.relation
        wrong = [one for one in outcomes if one.holds is False]
        unknown = [one for one in (*self.condition, *self.relation) if one.holds is None]
        return (wrong or unknown)[0]


def check_claim(claim: Claim, look_up: LookUp) -> CheckedClaim:
    figures: dict[Name, RecordedFigure] = {}

    # All at first, so that an unknown figure can't hide behind one that is not measured.
    for comparison in (*claim.relation, *claim.condition):
        for name in (name for one in comparison.of for name in names_in(one)):
            figures.setdefault(name, look_up(name.words))

    def found(words: tuple[str, ...]) -> RecordedFigure:
        return figures[Name(words)]

    condition = tuple(compare(one, found) for one in claim.condition)
    relation = tuple(compare(one, found) for one in claim.relation)
    verdict = _verdict(condition, relation)
    return CheckedClaim(claim, verdict, relation, condition, tuple(figures.items()))


def _verdict(condition: tuple[Outcome, ...], relation: tuple[Outcome, ...]) -> Verdict:
    if any(one.holds is False for one in condition):
        return "not given"
    if any(one.holds is None for one in condition):
        return "not measured"
    if any(one.holds is False for one in relation):
        return "fails"
    if any(one.holds is None for one in relation):
        return "not measured"
    return "holds"
