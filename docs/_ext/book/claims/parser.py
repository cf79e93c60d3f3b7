"""Reads a claim; the package's docstring has the grammar."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..errors import BookError
from ..sources import ROW
from .expressions import Choice, Claim, Comparison, Expression, Name, Number, Operation, Relation

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
