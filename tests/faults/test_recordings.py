"""Recordings with one fault each: `recorder check` refuses them, and the site does too."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from built import ROOT, Built, build_folder
from sphinx.application import Sphinx
from sphinx.errors import SphinxError

KEY = "examples_2025_03_03_15_36/4_2_download_threads"

sys.path.insert(0, str(ROOT / "docs/_ext"))

PAGE = """\
Ten files side by side
======================

.. listing::

.. recorded-run::

.. cost::
"""

Run = dict[str, Any]


@pytest.fixture(scope="module")
def recordings(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real program and its counterpart, recorded."""
    to = tmp_path_factory.mktemp("recordings")
    for ending in ("cpp", "py"):
        source = f"{KEY}.{ending}"
        result = built.recorder_on("record", source, "--runs", 1, "--output", to / f"{source}.json")
        assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    return to


@pytest.fixture
def recording(recordings: Path) -> Any:
    return json.loads((recordings / f"{KEY}.cpp.json").read_text())


def refusal(built: Built, path: Path, root: Path = ROOT) -> str:
    """What `recorder check` says of a recording that it must refuse."""
    result = built.recorder_on("check", f"{KEY}.cpp", path, root=root)
    assert (result.returncode, result.stdout) == (1, "")
    assert str(path) in result.stderr
    return result.stderr


def changed_root(to: Path, text: str, by: str) -> Path:
    """A root in which the program's transcript is another one."""
    source = (ROOT / f"{KEY}.cpp").read_text()
    changed = source.replace(text, by)
    assert changed != source, f"the fault changes nothing: the source has no {text!r}"
    path = to / f"{KEY}.cpp"
    path.parent.mkdir()
    path.write_text(changed)
    return to


def lose(run: Run) -> None:
    del run["lines"][4]


def lose_last(run: Run) -> None:
    del run["lines"][-1]


def double(run: Run) -> None:
    run["lines"].insert(4, run["lines"][4])


def swap(run: Run) -> None:
    run["lines"][-2:] = reversed(run["lines"][-2:])


def replace(pattern: str, by: str) -> Callable[[Run], None]:
    """Changes the text of the first line that has the pattern."""

    def change(run: Run) -> None:
        line = next(line for line in run["lines"] if re.search(pattern, line["text"]))
        line["text"] = re.sub(pattern, by, line["text"])

    return change


def show(line: int, **values: object) -> Callable[[Run], None]:
    """Changes what a page would show beside a line."""
    return lambda run: run["lines"][line].update(values)


def end_with(**values: object) -> Callable[[Run], None]:
    return lambda run: run.update(values)


FAULTS = {
    "a line lost": (lose, r"came before\n    photo-"),
    "the last line lost": (lose_last, r"ended after 11 line\(s\) without\n    the program finish"),
    "a line doubled": (double, r"line 6 of the run\n    photo-.*\nis one too many"),
    "two lines swapped": (swap, r"finished after .*\ncame before\n    10 files are the same"),
    "a number too small": (replace(r"\d\.\d\d", "0.29"), r"number 0.29 is too small: .* 0.30"),
    "a number too large": (replace(r"\d\.\d\d", "2.50"), r"number 2.50 is too large: .* 2.50"),
    "another form of number": (replace(r"\d\.\d\d", "0.3"), r"after 0.3 .*\nis not in the trans"),
    "another word": (replace("saved", "lost"), r"bytes lost\nis not in the transcript"),
    "a member of no set": (replace(r"photo-\d\d", "photo-11"), r"photo-11.*\nis not in the trans"),
    "another lane beside a line": (show(0, lanes=["k"]), r"line 1 of .*\n.*\nhas other lanes or"),
    "another event": (show(11, event=3), r"line 12 of .*\n.*\nhas other lanes or numbers"),
    "another number beside a line": (show(11, measured=[]), r"line 12 of .*\n.*\nhas other"),
    "an exit status": (end_with(exit_status=1), r"exit status 1 instead of 0"),
    "a signal": (end_with(exit_status=None, signal=11), r"ended by signal 11"),
    "a time limit": (end_with(timed_out=True), r"did not end within its time limit"),
    "a process left": (end_with(left_behind=["sleep"]), r"left 1 process\(es\) running: sleep"),
}


def test_the_recording_itself_is_accepted(built: Built, recordings: Path):
    for ending in ("cpp", "py"):
        result = built.recorder_on("check", f"{KEY}.{ending}", recordings / f"{KEY}.{ending}.json")
        assert (result.returncode, result.stdout, result.stderr) == (0, "accepted\n", "")


@pytest.mark.parametrize(("fault", "says"), FAULTS.values(), ids=FAULTS.keys())
def test_a_changed_recording_is_refused(
    built: Built, recording: Any, tmp_path: Path, fault: Callable[[Run], None], says: str
):
    before = json.dumps(recording)
    fault(recording["transcripts"][0]["run"])
    after = json.dumps(recording)
    assert after != before, "the fault changes nothing"
    path = tmp_path / "changed.json"
    path.write_text(after)
    assert re.search(says, refusal(built, path))


def test_a_foreign_identifier_is_refused(built: Built, recording: Any, tmp_path: Path):
    root = changed_root(tmp_path, "100000 bytes", "#1 bytes")
    path = tmp_path / "changed.json"
    line = recording["transcripts"][0]["run"]["lines"][5]
    line["text"] = line["text"].replace("100000", "4711")
    path.write_text(json.dumps(recording))
    assert "identifier 4711 is foreign: in this run #1 is 100000" in refusal(built, path, root)


def test_a_lane_of_two_threads_is_refused(built: Built, recording: Any, recordings, tmp_path: Path):
    if not recording["transcripts"][0]["run"]["writers_known"]:
        pytest.skip("this kernel does not say who writes")
    # The last line is main's, but the transcript says that the thread of a file prints it.
    root = changed_root(tmp_path, "     the program", "a  | the program")
    says = refusal(built, recordings / f"{KEY}.cpp.json", root)
    assert re.search(r"finished after .*\nwas written by another thread .*\n    photo-01", says)
    assert "both stand in lane a, and a lane is one thread's" in says


def test_a_recording_of_another_program_is_refused(built: Built, recordings: Path):
    path = recordings / f"{KEY}.py.json"
    assert f'it records "{KEY}.py"' in refusal(built, path)


@pytest.mark.parametrize(
    ("text", "by", "says"),
    [
        ("<2.50", "<2.60", "line 12 of the run"),  # the bounds of a number stand beside it
        ("a-j|", "0-9|", "line 1 of the run"),
        ("second(s)", "second(s)\n    [exit status 0]", "another transcript than"),
    ],
)
def test_a_recording_made_before_the_transcript_changed_is_refused(
    built: Built, recordings: Path, tmp_path: Path, text: str, by: str, says: str
):
    root = changed_root(tmp_path, text, by)
    assert says in refusal(built, recordings / f"{KEY}.cpp.json", root)


def test_a_recording_of_another_number_of_transcripts_is_refused(
    built: Built, recording: Any, tmp_path: Path
):
    recording["transcripts"] *= 2
    path = tmp_path / "changed.json"
    path.write_text(json.dumps(recording))
    assert f"2 transcript(s), but {KEY}.cpp has 1" in refusal(built, path)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "\0\xff", '{"source": 1}', "half"])
def test_what_is_no_recording_is_refused_by_name(
    built: Built, recordings: Path, tmp_path: Path, text: str
):
    path = tmp_path / "changed.json"
    whole = (recordings / f"{KEY}.cpp.json").read_text()
    path.write_text(whole[: len(whole) // 2] if text == "half" else text)
    assert refusal(built, path).count("\n") == 1


def test_a_refused_program_leaves_no_recording(built: Built, tmp_path: Path):
    root = changed_root(tmp_path, "bytes saved", "bytes lost")
    output = tmp_path / "new.json"
    result = built.recorder_on("record", f"{KEY}.cpp", "--runs", 1, "--output", output, root=root)
    assert (result.returncode, result.stdout) == (1, "")
    assert "bytes saved\nis not in the transcript" in result.stderr
    assert not list(tmp_path.glob("new*"))


@pytest.fixture
def site(recordings: Path, tmp_path: Path) -> Callable[[], str]:
    """Makes a site of the real program's page, and returns that."""
    docs = tmp_path / "docs"
    page = docs / f"{KEY}.rst"
    page.parent.mkdir(parents=True)
    page.write_text(PAGE)
    (docs / "references.bib").write_text((ROOT / "docs/references.bib").read_text())
    (docs / "index.rst").write_text(f"Book\n====\n\n.. toctree::\n\n   {KEY}\n   checks\n")
    (docs / "checks.rst").write_text(
        ".. _the-machine:\n\nChecks\n======\n\n.. bibliography::\n   :all:\n"
    )
    copies = tmp_path / "recordings"
    for source in recordings.rglob("*.json"):
        copy = copies / source.relative_to(recordings)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(source.read_bytes())

    def make() -> str:
        Sphinx(
            srcdir=docs,
            confdir=None,
            outdir=tmp_path / "out",
            doctreedir=tmp_path / "doctrees",
            buildername="html",
            confoverrides={
                "extensions": ["book", "sphinx_design", "sphinxcontrib.bibtex"],
                "bibtex_bibfiles": ["references.bib"],
                "book_root": str(ROOT),
                "book_programs": str(build_folder() / "programs.json"),
                "book_recordings": str(copies),
            },
            status=None,
            warning=None,
        ).build()
        return (tmp_path / "out" / f"{KEY}.html").read_text()

    return make


def test_the_site_shows_the_recording(site: Callable[[], str]):
    assert "10 files are the same, byte for byte" in site()


@pytest.mark.parametrize("ending", ["cpp", "py"])
@pytest.mark.parametrize("made_before", [False, True])
def test_a_removed_recording_fails_the_site(
    site: Callable[[], str], tmp_path: Path, ending: str, made_before: bool
):
    if made_before:
        site()
    (tmp_path / f"recordings/{KEY}.{ending}.json").unlink()
    with pytest.raises(SphinxError) as caught:
        site()
    assert f"{KEY}.{ending}.json" in str(caught.value)
    assert "cmake --workflow --preset book" in str(caught.value)


def test_a_recording_is_completed_by_the_runs_that_it_lacks(built: Built, tmp_path: Path):
    path = tmp_path / "recording.json"
    source = f"{KEY}.cpp"
    begun = built.recorder_on("record", source, "--only-shown", "--runs", 3, "--output", path)
    assert (begun.returncode, begun.stderr) == (0, "")
    (shown,) = json.loads(path.read_text())["transcripts"]
    assert (shown["runs"]["terminal"], shown["runs"]["pipe"]) == (1, 0)
    completed = built.recorder_on("complete", source, path, "--runs", 3)
    assert (completed.returncode, completed.stderr) == (0, "")
    (whole,) = json.loads(path.read_text())["transcripts"]
    assert (whole["runs"]["terminal"], whole["runs"]["pipe"]) == (3, 3)
    assert 1 <= whole["runs"]["orders_seen"] <= 6
    assert {**whole, "runs": None} == {**shown, "runs": None}


def test_what_does_not_fit_its_program_is_not_completed(
    built: Built, recording: Any, tmp_path: Path
):
    lose(recording["transcripts"][0]["run"])
    path = tmp_path / "recording.json"
    path.write_text(json.dumps(recording))
    result = built.recorder_on("complete", f"{KEY}.cpp", path, "--runs", 1)
    assert (result.returncode, result.stdout) == (1, "")
    assert str(path) in result.stderr
    assert json.loads(path.read_text()) == recording
