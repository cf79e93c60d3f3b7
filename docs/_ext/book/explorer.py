"""A link that opens a program in Compiler Explorer.

The link carries the program itself, as one file: the project's headers, and the
sources beside them, are put where they are included. Where that would make it too long, they
come without their comments.
"""

from __future__ import annotations

import base64
import json
import re
import shlex
import zlib
from pathlib import Path

PROJECT_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"[^\n]*$', re.MULTILINE)
LIBRARY_INCLUDE = re.compile(r"^[ \t]*#[ \t]*include[ \t]*<([a-zA-Z0-9_]+)/", re.MULTILINE)
OPENING_COMMENT = re.compile(r"\A\s*/\*.*?\*/\s*", re.DOTALL)
# On a line of its own, or at a line's end, where the formatter puts two blanks before it.
LINE_COMMENT = re.compile(r"^[ \t]*//[^\n]*\n|  //[^\n]*$", re.MULTILINE)
REFERENCE_COMMENT = re.compile(r"^[ \t]*///[^\n]*\n", re.MULTILINE)

COMPILER = "g122"
OPTIONS = "-std=c++20 -O2 -pthread"
# Their ids and versions there, by the first folder of an include.
LIBRARIES = {
    "boost": ("boost", "181"),
    "fmt": ("fmt", "910"),
    "tbb": ("tbb", "20214"),
    "oneapi": ("tbb", "20214"),
}
# These belong to the compiler and the C library.
SYSTEM = {"sys", "linux", "arpa", "netinet", "bits", "asm", "experimental"}

# Longer links are cut or refused by servers and by what they are pasted into.
LONGEST = 8000


class NoLink(Exception):
    """Why there is no link; the page says it in a comment."""


def headers(root: Path, source: Path, seen: set[Path] | None = None) -> list[Path]:
    """The project's files that a source includes, and the sources beside headers, in order."""
    seen = {source} if seen is None else seen
    found: list[Path] = []
    for name in PROJECT_INCLUDE.findall(source.read_text(encoding="utf-8")):
        path = _resolve(root, source, name)
        if path is None or path in seen:
            continue
        seen.add(path)
        found += headers(root, path, seen)
        found.append(path)
        beside = path.with_suffix(".cpp")
        if path.suffix in (".hpp", ".h") and beside not in seen and beside.is_file():
            seen.add(beside)
            found += headers(root, beside, seen)
            found.append(beside)
    return found


def single_file(root: Path, source: Path, comments: bool = True) -> str:
    """The program with everything of the project that it includes, headers first.

    What it includes has its comments, or none.
    """
    parts = [_body(path, root, comments) for path in headers(root, source)]
    parts.append(_body(source, root))
    return "\n".join(parts)


def link(root: Path, source: Path, arguments: tuple[str, ...] = (), options: str = "") -> str:
    url = _link(single_file(root, source), arguments, options)
    if len(url) > LONGEST:
        url = _link(single_file(root, source, comments=False), arguments, options)
    if len(url) > LONGEST:
        raise NoLink(f"no link to Compiler Explorer: it would have {len(url)} characters")
    return url


def _link(text: str, arguments: tuple[str, ...], options: str) -> str:
    libraries: dict[str, str] = {}
    for folder in LIBRARY_INCLUDE.findall(text):
        if folder in SYSTEM:
            continue
        if folder not in LIBRARIES:
            raise NoLink(f"no link to Compiler Explorer: it would need <{folder}/…>")
        identity, version = LIBRARIES[folder]
        libraries[identity] = version
    settings = {
        "id": COMPILER,
        "options": f"{OPTIONS} {options}".strip(),
        "libs": [{"id": identity, "version": version} for identity, version in libraries.items()],
    }
    session = {
        "id": 1,
        "language": "c++",
        "source": text,
        "compilers": [settings],
        "executors": [{"compiler": settings, "arguments": shlex.join(arguments), "stdin": ""}],
    }
    state = json.dumps({"sessions": [session]}, ensure_ascii=False, separators=(",", ":"))
    packed = base64.urlsafe_b64encode(zlib.compress(state.encode(), 9)).decode().rstrip("=")
    return f"https://godbolt.org/clientstate/{packed}"


def _body(path: Path, root: Path, comments: bool = True) -> str:
    """A file's text without its docstring, its reference, its guard and the project's includes."""
    text = OPENING_COMMENT.sub("", path.read_text(encoding="utf-8"))
    text = (REFERENCE_COMMENT if comments else LINE_COMMENT).sub("", text)
    text = re.sub(r"^#pragma once[ \t]*\n", "", text, flags=re.MULTILINE)

    def replaced(match: re.Match[str]) -> str:
        return match.group(0) if _resolve(root, path, match.group(1)) is None else ""

    text = re.sub(r"\n{3,}", "\n\n", PROJECT_INCLUDE.sub(replaced, text)).strip("\n")
    return f"// {path.relative_to(root).as_posix()}\n{text}\n"


def _resolve(root: Path, source: Path, name: str) -> Path | None:
    for path in (root / name, source.parent / name):
        if path.is_file():
            return path.resolve() if not path.is_relative_to(root) else path
    return None
