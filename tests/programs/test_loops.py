"""The servers with one loop for each core: that all loops serve, and how they end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from built import ROOT, TIMEOUT, Built
from started import GET, port_of, wait_until

FOLDER = "examples_2026_11_22_10_00"
THREADS, PROCESSES = "7_1_loop_per_thread", "7_2_loop_per_process"
LANGUAGES = ["cpp", "py"]


class Server:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.port = port_of(process)
        self.tasks = Path(f"/proc/{process.pid}/task")

    def workers(self) -> list[int]:
        words = (self.tasks / str(self.process.pid) / "children").read_text().split()
        return [int(word) for word in words]

    def ask(self) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), timeout=TIMEOUT) as client:
            client.sendall(GET)
            return client.recv(4096)

    def must_serve(self, times: int = 20) -> None:
        for _ in range(times):
            assert self.ask().startswith(b"HTTP/1.1 200 OK\r\n")


@contextmanager
def running(built: Built, name: str, *options: object, language: str = "cpp") -> Iterator[Server]:
    """A server with two loops, in a process group of its own, as a shell's job is."""
    program = [str(built.programs / FOLDER / name)]
    if language == "py":
        program = [sys.executable, "-B", str(ROOT / FOLDER / f"{name}.py")]
    process = subprocess.Popen(
        [*program, "--loops", "2", "--think-ms", "0", *map(str, options)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    )
    try:
        yield Server(process)
    finally:
        # With its workers: those of a counterpart would go on without it.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def exists(pid: int) -> bool:
    """Whether there is such a process, that is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def cpu_seconds(pid: int, thread: int) -> float:
    return int(Path(f"/proc/{pid}/task/{thread}/schedstat").read_text().split()[0]) / 1e9


@pytest.mark.parametrize("name", [THREADS, PROCESSES])
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_loop_has_its_share(built: Built, name: str, language: str):
    with running(built, name, "--compute-us", 5000, language=language) as server:
        # A hundred connections: all fall to one loop in one of 2^99 runs.
        server.must_serve(100)
        pid = server.process.pid
        loops = [(worker, worker) for worker in server.workers()]
        if name == THREADS:
            loops = [(pid, int(task.name)) for task in server.tasks.iterdir()]
        busy = [loop for loop in loops if cpu_seconds(*loop) > 0.02]
        assert len(busy) == 2


@pytest.mark.parametrize("name", [THREADS, PROCESSES])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("to_all", [False, True])  # as the terminal's Ctrl-C is
def test_a_server_is_ended_cleanly(
    built: Built, name: str, language: str, number: signal.Signals, to_all: bool
):
    if to_all and number == signal.SIGTERM and name == PROCESSES:
        pytest.skip("who asks each worker to end has it end")
    for _ in range(3):
        with running(built, name, language=language) as server:
            server.must_serve()
            workers = server.workers()
            assert len(workers) == (2 if name == PROCESSES else 0)
            with socket.create_connection(("127.0.0.1", server.port)) as waiting:
                waiting.sendall(GET[:10])
                (os.killpg if to_all else os.kill)(server.process.pid, number)
                assert server.process.wait(TIMEOUT) == 128 + number
            assert server.process.stderr.read() == ""
            assert not [worker for worker in workers if exists(worker)]
            with pytest.raises(ConnectionRefusedError):
                server.ask()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM])
def test_a_worker_that_dies_is_reported_and_the_others_go_on(
    built: Built, language: str, number: signal.Signals
):
    with running(built, PROCESSES, language=language) as server:
        server.must_serve()
        first, second = server.workers()
        os.kill(first, number)
        line = server.process.stderr.readline()
        # One that is built with AddressSanitizer speaks before it dies of SIGSEGV.
        while "has died" not in line:
            assert line
            line = server.process.stderr.readline()
        assert line.startswith("loop 1 has died with exit code ")
        server.must_serve()
        assert server.workers() == [second]
        # Without a worker there is nobody left to serve.
        os.kill(second, signal.SIGKILL)
        assert server.process.wait(TIMEOUT) == 1
        assert "loop 2 has died with exit code -9\n" in server.process.stderr.read()


def test_no_worker_outlives_a_server_that_is_killed(built: Built):
    with running(built, PROCESSES) as server:
        server.must_serve()
        workers = server.workers()
        server.process.kill()
        wait_until(lambda: not any(map(exists, workers)), lambda: "a worker is left")


@pytest.mark.parametrize("name", [THREADS, PROCESSES])
def test_a_port_that_another_has_for_itself_is_an_error(built: Built, name: str):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        result = built.run(built.programs / FOLDER / name, "--port", port)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.count("\n") == 1
    assert "Address already in use" in result.stderr


@pytest.mark.parametrize("name", [THREADS, PROCESSES])
def test_too_few_descriptors_are_an_error(built: Built, name: str):
    words = [built.programs / FOLDER / name, "--loops", 20]
    result = built.run("sh", "-c", 'ulimit -n 10; exec "$@"', "sh", *words)
    assert (result.returncode, result.stdout) == (1, "")
    # UndefinedBehaviorSanitizer needs descriptors, too, and speaks of their lack.
    if "<memory cannot be printed>" not in result.stderr:
        assert result.stderr.count("\n") == 1
        assert "Too many open files" in result.stderr


@pytest.mark.parametrize("name", [THREADS, PROCESSES])
@pytest.mark.parametrize("loops", ["0", "-1", "1001", "two"])
def test_a_wrong_number_of_loops_is_refused(built: Built, name: str, loops: str):
    result = built.run(built.programs / FOLDER / name, f"--loops={loops}")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    assert "--loops" in result.stderr


@pytest.mark.parametrize("name", [THREADS, PROCESSES])
def test_an_output_that_is_full_is_an_error(built: Built, name: str):
    with open("/dev/full", "w") as full:
        result = built.run(
            built.programs / FOLDER / name,
            capture_output=False,
            stdout=full,
            stderr=subprocess.PIPE,
        )
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert "No space left on device" in result.stderr
