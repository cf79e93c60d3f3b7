"""Reads a program's source: its docstring, and the code without it."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

from .errors import BookError, MissingSource


# One block of the docstring, with the number of its first line in the file.
@dataclass(frozen=True)
class Block:
    line: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(line.strip() for line in self.lines)


@dataclass(frozen=True)
class Program:
    """A C++ program of the book."""

    key: str
    path: Path
    title: str
    paragraphs: tuple[Block, ...]  # the first is the page's lead
    origin: Block | None  # what it ports, or what it is for
    transcripts: tuple[Block, ...]
    code: str

    @property
    def lead(self) -> Block:
        return self.paragraphs[0]


@dataclass(frozen=True)
class Counterpart:
    """The Python program that satisfies the same transcripts."""

    key: str
    path: Path
    code: str


def read_program(root: Path, key: str) -> Program:
    path = root / f"{key}.cpp"
    try:
        source = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise MissingSource(key, path) from None
    return parse_program(key, path, source)


def parse_program(key: str, path: Path, source: str) -> Program:
    match = re.match(r"\s*/\*(.*?)\*/[ \t]*\n?", source, re.DOTALL)
    if match is None:
        raise BookError(f"{path}: a program opens with one block comment, its docstring")
    first_line = source[: match.start(1)].count("\n") + 1
    blocks = _blocks(match.group(1), first_line)
    if not blocks or len(blocks[0].lines) != 1:
        raise BookError(f"{path}: the first line of the docstring is its page's title, alone")

    title = blocks[0].lines[0].strip()
    paragraphs: list[Block] = []
    origin: Block | None = None
    transcripts: list[Block] = []
    for block in blocks[1:]:
        if block.lines[0].startswith("    $ "):
            transcripts.append(Block(block.line, tuple(line[4:] for line in block.lines)))
        elif transcripts and block.lines[0].startswith("    "):
            # An empty line that a program prints does not end its transcript.
            last = transcripts[-1]
            gap = block.line - last.line - len(last.lines)
            more = ("",) * gap + tuple(line[4:] for line in block.lines)
            transcripts[-1] = Block(last.line, last.lines + more)
        elif block.lines[0].startswith(("Ports:", "For:")):
            origin = block
        else:
            paragraphs.append(block)
    if not paragraphs:
        raise BookError(f"{path}: the docstring has no paragraph under its title")
    return Program(
        key=key,
        path=path,
        title=title,
        paragraphs=tuple(paragraphs),
        origin=origin,
        transcripts=tuple(transcripts),
        code=source[match.end() :].strip("\n") + "\n",
    )


def read_counterpart(root: Path, key: str) -> Counterpart:
    path = root / f"{key}.py"
    try:
        source = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise MissingSource(f"{key} in Python", path) from None
    return Counterpart(key, path, without_docstring(source))


def imports(path: Path, root: Path, seen: set[Path] | None = None) -> list[Path]:
    """The book's modules that a counterpart imports, and those that they import.

    They are named by their path from the root.
    """
    seen = {path} if seen is None else seen
    found: list[Path] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.ImportFrom(module=str(name), level=0, names=aliases):
                names = [name, *(f"{name}.{alias.name}" for alias in aliases)]
            case ast.Import(names=aliases):
                names = [alias.name for alias in aliases]
            case _:
                continue
        for module in (root / f"{name.replace('.', '/')}.py" for name in names):
            if module not in seen and module.is_file():
                seen.add(module)
                found += [module, *imports(module, root, seen)]
    return found


def without_docstring(source: str) -> str:
    """The Python source as it is, less the module's docstring."""
    body = ast.parse(source).body
    lines = source.splitlines()
    if body and ast.get_docstring(ast.Module(body[:1], [])) is not None:
        first, last = body[0].lineno, body[0].end_lineno or body[0].lineno
        del lines[first - 1 : last]
    return "\n".join(lines).strip("\n") + "\n"


def first_sentence(text: str) -> str:
    """The lead's first sentence; an abbreviation such as “e.g.” does not end it."""
    match = re.match(r".*?[^\s.][.!?](?=\s+[A-Z`:*]|$)", text, re.DOTALL)
    return match.group(0) if match else text


def _blocks(comment: str, first_line: int) -> list[Block]:
    blocks: list[Block] = []
    current: list[str] = []
    start = first_line
    for number, line in enumerate(comment.split("\n"), first_line):
        if line.strip():
            if not current:
                start = number
            current.append(line.rstrip())
        elif current:
            blocks.append(Block(start, tuple(current)))
            current = []
    if current:
        blocks.append(Block(start, tuple(current)))
    return blocks
