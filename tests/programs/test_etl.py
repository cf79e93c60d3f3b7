"""The program etl: the same bytes in every style, and what goes wrong."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import soundfile
from built import ROOT, TIMEOUT, Built
from started import must_leave_no_process, workers_of

KEY = "examples_2025_03_03_17_26/etl"
STYLES = [["--serial"], ["--threads", "2"], ["--processes", "2"]]
SMALL = ["--files", "6", "--minutes", "0.02"]
NAMES = [f"example-{number:02}.wav" for number in range(1, 7)]
OUTPUTS = [f"example-{number:02}-transformed.wav" for number in range(1, 7)]


def command(built: Built, *arguments: object, language: str = "cpp") -> list[object]:
    if language == "py":
        return [sys.executable, "-B", ROOT / f"{KEY}.py", *arguments]
    return [built.programs / KEY, *arguments]


def outputs_of(built: Built, directory: Path, *arguments: object) -> dict[str, bytes]:
    result = built.run(*command(built, *SMALL, "--directory", directory, *arguments))
    assert (result.returncode, result.stderr) == (0, "")
    assert sorted(path.name for path in directory.iterdir()) == sorted([*NAMES, *OUTPUTS])
    return {name: (directory / name).read_bytes() for name in OUTPUTS}


def ids(value: object) -> str | None:
    return "".join(value) if isinstance(value, list) else None


# ---- The noise ----------------------------------------------------------------------


def test_every_style_and_count_and_instruction_set_writes_the_same_bytes(
    built: Built, tmp_path: Path
):
    expected = outputs_of(built, tmp_path)
    names = built.run(*command(built, "--help")).stdout.partition("--instructions")[2]
    sets = [name for name in ("baseline", "avx2", "avx512") if name in names.partition("}")[0]]
    assert "baseline" in sets
    for style in [*STYLES, ["--threads", "1"], ["--threads", "7"], ["--processes", "5"]]:
        for name in sets:
            assert outputs_of(built, tmp_path, *style, "--instructions", name) == expected
    other = outputs_of(built, tmp_path, "--seed", "2")
    assert all(other[name] != expected[name] for name in OUTPUTS)
    assert outputs_of(built, tmp_path, "--seed", "1") == expected


def test_a_sound_has_the_same_noise_whatever_others_there_are(built: Built, tmp_path: Path):
    expected = outputs_of(built, tmp_path)
    (tmp_path / NAMES[1]).write_bytes(b"")
    built.run(*command(built, "--files", "3", "--directory", tmp_path, "--threads", "2"))
    for name in (OUTPUTS[0], OUTPUTS[2]):
        assert (tmp_path / name).read_bytes() == expected[name]


@pytest.mark.parametrize("style", STYLES, ids=ids)
@pytest.mark.parametrize("simple", [[], ["--simple"]], ids=ids)
def test_no_two_sounds_share_their_noise(
    built: Built, style: list[str], simple: list[str], tmp_path: Path
):
    outputs_of(built, tmp_path, *style, *simple)
    noises = [soundfile.read(tmp_path / name)[0] for name in OUTPUTS]
    for one, other in combinations(noises, 2):
        assert abs(np.corrcoef(one, other)[0, 1]) < 5 / np.sqrt(len(one))
    for noise in noises:
        assert abs(noise.mean()) < 5 * 0.1 / np.sqrt(len(noise))
        assert abs(noise.std() - 0.1) < 5 * 0.1 / np.sqrt(2 * len(noise))


@pytest.mark.parametrize("style", STYLES, ids=ids)
def test_the_counterpart_does_not_repeat_its_noise_either(
    built: Built, style: list[str], tmp_path: Path
):
    words = command(built, *SMALL, *style, "--directory", tmp_path, language="py")
    result = built.run(*words)
    assert (result.returncode, result.stderr) == (0, "")
    noises = [soundfile.read(tmp_path / name)[0] for name in OUTPUTS]
    for one, other in combinations(noises, 2):
        assert abs(np.corrcoef(one, other)[0, 1]) < 5 / np.sqrt(len(one))


# What the tutorial's workers do, with a generator that is there before they are.
REPEATS = """
import multiprocessing, numpy, numpy.random
def noise(_):
    meet.wait()
    return numpy.random.normal(scale=0.1, size=1000)
meet = multiprocessing.Barrier(2)
with multiprocessing.get_context("fork").Pool(2) as pool:
    one, other = pool.map(noise, range(2), chunksize=1)
print((one == other).all())
"""


def test_the_tutorials_workers_repeat_their_noise(built: Built):
    result = built.run(sys.executable, "-c", REPEATS)
    assert (result.returncode, result.stdout) == (0, "True\n")


# ---- What goes wrong ----------------------------------------------------------------


@pytest.mark.parametrize("style", STYLES, ids=ids)
@pytest.mark.parametrize("language", ["cpp", "py"])
def test_sounds_that_cannot_be_used_are_named_and_the_others_processed(
    built: Built, style: list[str], language: str, tmp_path: Path
):
    (tmp_path / NAMES[0]).write_bytes(b"")
    (tmp_path / NAMES[1]).write_text("a text\n")
    (tmp_path / NAMES[2]).mkdir()
    bad = NAMES[:3]
    if language == "cpp":  # libsndfile reads what there is of it
        soundfile.write(tmp_path / NAMES[3], np.zeros(1000), 44_100, subtype="FLOAT")
        os.truncate(tmp_path / NAMES[3], 3000)
        bad = NAMES[:4]
    words = command(built, *SMALL, *style, "--directory", tmp_path, language=language)
    result = built.run(*words)
    assert result.returncode == 1
    errors = result.stderr.splitlines()
    assert sorted(line.split(": ")[1] for line in errors) == bad
    assert all(line.startswith("etl: ") for line in errors)
    good = [name for name in NAMES if name not in bad]
    lines = result.stdout.splitlines()
    assert sorted(line.split()[0] for line in lines[:-1]) == good
    assert lines[-1].startswith("etl took ")
    outputs = [name.replace(".wav", "-transformed.wav") for name in good]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*NAMES, *outputs])


@pytest.mark.parametrize("style", STYLES, ids=ids)
@pytest.mark.parametrize("simple", [[], ["--simple"]], ids=ids)
def test_a_full_disk_is_reported_and_leaves_nothing_half_written(
    built: Built, style: list[str], simple: list[str], tmp_path: Path
):
    # A limit on the size of files stands in for it: the program meets it as it writes.
    outputs_of(built, tmp_path)
    for name in OUTPUTS:
        (tmp_path / name).unlink()
    soundfile.write(tmp_path / NAMES[0], np.zeros(1000), 44_100, subtype="FLOAT")
    words = command(built, *SMALL, *style, *simple, "--directory", tmp_path)
    result = built.run("sh", "-c", 'ulimit -f 100; exec "$@"', "sh", *words)
    assert result.returncode == 1
    errors = sorted(result.stderr.splitlines())
    assert [error.split(": ")[1] for error in errors] == NAMES[1:]
    assert all(error.endswith("File too large") for error in errors)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*NAMES, OUTPUTS[0]])


@pytest.mark.parametrize("language", ["cpp"])
def test_sounds_that_cannot_be_made_are_named(built: Built, language: str, tmp_path: Path):
    words = command(built, *SMALL, "--threads", "2", "--directory", tmp_path)
    result = built.run("sh", "-c", 'ulimit -f 100; exec "$@"', "sh", *words)
    assert result.returncode == 1
    errors = result.stderr.splitlines()
    assert [error.split(": ")[1] for error in errors] == NAMES
    assert all(error.endswith("File too large") for error in errors)
    assert not list(tmp_path.iterdir())


@pytest.fixture(scope="module")
def long(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory of sounds that take a while, all of them one file."""
    directory = tmp_path_factory.mktemp("long")
    result = built.run(*command(built, "--files", "1", "--minutes", "4", "--directory", directory))
    assert result.returncode == 0
    for number in range(2, 25):
        (directory / f"example-{number:02}.wav").symlink_to(NAMES[0])
    return directory


def start(built: Built, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [str(word) for word in command(built, *arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    )


@pytest.mark.parametrize("style", STYLES, ids=ids)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_program_that_is_asked_to_end_leaves_only_whole_files(
    built: Built, long: Path, style: list[str], number: signal.Signals
):
    for path in long.glob("*-transformed.wav"):
        path.unlink()
    with start(built, *style, "--simple", "--directory", long) as process:
        assert "example-" in process.stdout.readline()
        if number == signal.SIGINT:  # a terminal sends it to all processes
            os.killpg(process.pid, number)
        else:
            os.kill(process.pid, number)
        assert process.wait(TIMEOUT) == 128 + number
        must_leave_no_process(process)
        assert process.stderr.read() == ""
    whole = (long / NAMES[0]).stat().st_size
    outputs = list(long.glob("*-transformed.wav"))
    assert 0 < len(outputs) < 24
    assert all(abs(path.stat().st_size - whole) < 100 for path in outputs)
    assert not list(long.glob("*.part"))


def test_ctrl_c_while_sounds_are_made_leaves_only_whole_files(built: Built, tmp_path: Path):
    with start(built, "--minutes", "400", "--directory", tmp_path) as process:
        while not list(tmp_path.glob("*.part")):
            assert process.poll() is None
            time.sleep(0.001)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(TIMEOUT) == 130
        assert process.stderr.read() == ""
    assert not list(tmp_path.glob("*.part"))


def test_a_worker_that_is_killed_loses_only_its_sound(built: Built, long: Path):
    for _ in range(10):
        for path in long.glob("*-transformed.wav"):
            path.unlink()
        arguments = ["--processes", "2", "--simple", "--files", "6", "--directory", long]
        with start(built, *arguments) as process:
            process.stdout.readline()
            workers = list(workers_of(process.pid).values())
            assert len(workers) == 2
            os.kill(workers[0], signal.SIGKILL)
            process.stdout.read()
            errors = process.stderr.read().splitlines()
            status = process.wait(TIMEOUT)
        outputs = sorted(path.name for path in long.glob("*-transformed.wav*"))
        if status == 0:  # it was between two sounds, and nothing was lost
            assert (errors, outputs) == ([], OUTPUTS)
            continue
        assert status == 1
        (error,) = errors
        assert "SIGKILL" in error
        lost = error.split(": ")[1].replace(".wav", "-transformed.wav")
        if lost in outputs:  # it was whole, and not yet reported
            continue
        assert outputs == [name for name in OUTPUTS if name != lost]
        return
    pytest.fail("no worker was at work when it was killed")


@pytest.mark.parametrize("style", STYLES, ids=ids)
def test_a_program_that_is_killed_leaves_no_process_and_the_next_one_cleans_up(
    built: Built, long: Path, style: list[str]
):
    with start(built, *style, "--simple", "--files", "6", "--directory", long) as process:
        process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
        process.wait(TIMEOUT)
        must_leave_no_process(process)
    result = built.run(*command(built, *style, "--files", "6", "--directory", long))
    assert (result.returncode, result.stderr) == (0, "")
    assert not list(long.glob("*.part"))


@pytest.mark.parametrize("style", STYLES, ids=ids)
def test_an_output_that_is_full_or_gone_is_an_error(built: Built, style: list[str], tmp_path: Path):
    words = command(built, *SMALL, *style, "--directory", tmp_path)
    with open("/dev/full", "w") as full:
        result = built.run(*words, capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert result.returncode == 1
    assert result.stderr.startswith("etl: error: ")
    assert "No space left on device" in result.stderr
    assert result.stderr.count("\n") == 1
    reader, writer = os.pipe()
    os.close(reader)
    result = built.run(*words, capture_output=False, stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert result.returncode == 1
    assert "Broken pipe" in result.stderr
    assert not list(tmp_path.glob("*.part"))


def test_an_output_that_is_full_ends_the_work(built: Built, long: Path):
    for path in long.glob("*-transformed.wav"):
        path.unlink()
    words = command(built, "--processes", "2", "--simple", "--directory", long)
    with open("/dev/full", "w") as full:
        result = built.run(*words, capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert result.returncode == 1
    assert len(list(long.glob("*-transformed.wav"))) < 24
    assert not list(long.glob("*.part"))


def test_two_programs_do_not_work_in_one_directory(built: Built, long: Path):
    with start(built, "--serial", "--simple", "--directory", long) as process:
        process.stdout.readline()
        result = built.run(*command(built, "--serial", "--directory", long))
        assert (result.returncode, result.stdout) == (1, "")
        assert result.stderr == f"etl: error: another etl is at work in {long}\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(TIMEOUT) == 130


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["--threads", "0"], "--threads: "),
        (["--threads", "-1"], "--threads: "),
        (["--threads", "1001"], "--threads: "),
        (["--threads", "many"], "--threads"),
        (["--threads"], "--threads: 1 required"),
        (["--processes", "0"], "--processes: "),
        (["--processes", "1.5"], "--processes"),
        (["--threads", "2", "--processes", "2"], "--threads excludes --processes"),
        (["--serial", "--threads", "2"], "--serial excludes --threads"),
        (["--serial", "--processes", "2"], "--processes"),
        (["--files", "0"], "--files: "),
        (["--files", "10000"], "--files: "),
        (["--files", "x"], "--files"),
        (["--minutes", "0"], "--minutes: 0 is not a number of minutes"),
        (["--minutes", "-1"], "--minutes"),
        (["--minutes", "nan"], "--minutes: nan is not a number of minutes"),
        (["--minutes", "inf"], "--minutes: inf is not a number of minutes"),
        (["--minutes", "401"], "--minutes: 401 is not a number of minutes"),
        (["--minutes", "x"], "--minutes: x is not a number of minutes"),
        (["--seed", "-1"], "--seed: -1 is no whole number"),
        (["--seed", "1.5"], "--seed: 1.5 is no whole number"),
        (["--seed", "18446744073709551616"], "--seed: 18446744073709551616 is no whole"),
        (["--directory", ""], "--directory: "),
        (["--instructions", "sse"], "--instructions: "),
    ],
)
def test_a_value_that_cannot_be_is_refused(
    built: Built, arguments: list[str], names: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    result = built.run(*command(built, *arguments))
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("etl: ")
    assert names in result.stderr
    assert not list(tmp_path.iterdir())
