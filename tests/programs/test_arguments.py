"""Arguments that no program can use: one line that names them, exit code 2, nothing touched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from built import ROOT, Built, Program, the_book

PROGRAMS = the_book().programs
# Those without options refuse by the same code (program/refuse_arguments.cpp): one is enough.
REFUSING = [program for program in PROGRAMS if not program.takes_options][:1]
REFUSING += [program for program in PROGRAMS if program.takes_options]
MEASUREMENTS = [f"{name}_benchmark" for name in the_book().measurements]
DOWNLOADS = [program for program in PROGRAMS if "_download_" in program.key]
SOURCE = ROOT / f"{PROGRAMS[0].key}.cpp"


@pytest.fixture(autouse=True)
def empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a test runs its programs, and finds what they have written."""
    place = tmp_path / "empty"
    place.mkdir()
    monkeypatch.chdir(place)
    monkeypatch.setenv("TMPDIR", str(place))
    return place


def refused(built: Built, *command: object, names: str, status: int = 2) -> None:
    """The command ends with the status and one line that has the text; nothing is written."""
    before = sorted(Path.cwd().rglob("*"))
    result = built.run(*command)
    assert (result.returncode, result.stdout) == (status, "")
    assert result.stderr.count("\n") == 1, result.stderr
    assert result.stderr.endswith("\n"), result.stderr
    assert names in result.stderr
    assert sorted(Path.cwd().rglob("*")) == before


def ids(program: Program) -> str:
    return program.key


@pytest.mark.parametrize("program", PROGRAMS, ids=ids)
@pytest.mark.parametrize("argument", ["--no-such-option", "-x", "extra", "-1"])
def test_a_program_refuses_what_it_does_not_know(built: Built, program: Program, argument: str):
    name = program.key.rpartition("/")[2]
    names = f"{name}: takes no arguments, got '{argument}'"
    if program.takes_options:
        names = f"{name}: The following argument was not expected: {argument}"
    refused(built, built.programs / program.key, argument, names=names)


@pytest.mark.parametrize("program", REFUSING, ids=ids)
@pytest.mark.parametrize(
    ("argument", "printed"),
    [
        ("two\nlines\n", r"two\nlines\n"),
        ("a\tb\r\x1b[2J\x7f", r"a\x09b\x0d\x1b[2J\x7f"),
        ("größer", "größer"),
        # Longer than what is written at once.
        ("\n" * 100_000, r"\n" * 100_000),
    ],
)
def test_what_would_break_the_line_is_escaped(
    built: Built, program: Program, argument: str, printed: str
):
    names = f"not expected: {printed}\n" if program.takes_options else f"got '{printed}'\n"
    refused(built, built.programs / program.key, argument, names=names)


@pytest.mark.parametrize("measurement", MEASUREMENTS)
@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["two\nlines"], r"not expected: two\nlines"),
        (["--output"], "--output: 1 required"),
    ],
)
def test_a_measurement_refuses_wrong_arguments(
    built: Built, measurement: str, arguments: list[str], names: str
):
    refused(
        built,
        built.programs / "measurements" / measurement,
        *arguments,
        names=names,
    )


@pytest.mark.parametrize("program", DOWNLOADS, ids=ids)
@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["--directory"], "--directory: 1 required"),
        (["--directory", "new", "extra"], "not expected: extra"),
        (["--directory", "new", "--directory", "other"], "--directory: At Most 1"),
        (["--directory=new", "--no-such-option"], "not expected: --no-such-option"),
    ],
)
def test_a_program_refuses_a_wrong_option(
    built: Built, program: Program, arguments: list[str], names: str
):
    refused(built, built.programs / program.key, *arguments, names=names)


@pytest.mark.parametrize("program", DOWNLOADS, ids=ids)
def test_a_directory_that_cannot_be_is_named(built: Built, program: Program, empty_directory: Path):
    (empty_directory / "file").write_text("old")
    for directory in ("file", "file/new", "/dev/null/new"):
        command = [built.programs / program.key, "--directory", directory]
        refused(built, *command, names=directory, status=1)


@pytest.mark.parametrize("program", DOWNLOADS, ids=ids)
def test_help_is_no_error(built: Built, program: Program, empty_directory: Path):
    result = built.run(built.programs / program.key, "--help")
    assert (result.returncode, result.stderr) == (0, "")
    assert "--directory" in result.stdout
    assert not list(empty_directory.iterdir())


# What stands before the mistake, and the mistakes, each with what the recorder must name.
WRONG: dict[tuple[str | Path, ...], list[tuple[list[str | Path], str]]] = {
    (): [
        ([], "A subcommand is required"),
        (["--no-such-option"], "--no-such-option"),
        (["nonesuch"], "nonesuch"),
        (["two\nlines"], r"two\nlines"),
    ],
    ("verify",): [
        ([], "source is required"),
        (["--no-such-option"], "--no-such-option"),
        (["/nonesuch.cpp"], "source: File does not exist: /nonesuch.cpp"),
        (["two\nlines"], r"source: File does not exist: two\nlines"),
        (["/"], "source: File is actually a directory: /"),
        ([ROOT / "docs/conf.py"], "conf.cpp:1: can't be read"),
        ([ROOT / "recorder/main.cpp"], "main.cpp:1: begins with no docstring"),
    ],
    ("verify", SOURCE): [
        (["extra"], "not expected: extra"),
        (["--runs"], "--runs: 1 required"),
        (["--runs", "many"], "--runs: Value many"),
        (["--runs", "0"], "--runs: Value 0"),
        (["--runs", "-1"], "--runs: Value -1"),
        (["--runs", "1.5"], "--runs: Value 1.5"),
        (["--runs", "10001"], "--runs: Value 10001"),
        (["--runs", "1", "--runs", "2"], "--runs"),
        (["--side-by-side", "0"], "--side-by-side: Value 0"),
        (["--limit", "0"], "--limit: 0 is no number of seconds"),
        (["--limit", "-1"], "--limit: -1 is no number of seconds"),
        (["--limit", "nan"], "--limit: nan is no number of seconds"),
        (["--limit", "inf"], "--limit: inf is no number of seconds"),
        (["--limit", "soon"], "--limit: soon is no number of seconds"),
        (["--root", "/nonesuch"], "--root: Directory does not exist: /nonesuch"),
        (["--programs", "/nonesuch"], "--programs: Directory does not exist: /nonesuch"),
        (["--python", "/nonesuch"], "--python: File does not exist: /nonesuch"),
        # Its key begins at the root.
        (["--root", "."], "the transcript runs"),
    ],
    ("record",): [
        ([], "source is required"),
        (["--no-such-option"], "--no-such-option"),
        (["/nonesuch.cpp", "--output", "new.json"], "File does not exist: /nonesuch.cpp"),
        ([SOURCE], "--output is required"),
        ([SOURCE, "--output"], "--output: 1 required"),
        ([SOURCE, "--output", "new.json", "--runs", "0"], "--runs: Value 0"),
    ],
    ("check",): [
        ([], "source is required"),
        (["--no-such-option"], "--no-such-option"),
        ([SOURCE], "recording is required"),
        ([SOURCE, "/nonesuch.json"], "recording: File does not exist: /nonesuch.json"),
    ],
    ("run",): [
        ([], "command is required"),
        (["--no-such-option"], "--no-such-option"),
        (["--limit", "soon", "--", "/bin/true"], "--limit: soon is no number"),
    ],
    ("machine",): [
        ([], "--output is required"),
        (["--no-such-option"], "--no-such-option"),
        (["--output"], "--output: 1 required"),
        (["--output", "new.json", "extra"], "not expected: extra"),
        (["--output", "new.json", "--root", "/nonesuch"], "--root: Directory does not exist"),
        (["--output", "new.json", "--python", "/nonesuch"], "--python: File does not exist"),
    ],
    ("measure",): [
        ([], "--output is required"),
        (["--no-such-option"], "--no-such-option"),
        (["--output"], "--output: 1 required"),
        (["--output", "new.json", "extra"], "not expected: extra"),
    ],
}


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        pytest.param([*before, *mistake], names, id=f"{' '.join(map(str, mistake))}: {names}")
        for before, mistakes in WRONG.items()
        for mistake, names in mistakes
    ],
)
def test_the_recorder_refuses_wrong_arguments(built: Built, arguments: list[str], names: str):
    refused(built, built.recorder, *arguments, names=names)


@pytest.mark.parametrize("output", ["", "directory", "file/new.json", "/dev/full/new.json"])
def test_an_output_that_cannot_be_written_leaves_nothing(
    built: Built, empty_directory: Path, output: str
):
    (empty_directory / "directory").mkdir()
    (empty_directory / "file").write_text("old")
    for words in (["machine"], ["run", "/bin/true"]):
        if output or words == ["machine"]:
            command = [words[0], "--output", output, *words[1:]]
            refused(built, built.recorder, *command, names=output.partition("/new")[0], status=1)


def test_a_command_that_cannot_be_run_is_named(built: Built):
    for command in ("/nonesuch", "nonesuch", "/", "/dev/null", "two\nlines"):
        names = f"{command}: ".replace("\n", r"\n")
        refused(built, built.recorder, "run", "--", command, names=names, status=1)


def test_what_follows_two_dashes_is_the_commands_own(built: Built):
    result = built.run(built.recorder, "run", "--", "/bin/echo", "--limit", "x")
    assert (result.returncode, result.stderr) == (0, "")
    assert [line["text"] for line in json.loads(result.stdout)["lines"]] == ["--limit x"]


@pytest.mark.parametrize("words", [["verify"], ["record", "--output", "new.json"]])
def test_a_program_that_was_not_built_is_named(
    built: Built, empty_directory: Path, words: list[str]
):
    refused(
        built,
        built.recorder,
        *words,
        SOURCE,
        "--root",
        ROOT,
        "--programs",
        empty_directory,
        names=f"{PROGRAMS[0].key} does not exist: build it first",
        status=1,
    )
