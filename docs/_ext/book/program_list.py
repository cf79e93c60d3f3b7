"""The book's programs, as CMake lists them in programs.json (cmake/ProgramList.cmake)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from .errors import REBUILD, BookError
from .recording import read_json


@dataclass(frozen=True)
class ListedProgram:
    """A program, by its key, and whether it has a counterpart in Python."""

    key: str
    counterpart: bool


@dataclass(frozen=True)
class ProgramList:
    """All programs of the build, in reading order."""

    programs: tuple[ListedProgram, ...]

    def under(self, name: str) -> tuple[ListedProgram, ...]:
        """Those of a folder, with its subfolders; of a key, that program."""
        return tuple(
            one for one in self.programs if one.key == name or one.key.startswith(f"{name}/")
        )


def read_program_list(path: Path) -> ProgramList:
    """Reads programs.json; one that is missing or of another form is an error."""
    return _read_once(path, path.stat().st_mtime_ns if path.is_file() else 0)


@lru_cache(maxsize=4)
def _read_once(path: Path, _changed_at: int) -> ProgramList:
    data = read_json(path, "the list of programs")
    try:
        return ProgramList(
            tuple(ListedProgram(one["key"], one["counterpart"]) for one in data["programs"])
        )
    except (KeyError, TypeError) as error:
        raise BookError(
            f"{path} lists no programs ({type(error).__name__}: {error}). "
            f"To make it anew, run: {REBUILD}"
        ) from None
