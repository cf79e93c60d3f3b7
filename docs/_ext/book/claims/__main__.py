"""Prints the verdict on each claim of the pages that it is given, or of all pages.

python3 -m book.claims --root ROOT --recordings DIR docs/page.rst…
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..errors import BookError
from ..figures import NBSP
from ..program_list import read_program_list
from ..sources import Sources
from .notes import MARKS
from .parser import parse_claim
from .verdicts import CheckedClaim, check_claim

_ROLE = re.compile(r"(?<!`):claim:`([^`]*)`")


def claims_of(text: str) -> Iterator[tuple[int, str]]:
    """The claims of a page's source, each with the number of its line."""
    for match in _ROLE.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match[1]


def all_pages(root: Path, build: Path) -> list[Path]:
    """All pages, and the sources of all programs, whose docstrings may have claims."""
    listed = read_program_list(build / "programs.json")
    programs = [root / f"{one.key}.cpp" for one in listed.programs]
    return [*sorted((root / "docs").resolve().rglob("*.rst")), *programs]


def verdict_lines(checked: CheckedClaim) -> str:
    """A verdict with what it rests on, on a line each."""
    lines = [f"{MARKS[checked.verdict]} {checked.verdict}: {checked.claim.words}"]
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
    try:
        pages = options.pages or all_pages(options.root, recordings.parent)
    except BookError as error:
        print(error, file=sys.stderr)
        return 1
    wrong = 0
    for page in pages:
        # A program's docstring is on the page of the same name.
        path = page.resolve().with_suffix("")
        base = docs if path.is_relative_to(docs) else options.root.resolve()
        docname = path.relative_to(base).as_posix()
        look_up = Sources(recordings, docname).look_up
        for line, text in claims_of(page.read_text(encoding="utf-8")):
            try:
                claim = parse_claim(text)
                said = (
                    f"read: {claim.words}"
                    if options.syntax
                    else verdict_lines(check_claim(claim, look_up))
                )
            except BookError as error:
                wrong += 1
                said = f"error: {error}"
            print(f"{page}:{line}: {said}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
