"""The form of a recording is described several times: all descriptions are held together.

``recording.schema.json`` describes it; the recorder writes it (``to_json``) and reads it again
(``run_from_json``, which ``run_json_test.cpp`` holds against ``to_json``); the book's extension
reads it into its classes; and the tests of the site make recordings up.
"""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from built import ROOT, Built
from jsonschema import Draft202012Validator

sys.path.insert(0, str(ROOT / "docs/_ext"))

from book import recording as reader

SCHEMA = json.loads((ROOT / "recorder/recording.schema.json").read_text())
PLAIN_RUN = {"$ref": "#/$defs/run", "$defs": SCHEMA["$defs"]}
KEY = "folder/program"

TRANSCRIPT = """\
/*
A program of the test

    $ folder/program
    a| one {1..3} of #1
    b| two
    --
       took ~0.00<60.00 s

    $ folder/program again
    again
*/
"""
# As a shell script, it is a program in any language.
PROGRAM = """\
#!/bin/sh
if [ $# = 1 ]; then echo again; exit; fi
echo one 2 of 17
(echo two)
echo took 0.10 s
"""


def errors(data: Any, schema: Any = SCHEMA) -> list[str]:
    """What a schema does not allow."""
    return [
        f"{error.json_path}: {error.message}"
        for error in Draft202012Validator(schema).iter_errors(data)
    ]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of one program, and its counterpart, which are made of the same script."""
    folder = tmp_path / "root/folder"
    folder.mkdir(parents=True)
    (folder / "program.cpp").write_text(TRANSCRIPT)
    for name in ("program", "program.py"):
        (folder / name).write_text(PROGRAM)
        (folder / name).chmod(0o755)
    return folder.parent


def recorder(built: Built, root: Path, command: str, ending: str, *more: object) -> None:
    where = ["--root", root, "--programs", root, "--python", "/bin/sh", "--runs", 2]
    result = built.run(built.recorder, command, root / f"{KEY}.{ending}", *where, *more)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("ending", ["cpp", "py"])
def test_a_recording_is_as_its_schema_says(built: Built, root: Path, ending: str):
    path = root / "new.json"
    recorder(built, root, "record", ending, "--output", path)
    assert not errors(json.loads(path.read_text()))


def test_a_recording_is_so_before_it_is_complete_and_after(built: Built, root: Path):
    path = root / "new.json"
    recorder(built, root, "record", "cpp", "--output", path, "--only-shown")
    assert not errors(json.loads(path.read_text()))
    recorder(built, root, "complete", "cpp", path)
    assert not errors(json.loads(path.read_text()))


@pytest.mark.parametrize("how", [[], ["--pipe"]])
@pytest.mark.parametrize(
    "script", ["echo one", "exit 3", "kill -9 $$", "sleep 100", "sleep 100 >/dev/null 2>&1 &"]
)
def test_a_run_without_a_transcript_is_so(
    built: Built, tmp_path: Path, how: list[str], script: str
):
    path = tmp_path / "new.json"
    limit = ["--limit", 1 if script == "sleep 100" else 60]
    built.run(built.recorder, "run", *how, *limit, "--output", path, "--", "/bin/sh", "-c", script)
    run = json.loads(path.read_text())
    assert not errors(run, PLAIN_RUN)
    if script == "kill -9 $$":
        assert (run["exit_status"], run["signal"]) == (None, signal.SIGKILL)


def test_all_recordings_of_the_book_are_so():
    found = [
        path
        for path in (Path(os.environ["BOOK_PROGRAMS"]) / "recordings").rglob("*.json")
        if path.name.endswith((".cpp.json", ".py.json"))
    ]
    if not found:
        pytest.skip("the book has not been made in this build")
    wrong = {path.name: errors(json.loads(path.read_text()))[:3] for path in found}
    assert not {name: texts for name, texts in wrong.items() if texts}


def objects_of(schema: Any, path: str = "$") -> Iterator[tuple[str, Any]]:
    """All objects that a schema describes, each with its place in it."""
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield path, schema
        for name, part in schema.items():
            yield from objects_of(part, f"{path}.{name}")
    elif isinstance(schema, list):
        for number, part in enumerate(schema):
            yield from objects_of(part, f"{path}[{number}]")


def test_the_schema_lets_no_field_be_left_out_or_added():
    found = dict(objects_of(SCHEMA))
    assert len(found) >= 8
    for path, schema in found.items():
        assert schema["additionalProperties"] is False, path
        optional = set(schema["properties"]) - set(schema["required"])
        # A run by itself has no transcript in which its lines could have a place.
        assert optional == set(schema.get("dependentRequired", {})), path


def site_conftest() -> Any:
    """The recordings that the tests of the site make up."""
    path = ROOT / "tests/site/conftest.py"
    spec = importlib.util.spec_from_file_location("site_conftest", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("language", ["C++", "Python"])
def test_the_recordings_that_tests_make_up_are_as_the_schema_says(language: str):
    assert not errors(site_conftest().recording(language))


class Watched(dict[str, Any]):
    """An object of JSON that notes which of its fields are read."""

    def __init__(self, data: dict[str, Any], path: str, read: set[str]) -> None:
        super().__init__(
            {name: watched(value, f"{path}.{name}", read) for name, value in data.items()}
        )
        self.path, self.read = path, read

    def __getitem__(self, name: str) -> Any:
        self.read.add(f"{self.path}.{name}")
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self.read.add(f"{self.path}.{name}")
        return super().get(name, default)


def watched(value: Any, path: str, read: set[str]) -> Any:
    if isinstance(value, dict):
        return Watched(value, path, read)
    if isinstance(value, list):
        return [watched(item, f"{path}[]", read) for item in value]
    return value


def fields_of(value: Any, path: str = "$") -> Iterator[str]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield f"{path}.{name}"
            yield from fields_of(part, f"{path}.{name}")
    elif isinstance(value, list):
        for part in value:
            yield from fields_of(part, f"{path}[]")


# What no page shows: a field that the schema gets is to be read, or to be listed here.
UNREAD = {
    "$": {"program", "language", "source", "recorded_at"},
    "$.transcripts[]": {"specification"},
    "$.transcripts[].run": {"terminal", "user_seconds", "system_seconds", "left_behind"},
    "$.transcripts[].runs": {"late"},
    "$.transcripts[].run.lines[]": {"event"},
    "$.transcripts[].run.lines[].measured[]": {"below"},
    "$.transcripts[].run.threads[]": {"parent", "cpu_seconds", "runnable_seconds"},
}


def test_the_site_reads_every_field_or_says_that_it_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    data = site_conftest().recording("C++")
    read: set[str] = set()
    monkeypatch.setattr(reader, "read_json", lambda path, what: watched(data, "$", read))
    reader.read_recording(tmp_path, KEY, "cpp")
    unread = {f"{path}.{name}" for path, names in UNREAD.items() for name in names}
    assert set(fields_of(data)) - read == unread
