"""The three programs that blur and shrink pictures: the same bytes, and what goes wrong."""

from __future__ import annotations

import contextlib
import fcntl
import io
import os
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from built import ROOT, TIMEOUT, Built
from PIL import Image, ImageStat
from started import workers_of

from examples_2025_03_03_16_52.pictures import blurred_thumbnail

FOLDER = "examples_2025_03_03_16_52"
PROGRAMS = {
    "4_1_pictures_sequential": [],
    "4_2_pictures_processes": ["--processes", "2"],
    "4_3_pictures_tbb": ["--threads", "2"],
}
NAMES = [f"picture-{number:02}.jpg" for number in range(1, 13)]
LANGUAGES = ["cpp", "py"]


def command(built: Built, program: str, language: str, directory: Path) -> list[object]:
    words: list[object] = [built.programs / FOLDER / program]
    if language == "py":
        words = [sys.executable, "-B", ROOT / FOLDER / f"{program}.py"]
    return [*words, *PROGRAMS[program], "--directory", directory]


def processed_in(directory: Path) -> list[str]:
    return sorted(path.name for path in (directory / "processed").iterdir())


@pytest.fixture(scope="module")
def made(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory in which the sequential program has done its work."""
    directory = tmp_path_factory.mktemp("made")
    result = built.run(*command(built, "4_1_pictures_sequential", "cpp", directory))
    assert (result.returncode, result.stderr) == (0, "")
    return directory


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Twelve small pictures of different colours."""
    directory = tmp_path / "small"
    directory.mkdir()
    for number, name in enumerate(NAMES):
        Image.new("RGB", (60, 40), (20 * number, 0, 0)).save(directory / name)
    return directory


def test_the_thumbnails_are_small_and_as_bright_as_the_pictures(made: Path):
    assert sorted(path.name for path in made.iterdir()) == [*NAMES, "processed"]
    assert processed_in(made) == NAMES
    for name in NAMES:
        with Image.open(made / name) as picture, Image.open(made / "processed" / name) as small:
            assert (picture.format, picture.size, picture.mode) == ("JPEG", (3000, 2000), "RGB")
            assert (small.format, small.size, small.mode) == ("JPEG", (1200, 800), "RGB")
            before, after = ImageStat.Stat(picture), ImageStat.Stat(small)
            for channel in range(3):
                assert abs(before.mean[channel] - after.mean[channel]) < 1


def test_a_thumbnail_is_what_the_counterparts_library_makes(made: Path):
    for name in NAMES[:3]:
        with (
            Image.open(io.BytesIO(blurred_thumbnail(made / name))) as expected,
            Image.open(made / "processed" / name) as thumbnail,
        ):
            assert expected.size == thumbnail.size
            pairs = zip(expected.tobytes(), thumbnail.tobytes(), strict=True)
            assert sum(abs(one - other) for one, other in pairs) / (1200 * 800 * 3) < 2


@pytest.mark.parametrize("program", list(PROGRAMS)[1:])
def test_the_programs_write_the_same_bytes(built: Built, made: Path, program: str, tmp_path: Path):
    result = built.run(*command(built, program, "cpp", tmp_path))
    assert (result.returncode, result.stderr) == (0, "")
    for name in NAMES:
        for path in (name, f"processed/{name}"):
            assert (tmp_path / path).read_bytes() == (made / path).read_bytes(), path


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_pictures_that_cannot_be_used_are_named_and_the_others_processed(
    built: Built, program: str, language: str, small: Path
):
    (small / NAMES[0]).write_bytes(b"")
    (small / NAMES[1]).write_text("a text\n")
    Image.effect_noise((600, 400), 50).convert("RGB").save(small / NAMES[2])
    os.truncate(small / NAMES[2], (small / NAMES[2]).stat().st_size // 2)
    Image.new("RGB", (60, 40)).save(small / NAMES[3], "PNG")
    (small / NAMES[4]).unlink()
    (small / NAMES[4]).mkdir()
    bad = NAMES[:5]
    if language == "cpp":
        (small / NAMES[5]).unlink()
        (small / NAMES[5]).symlink_to("missing")
        bad = NAMES[:6]

    result = built.run(*command(built, program, language, small))
    assert result.returncode == 1
    errors = result.stderr.splitlines()
    assert sorted(line.split(": ")[1] for line in errors) == bad
    assert all(line.startswith(f"{program}: ") for line in errors)
    assert processed_in(small) == [name for name in NAMES if name not in bad]
    lines = result.stdout.splitlines()
    assert sorted(lines[:-1]) == [f"{name} was processed" for name in NAMES if name not in bad]
    assert lines[-1].startswith("the program finished after ")


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_one_core_is_enough(built: Built, program: str, language: str, small: Path):
    one_core = {min(os.sched_getaffinity(0))}
    result = built.run(
        *command(built, program, language, small),
        preexec_fn=lambda: os.sched_setaffinity(0, one_core),
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert processed_in(small) == NAMES


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_place_that_cannot_be_written_is_named(built: Built, program: str, small: Path):
    small = small.rename(small.with_name("two\nlines"))
    for name in NAMES[:2]:
        (small / "processed" / name / "in the way").mkdir(parents=True)
    result = built.run(*command(built, program, "cpp", small))
    assert result.returncode == 1
    errors = sorted(result.stderr.splitlines())
    assert len(errors) == 2
    for name, error in zip(NAMES, errors, strict=False):
        place = str(small / "processed" / name).replace("\n", r"\n")
        assert error == f"{program}: {name}: cannot write {place}: Is a directory"
    assert processed_in(small) == NAMES


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_full_disk_is_reported_and_leaves_no_half_files(built: Built, program: str, small: Path):
    # A limit on the size of files stands in for it: the program meets it as it writes.
    words = command(built, program, "cpp", small)
    limited = ["sh", "-c", 'trap "" XFSZ; ulimit -f 0; exec "$@"', "sh", *words]
    result = built.run(*limited)
    assert result.returncode == 1
    errors = sorted(result.stderr.splitlines())
    assert [error.split(": ")[1] for error in errors] == NAMES
    assert all(error.endswith("File too large") for error in errors)
    assert processed_in(small) == []


@contextlib.contextmanager
def room_for_one_line() -> Iterator[tuple[int, int]]:
    """Both ends of a pipe: whoever prints a second line into it waits."""
    reader, writer = os.pipe()
    size = fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    os.write(writer, bytes(size - len("picture-01.jpg was processed\n") - 1))
    try:
        yield reader, writer
    finally:
        os.close(reader)
        os.close(writer)


def bytes_in(pipe: int) -> int:
    return struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)))[0]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_that_is_ended_leaves_only_whole_files(
    built: Built, made: Path, program: str, number: signal.Signals, tmp_path: Path
):
    for name in NAMES:
        (tmp_path / name).symlink_to(made / name)
    with room_for_one_line() as (reader, writer):
        before = bytes_in(reader)
        process = subprocess.Popen(
            command(built, program, "cpp", tmp_path),
            stdout=writer,
            stderr=subprocess.PIPE,
            process_group=0,
        )
        try:
            while bytes_in(reader) == before:
                assert process.poll() is None, "it ended without a line"
                time.sleep(0.001)
            os.killpg(process.pid, number)
            expected = -number if number == signal.SIGKILL else 128 + number
            assert process.wait(TIMEOUT) == expected
            assert process.stderr.read() == b""
        finally:
            process.kill()
            process.wait()
    done = processed_in(tmp_path)
    assert done
    assert set(done) < set(NAMES)
    for name in done:
        path = f"processed/{name}"
        assert (tmp_path / path).read_bytes() == (made / path).read_bytes()


def test_a_worker_that_is_killed_loses_only_its_picture(built: Built, made: Path, tmp_path: Path):
    for attempt in range(10):
        directory = tmp_path / str(attempt)
        directory.mkdir()
        for name in NAMES:
            (directory / name).symlink_to(made / name)
        with subprocess.Popen(
            command(built, "4_2_pictures_processes", "cpp", directory),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            for _ in range(5):  # the one that is lost is not the first
                process.stdout.readline()
            # There is none if the program is done by then.
            with contextlib.suppress(ProcessLookupError):
                if worker := workers_of(process.pid).get("worker 1"):
                    os.kill(worker, signal.SIGKILL)
            output, errors = process.stdout.read(), process.stderr.read()
            status = process.wait(TIMEOUT)
        if status == 0:  # it was between two pictures, and nothing was lost
            assert errors == ""
            assert processed_in(directory) == NAMES
            continue
        assert status == 1
        (error,) = errors.splitlines()
        assert "SIGKILL" in error
        lost = error.split(": ")[1]
        done = processed_in(directory)
        for name in done:
            path = f"processed/{name}"
            assert (directory / path).read_bytes() == (made / path).read_bytes()
        if lost in done:  # it had written its picture, and not yet said so
            assert done == NAMES
            continue
        assert done == [name for name in NAMES if name != lost]
        assert output.count("was processed") == 11 - 5  # those that were not read before
        return
    pytest.fail("no worker was at work when it was killed")


@pytest.mark.parametrize("program", list(PROGRAMS)[1:])
@pytest.mark.parametrize("number", ["0", "-1", "1001", "many", "1.5", ""])
def test_a_number_of_workers_that_cannot_be_is_refused(
    built: Built, program: str, number: str, tmp_path: Path
):
    option = PROGRAMS[program][0]
    result = built.run(
        built.programs / FOLDER / program, option, number, "--directory", tmp_path / "new"
    )
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    assert option in result.stderr
    assert not list(tmp_path.iterdir())
