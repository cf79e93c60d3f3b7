"""Reads what the build measured beside the programs: figures with their spread, and tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from .errors import REBUILD, BookError
from .figures import unit_of
from .recorded_figure import RecordedFigure
from .recording import read_json

SCHEMA = 2
FORMS = ("trial", "short", "long")
Row = Mapping[str, "RecordedFigure | str | float"]


@dataclass(frozen=True)
class Measurement:
    """All that one file holds."""

    path: Path
    form: str
    busy_share: float | None
    figures: Mapping[str, RecordedFigure]
    tables: Mapping[str, Sequence[Row]]

    def figure(self, name: str) -> RecordedFigure:
        if name not in self.figures:
            raise BookError(
                f"{self.path.name} has no figure “{name}”; it has {listed(self.figures)}"
            )
        return self.figures[name]

    def rows(self, name: str) -> Sequence[Row]:
        if name not in self.tables:
            raise BookError(
                f"{self.path.name} has no list of rows “{name}”; it has {listed(self.tables)}"
            )
        return self.tables[name]


def listed(names: Any) -> str:
    return ", ".join(names) or "none"


def read_measurement(path: Path) -> Measurement:
    """Reads a measurement's recording, or the machine's facts, which are figures alone."""
    return _read_once(path, path.stat().st_mtime_ns if path.is_file() else 0)


@lru_cache(maxsize=64)
def _read_once(path: Path, _changed_at: int) -> Measurement:
    """Many lines of many pages cite a figure of the same file."""
    data = read_json(path, "what the build has measured")
    try:
        if path.name == "machine.json":
            return _facts(path, data)
        return _Reader(path, data).measurement()
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BookError(
            f"{path} is not as a measurement writes it ({type(error).__name__}: {error}). "
            f"To make it anew, run: {REBUILD}"
        ) from None


def readable(paths: Iterable[Path]) -> Iterator[Measurement]:
    """The measurements among these files; one that is refused is an error where it is shown."""
    for path in paths:
        try:
            yield read_measurement(path)
        except BookError:
            continue


def _facts(path: Path, data: Mapping[str, Any]) -> Measurement:
    figures = {
        name: RecordedFigure(in_words(name), path.name, unit_of(name), value)
        for name, value in data.items()
        if isinstance(value, (str, int, float)) and not isinstance(value, bool)
    }
    return Measurement(path, "", None, figures, {})


class _Reader:
    def __init__(self, path: Path, data: Mapping[str, Any]) -> None:
        if data.get("schema") != SCHEMA:
            raise BookError(
                f"{path} has schema {data.get('schema')}, not {SCHEMA}. "
                f"To make it anew, run: {REBUILD}"
            )
        if data["form"] not in FORMS:
            raise ValueError(f"form “{data['form']}”")
        self.path = path
        self.data = data
        self.form: str = data["form"]
        self.busy_share: float | None = data["busy_share"]

    def measurement(self) -> Measurement:
        return Measurement(
            self.path,
            self.form,
            self.busy_share,
            {name: self.figure(name, cell) for name, cell in self.data["figures"].items()},
            {
                name: [self.row(row) for row in rows]
                for name, rows in self.data.get("tables", {}).items()
            },
        )

    def row(self, row: Mapping[str, Any]) -> Row:
        return {
            field: self.figure(field, cell) if isinstance(cell, dict) else cell
            for field, cell in row.items()
        }

    def figure(self, name: str, cell: Mapping[str, Any]) -> RecordedFigure:
        common: dict[str, Any] = {
            "words": in_words(name),
            "source": self.path.name,
            "unit": unit_of(name),
            "form": self.form,
            "busy_share": self.busy_share,
        }
        if "not_measured" in cell:
            return RecordedFigure(value=None, reason=str(cell["not_measured"]), **common)
        value = cell["value"]
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise TypeError(f"{name} is {value!r}")
        if "rounds" not in cell:
            return RecordedFigure(value=value, **common)
        return RecordedFigure(
            value=value,
            low=float(cell["low"]),
            high=float(cell["high"]),
            rounds=int(cell["rounds"]),
            **common,
        )


def in_words(field: str) -> str:
    """A figure's name as words; without its unit, where each number carries it."""
    unit = unit_of(field)
    kept = unit in ("count", "share", "per_second")
    name = field if kept else field.removesuffix(unit).rstrip("_") or field
    words = [_WRITTEN.get(word, word) for word in name.split("_")]
    if unit == "seconds" and words[-1] not in ("time", "seconds"):
        words.append("time")
    if unit == "bytes" and words[-1] not in ("memory", "bytes"):
        words.append("size")
    return " ".join(words)


# What a name can't be written with.
_WRITTEN = {
    "asio": "Asio",
    "cpp": "C++",
    "cpu": "CPU",
    "go": "Go",
    "kb": "kB",
    "mb": "MB",
    "python": "Python",
}
