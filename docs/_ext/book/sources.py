"""Finds figures by the words with which pages name them.

`FILE FIGURE`, as in `process_pool call_seconds`, of what the build measured;
`FILE TABLE[FIELD=VALUE; FIELD=VALUE] FIELD` of one row of it; `cpp FIGURE` or
`python FIGURE` of the run of the page's own program; and `KEY[#N] cpp FIGURE` of the
run, or the Nth run, of another one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from .errors import BookError, MissingFile
from .figures import unit_of
from .measurement import Measurement, Row, in_words, read_measurement
from .recorded_figure import RecordedFigure
from .recording import (
    LANGUAGES,
    NAMES,
    Language,
    Recording,
    read_recording,
    recording_path,
)
from .run_figures import meaning, run_figure

ROW = re.compile(r"([^\[\]]+)\[([^\[\]]*)\]")


class Sources:
    """The recordings, as seen from one page."""

    def __init__(self, recordings: Path, docname: str) -> None:
        self.recordings = recordings
        self.docname = docname

    def note(self, path: Path) -> None:
        """Is told of each file that a figure was looked for in."""

    def key(self, given: str) -> str:
        """A key as a page gives it: whole, by name in the page's folder, or none: the page's."""
        if given in ("", "."):
            return self.docname
        if "/" in given:
            return given.strip("/")
        folder = self.docname.rpartition("/")[0]
        return f"{folder}/{given}" if folder else given

    def recording(self, key: str, language: Language) -> Recording:
        path = recording_path(self.recordings, key, language)
        self.note(path)
        # A long recording is shown on several pages and cited in several lines.
        return _cached_recording(self.recordings, key, language, _changed(path))

    def measurement(self, name: str) -> Measurement:
        path = self.recordings / f"{name}.json"
        self.note(path)
        return read_measurement(path)

    def look_up(self, words: Sequence[str]) -> RecordedFigure:
        """The figure that these words name; what none is named by is an error."""
        if len(words) == 3 and ROW.fullmatch(words[1]):
            return self._cell(*words)
        language = next((word for word in words[:-1] if word in LANGUAGES), None)
        if language is not None and len(words) == 2:
            return self._of_run("", language, words[1])
        if len(words) == 3:
            return self._of_run(*words)
        if len(words) != 2:
            raise BookError(
                f"“{' '.join(words)}” names no figure; wanted is KEY cpp|python FIGURE, without "
                "the key on its own page, FILE FIGURE, or FILE TABLE[FIELD=VALUE] FIELD"
            )
        try:
            return self.measurement(words[0]).figure(words[1])
        except MissingFile as error:
            raise BookError(f"there is no language “{words[0]}”, and {error}") from None

    def _of_run(self, given: str, language: str, name: str) -> RecordedFigure:
        if language not in LANGUAGES:
            raise BookError(f"there is no language “{language}”; there are cpp and python")
        given, _, number = given.partition("#")
        if number and not number.isdigit():
            raise BookError(f"“{number}” is no number of a transcript")
        key = self.key(given)
        recording = self.recording(key, LANGUAGES[language])
        transcript = recording.transcript(int(number or "1"))
        value = run_figure(recording, transcript, name)
        waited = sum(span.runnable for thread in transcript.run.threads for span in thread.spans)
        return RecordedFigure(
            words=f"{meaning(name)} of {key.rpartition('/')[2]} in {NAMES[recording.language]}",
            source=f"recording {key}.{recording.language}.json",
            unit=value.unit,
            value=value.value,
            waited=waited,
        )

    def _cell(self, file: str, wanted: str, field: str) -> RecordedFigure:
        match = ROW.fullmatch(wanted)
        assert match is not None
        measurement = self.measurement(file)
        rows = measurement.rows(match[1])
        labels = _labels(match[2])
        found = [row for row in rows if _fits(row, labels)]
        where = f"{measurement.path.name}, {match[1]}"
        if len(found) != 1:
            raise BookError(
                f"{where} has {len(found) or 'no'} row{'s' if len(found) > 1 else ''} with "
                f"{match[2]}; it has {_known(rows, labels)}"
            )
        if field not in found[0]:
            raise BookError(f"{where} has no “{field}”; it has {', '.join(found[0])}")
        cell = found[0][field]
        words = f"{in_words(field)} ({', '.join(labels.values())})"
        if isinstance(cell, RecordedFigure):
            return replace(cell, words=words)
        return RecordedFigure(
            words=words,
            source=measurement.path.name,
            unit=unit_of(field),
            value=cell,
            form=measurement.form,
            busy_share=measurement.busy_share,
        )


def _labels(text: str) -> dict[str, str]:
    labels = {}
    for part in text.split(";"):
        field, sign, value = part.strip().partition("=")
        if not sign or not field.strip() or not value.strip():
            raise BookError(f"“{part.strip()}” picks no row; wanted is FIELD=VALUE")
        labels[field.strip()] = value.strip()
    return labels


def _fits(row: Row, labels: dict[str, str]) -> bool:
    return all(field in row and _label(row[field]) == value for field, value in labels.items())


def _label(cell: RecordedFigure | str | float) -> str:
    value = cell.value if isinstance(cell, RecordedFigure) else cell
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _known(rows: Sequence[Row], labels: dict[str, str]) -> str:
    """What the fields that were asked for are in each row."""
    fields = [field for field in labels if any(field in row for row in rows)]
    if not fields:
        return f"the fields {', '.join(dict.fromkeys(field for row in rows for field in row))}"
    known = (
        "; ".join(f"{name}={_label(row[name])}" for name in fields if name in row) for row in rows
    )
    return " | ".join(dict.fromkeys(known))


def _changed(path: Path) -> int:
    return path.stat().st_mtime_ns if path.is_file() else 0


@lru_cache(maxsize=64)
def _cached_recording(folder: Path, key: str, language: Language, _changed: int) -> Recording:
    return read_recording(folder, key, language)
