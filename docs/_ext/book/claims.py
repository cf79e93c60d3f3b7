"""Claims: what a sentence says of the numbers, as a relation that is checked.

    threads use all cores: primes serial_seconds / threads_seconds > 1.6, given machine cores >= 2

    claim      := WORDS ": " relation [", given " relation]
    relation   := comparison (" and " comparison)*
    comparison := sum (OP sum)+                     OP: < <= > >= == !=
    sum        := product ((" + " | " - ") product)*
    product    := operand ((" * " | " / ") operand)*
    operand    := number | figure | "(" sum ")" | ("max" | "min") "(" sum ("," sum)+ ")"

A figure is named as sources.py says; one word alone takes what stands before the last
word of the figure before it. Numbers are in seconds, bytes, or without a unit. The
words complete the sentence "elsewhere, …".

As a program, it prints the verdict on each claim of the pages that it is given:

    python3 -m book.claims --root ROOT --recordings DIR docs/page.rst…
"""

from __future__ import annotations

import argparse
import itertools
import math
import operator
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from .errors import BookError
from .figures import NBSP, Figure, count
from .measurement import Taken
from .sources import ROW, Sources

# ---- What is written


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


COMPARED: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<sign><=|>=|==|!=|<|>)"
    r"|(?P<mark>[(),])"
    r"|(?P<operator>[-+*/](?=\s))"
    r"|(?P<row>[^\s()<>=!,\[\]]+\[[^\[\]]*\])"
    r"|(?P<word>[^\s()<>=!,\[\]]+)"
)
_NUMBER = re.compile(r"-?\d+(_\d+)*(\.\d+)?(e[-+]?\d+)?")


def parse_claim(text: str) -> Claim:
    text = " ".join(text.split())
    words, colon, rest = text.partition(": ")
    if not colon or not words or not rest:
        raise BookError("a claim is WORDS: RELATION")
    return _Parser(words, rest).claim()


class _Parser:
    def __init__(self, words: str, text: str) -> None:
        self.words = words
        self.text = text
        self.tokens = list(self.split())
        self.at = 0
        self.before: tuple[str, ...] = ()  # all but the last word of the figure before

    def split(self) -> Iterator[tuple[str, str]]:
        at = 0
        while at < len(self.text):
            match = _TOKEN.match(self.text, at)
            if match is None:
                raise BookError(f"“{self.text[at:]}” can't be read in “{self.text}”")
            at = match.end()
            if match.lastgroup != "space":
                yield str(match.lastgroup), match[0]
        yield "end", "the end"

    @property
    def next(self) -> str:
        return self.tokens[self.at][1]

    @property
    def kind(self) -> str:
        return self.tokens[self.at][0]

    def take(self) -> str:
        token = self.next
        self.at += 1
        return token

    def wrong(self, wanted: str) -> BookError:
        return BookError(f"{wanted} is wanted where “{self.next}” stands in “{self.text}”")

    def claim(self) -> Claim:
        relation = self.relation()
        condition: Relation = ()
        if self.next == "," and self.tokens[self.at + 1][1] == "given":
            self.at += 2
            condition = self.relation()
        if self.kind != "end":
            raise self.wrong("“and”, “, given” or the end")
        return Claim(self.words, relation, condition, self.text)

    def relation(self) -> Relation:
        comparisons = [self.comparison()]
        while (self.kind, self.next) == ("word", "and"):
            self.take()
            comparisons.append(self.comparison())
        return tuple(comparisons)

    def comparison(self) -> Comparison:
        of, signs = [self.sum()], []
        while self.kind == "sign":
            signs.append(self.take())
            of.append(self.sum())
        if not signs:
            raise self.wrong("a comparison (< <= > >= == !=)")
        return Comparison(tuple(of), tuple(signs))

    def sum(self) -> Expression:
        left = self.product()
        while self.kind == "operator" and self.next in "+-":
            left = Operation(self.take(), left, self.product())
        return left

    def product(self) -> Expression:
        left = self.operand()
        while self.kind == "operator" and self.next in "*/":
            left = Operation(self.take(), left, self.operand())
        return left

    def operand(self) -> Expression:
        if self.next == "(":
            self.take()
            inner = self.sum()
            self.close()
            return inner
        if self.next in ("max", "min") and self.tokens[self.at + 1][1] == "(":
            function = self.take()
            self.take()
            of = [self.sum()]
            while self.next == ",":
                self.take()
                of.append(self.sum())
            self.close()
            if len(of) < 2:
                raise BookError(f"{function} of one figure is that figure")
            return Choice(function, tuple(of))
        words = []
        while self.kind in ("word", "row") and self.next not in ("and", "given"):
            words.append(self.take())
        if not words:
            raise self.wrong("a number or a figure")
        if len(words) == 1 and _NUMBER.fullmatch(words[0]):
            return Number(words[0])
        return Name(self.completed(words))

    def close(self) -> None:
        if self.next != ")":
            raise self.wrong("“)”")
        self.take()

    def completed(self, words: list[str]) -> tuple[str, ...]:
        """With the words of the figure before it that this one leaves out."""
        if len(words) == 1 or (len(words) == 2 and ROW.fullmatch(words[0])):
            if not self.before:
                raise BookError(f"“{' '.join(words)}” has no figure before it, whose file it takes")
            # After a row, or before one: the file alone.
            whole = self.before[:1] if len(words) == 2 else self.before
            words = [*whole, *words]
        self.before = tuple(word for word in words[:-1] if not ROW.fullmatch(word))
        return tuple(words)


# ---- What it comes to


@dataclass(frozen=True)
class Unit:
    """Powers of the second and of the byte; a plain number suits each."""

    seconds: int = 0
    bytes: int = 0
    plain: bool = False

    def __str__(self) -> str:
        if self.seconds == self.bytes == 0:
            return "a number"
        parts = [
            name if power == 1 else f"{name}^{power}"
            for name, power in (("seconds", self.seconds), ("bytes", self.bytes))
            if power
        ]
        return "·".join(parts)


PLAIN = Unit(plain=True)
UNITS = {
    "seconds": Unit(seconds=1),
    "bytes": Unit(bytes=1),
    "per_second": Unit(seconds=-1),
    "bytes_per_second": Unit(seconds=-1, bytes=1),
}


@dataclass(frozen=True)
class Quantity:
    """A value, and between what it lies where its figures lie between their quartiles."""

    value: float
    low: float
    high: float
    unit: Unit

    def __str__(self) -> str:
        return printed(self.value, self.unit)


def printed(value: float, unit: Unit) -> str:
    """With the unit that suits it; without one, three digits."""
    if value == 0:
        return "0"
    if math.isfinite(value):
        for name, one in UNITS.items():
            if (unit.seconds, unit.bytes) == (one.seconds, one.bytes):
                return str(Figure(value, name))  # type: ignore[arg-type]
        if unit.seconds == unit.bytes == 0 and value == int(value) and abs(value) >= 1:
            return count(value)
    text = f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
    return text.replace("-", "\N{MINUS SIGN}")


class NotMeasured(Exception):
    """What the claim needs has no value here; says why."""


Lookup = Callable[[tuple[str, ...]], Taken]


def evaluate(expression: Expression, take: Lookup) -> Quantity:
    match expression:
        case Number():
            value = expression.value
            return Quantity(value, value, value, PLAIN)
        case Name(words):
            return _quantity(take(words))
        case Choice(function, of):
            parts = [evaluate(one, take) for one in of]
            pick = max if function == "max" else min
            unit = parts[0].unit
            for one in parts[1:]:
                unit = _alike(unit, one.unit, function)
            return Quantity(
                pick(one.value for one in parts),
                pick(one.low for one in parts),
                pick(one.high for one in parts),
                unit,
            )
        case Operation(sign, left, right):
            return _operation(sign, evaluate(left, take), evaluate(right, take))


def _quantity(taken: Taken) -> Quantity:
    if taken.value is None:
        raise NotMeasured(f"it needs the {taken.words}, which was not measured: {taken.reason}")
    if isinstance(taken.value, str):
        raise BookError(f"{taken.words} is no number: {taken.value}")
    value = float(taken.value)
    low = value if taken.low is None else taken.low
    high = value if taken.high is None else taken.high
    return Quantity(value, low, high, UNITS.get(taken.unit, Unit()))


def _alike(left: Unit, right: Unit, sign: str) -> Unit:
    if left.plain:
        return right
    if right.plain or left == right:
        return left
    raise BookError(f"{left} and {right} stand on the two sides of “{sign}”")


_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


def _operation(sign: str, left: Quantity, right: Quantity) -> Quantity:
    if sign in "+-":
        unit = _alike(left.unit, right.unit, sign)
    else:
        turn = 1 if sign == "*" else -1
        unit = Unit(
            left.unit.seconds + turn * right.unit.seconds,
            left.unit.bytes + turn * right.unit.bytes,
            left.unit.plain and right.unit.plain,
        )
    compute = _ARITHMETIC[sign]
    if sign == "/" and right.value == 0:
        raise NotMeasured("it needs a ratio to what is 0 here")
    value = compute(left.value, right.value)
    if sign == "/" and right.low <= 0 <= right.high:
        return Quantity(value, -math.inf, math.inf, unit)
    corners = [compute(a, b) for a in (left.low, left.high) for b in (right.low, right.high)]
    return Quantity(value, min(corners), max(corners), unit)


@dataclass(frozen=True)
class Outcome:
    """What one comparison came to."""

    comparison: Comparison
    of: tuple[Quantity, ...]  # empty: not measured
    holds: bool | None
    may_hold: bool = False  # somewhere between the quartiles of its figures
    reason: str = ""  # why it was not measured


def names(expression: Expression) -> Iterator[Name]:
    match expression:
        case Name():
            yield expression
        case Operation(_, left, right):
            yield from names(left)
            yield from names(right)
        case Choice(_, of):
            for one in of:
                yield from names(one)


def compare(comparison: Comparison, take: Lookup) -> Outcome:
    try:
        quantities = [evaluate(one, take) for one in comparison.of]
    except NotMeasured as error:
        return Outcome(comparison, (), None, reason=str(error))
    holds, may_hold = True, True
    for sign, (left, right) in zip(comparison.signs, itertools.pairwise(quantities), strict=True):
        _alike(left.unit, right.unit, sign)
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


Verdict = Literal["holds", "fails", "not given", "not measured"]


@dataclass(frozen=True)
class Checked:
    """A claim with what this machine's recordings say of it."""

    claim: Claim
    verdict: Verdict
    relation: tuple[Outcome, ...]
    condition: tuple[Outcome, ...]
    figures: tuple[tuple[Name, Taken], ...]  # of both, each once, in the order of writing

    @property
    def broken(self) -> Outcome:
        """The first comparison that decides against the claim."""
        outcomes = self.condition if self.verdict == "not given" else self.relation
        wrong = [one for one in outcomes if one.holds is False]
        unknown = [one for one in (*self.condition, *self.relation) if one.holds is None]
        return (wrong or unknown)[0]


def check(claim: Claim, take: Lookup) -> Checked:
    figures: dict[Name, Taken] = {}

    # All at first, so that an unknown figure can't hide behind one that is not measured.
    for comparison in (*claim.relation, *claim.condition):
        for name in (name for one in comparison.of for name in names(one)):
            figures.setdefault(name, take(name.words))

    def look_up(words: tuple[str, ...]) -> Taken:
        return figures[Name(words)]

    condition = tuple(compare(one, look_up) for one in claim.condition)
    relation = tuple(compare(one, look_up) for one in claim.relation)
    verdict: Verdict
    if any(one.holds is False for one in condition):
        verdict = "not given"
    elif any(one.holds is None for one in condition):
        verdict = "not measured"
    elif any(one.holds is False for one in relation):
        verdict = "fails"
    elif any(one.holds is None for one in relation):
        verdict = "not measured"
    else:
        verdict = "holds"
    return Checked(claim, verdict, relation, condition, tuple(figures.items()))


# ---- On the command line

_ROLE = re.compile(r"(?<!`):claim:`([^`]*)`")


def claims_of(text: str) -> Iterator[tuple[int, str]]:
    """The claims of a page's source, each with the number of its line."""
    for match in _ROLE.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match[1]


def checked_line(checked: Checked) -> str:
    """A verdict with what it rests on, on a line each."""
    marks = {"holds": "✓", "fails": "✗", "not given": "–", "not measured": "–"}
    lines = [f"{marks[checked.verdict]} {checked.verdict}: {checked.claim.words}"]
    lines.append(f"    {checked.claim.written}")
    for outcome in (*checked.condition, *checked.relation):
        of = " | ".join(map(str, outcome.of)) or outcome.reason
        signs = " ".join(outcome.comparison.signs)
        lines.append(f"    {signs}  {of}")
    for name, taken in checked.figures:
        spread = ""
        if taken.low is not None and taken.high is not None:
            spread = f" ({taken.low:.6g} to {taken.high:.6g}, {taken.rounds} rounds)"
        value = taken.reason if taken.value is None else taken.value
        lines.append(f"    {' '.join(name.words)} = {value}{spread}")
    return "\n".join(lines).replace(NBSP, " ")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="book.claims", description="Prints the verdict on each claim."
    )
    parser.add_argument("--root", type=Path, default=Path(), help="the repository (default: .)")
    parser.add_argument("--recordings", type=Path, help="default: ROOT/build/book/recordings")
    parser.add_argument("--syntax", action="store_true", help="read the claims, check none")
    parser.add_argument(
        "pages",
        nargs="*",
        type=Path,
        help="pages, or programs with their docstrings (default: all of ROOT)",
    )
    options = parser.parse_args(arguments)
    docs = (options.root / "docs").resolve()
    recordings = options.recordings or options.root / "build/book/recordings"
    wrong = 0
    programs = options.root.glob("examples_*/**/*.cpp")
    for page in options.pages or [*sorted(docs.rglob("*.rst")), *sorted(programs)]:
        # A program's docstring is on the page of the same name.
        path = page.resolve().with_suffix("")
        base = docs if path.is_relative_to(docs) else options.root.resolve()
        docname = path.relative_to(base).as_posix()
        take = Sources(recordings, docname).take
        for line, text in claims_of(page.read_text(encoding="utf-8")):
            try:
                claim = parse_claim(text)
                said = (
                    f"read: {claim.words}" if options.syntax else checked_line(check(claim, take))
                )
            except BookError as error:
                wrong += 1
                said = f"error: {error}"
            print(f"{page}:{line}: {said}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
