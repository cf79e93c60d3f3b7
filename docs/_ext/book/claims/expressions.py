"""A claim as it is written: words, and a relation of figures and numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Number:
    text: str

    @property
    def value(self) -> float:
        return float(self.text)


@dataclass(frozen=True)
class Name:
    """A figure, by all of its words."""

    words: tuple[str, ...]


@dataclass(frozen=True)
class Operation:
    sign: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Choice:
    """The largest or the smallest of several."""

    function: str
    of: tuple[Expression, ...]


Expression = Number | Name | Operation | Choice


@dataclass(frozen=True)
class Comparison:
    """`of[0] signs[0] of[1] signs[1] of[2]` …, each with the next."""

    of: tuple[Expression, ...]
    signs: tuple[str, ...]


Relation = tuple[Comparison, ...]


@dataclass(frozen=True)
class Claim:
    words: str
    relation: Relation
    condition: Relation  # empty: always given
    written: str  # the relation and its condition, as the page writes them


def names_in(expression: Expression) -> Iterator[Name]:
    match expression:
        case Name():
            yield expression
        case Operation(_, left, right):
            yield from names_in(left)
            yield from names_in(right)
        case Choice(_, of):
            for one in of:
                yield from names_in(one)
