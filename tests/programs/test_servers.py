"""The busy servers and their load: clients that misbehave, full loads, and their end."""

from __future__ import annotations

import os
import re
import resource
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from built import TIMEOUT, Built
from started import GET, port_of, wait_until

FOLDER = "examples_2026_11_22_10_00"
SERVERS = ["6_1_server_processes", "6_2_server_threads", "6_3_server_coroutines"]
# With several loops, each of which serves as the last one does; test_loops.py has more.
LOOPS = ["7_1_loop_per_thread", "7_2_loop_per_process"]


class Server:
    """A server that runs."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.port = port_of(process)
        self.directory = Path(f"/proc/{process.pid}")
        # ThreadSanitizer starts one of its own with the program's second one.
        self.has_sanitizers_thread = b"__tsan_init" in (self.directory / "exe").read_bytes()
        self.before = self.has()

    def has(self) -> dict[str, int]:
        """Its descriptors, threads and children."""
        while True:
            try:
                tasks = list((self.directory / "task").iterdir())
                children = sum(len((task / "children").read_text().split()) for task in tasks)
                files = len(os.listdir(self.directory / "fd"))
            except FileNotFoundError:
                continue  # a thread has ended in the meantime
            threads = len(tasks)
            if self.has_sanitizers_thread and threads > 1:
                threads -= 1
            return {"descriptors": files, "threads": threads, "children": children}

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=TIMEOUT)

    def cpu_seconds(self) -> float:
        return int((self.directory / "schedstat").read_text().split()[0]) / 1e9

    def must_have_only_what_it_had(self) -> None:
        wait_until(lambda: self.has() == self.before, lambda: f"{self.has()} != {self.before}")

    def end(self, number: signal.Signals = signal.SIGINT) -> None:
        self.process.send_signal(number)
        assert self.process.wait(TIMEOUT) == 128 + number


@contextmanager
def running(built: Built, name: str, *options: object) -> Iterator[Server]:
    process = subprocess.Popen(
        [built.programs / FOLDER / name, *map(str, options)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Server(process)
    finally:
        process.kill()
        process.wait()


def load(built: Built, *options: object, **more: object) -> subprocess.CompletedProcess[str]:
    return built.run(built.programs / FOLDER / "6_4_load", *options, **more)


def answer(client: socket.socket) -> bytes:
    """One answer, or what came of it until the server closed the connection."""
    came = b""
    while True:
        header, end, body = came.partition(b"\r\n\r\n")
        length = re.search(rb"Content-Length: (\d+)", header)
        if end and len(body) >= int(length[1]):
            return came
        try:
            more = client.recv(4096)
        except ConnectionResetError:
            more = b""
        if not more:
            return came
        came += more


def status(client: socket.socket) -> int:
    line = answer(client).partition(b"\r\n")[0]
    return int(line.split(b" ")[1])


def must_answer(server: Server) -> None:
    with server.connect() as client:
        for _ in range(5):
            client.sendall(GET)
            assert answer(client).endswith(b"\r\n\r\nready\n")


def vanish(client: socket.socket) -> None:
    """Closes a connection as a client's crash does: without a farewell."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


# ---- Requests -----------------------------------------------------------------------

BIG = b"x" * 1_000_000
REQUESTS = {
    "good": (GET, 200),
    "another target": (b"GET /x HTTP/1.1\r\n\r\n", 404),
    "another method": (b"DELETE / HTTP/1.1\r\n\r\n", 405),
    "a body": (b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", 405),
    "rubbish": (bytes(range(256)) * 10, 400),
    "lines of rubbish": (b"hello\r\n\r\n", 400),
    "a length that is none": (b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400),
    "a huge header": (b"GET / HTTP/1.1\r\nX: " + BIG, 431),
    "a huge target": (b"GET /" + BIG, 431),
    "a huge body": (b"POST / HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n" + BIG, 413),
    "a body that no buffer holds": (  # the answer must outlive what the server does not read
        b"POST / HTTP/1.1\r\nContent-Length: 20000000\r\n\r\n" + BIG * 20,
        413,
    ),
    "a huge chunk": (
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n" + BIG,
        413,
    ),
}


@pytest.mark.parametrize("name", [*SERVERS, *LOOPS])
def test_each_request_has_its_answer(built: Built, name: str):
    with running(built, name, "--think-ms", 0) as server:
        for what, (request, expected) in REQUESTS.items():
            with server.connect() as client:
                client.sendall(request)
                assert status(client) == expected, what
        for version, keep in ((b"1.1", b"close"), (b"1.0", b"x")):
            with server.connect() as client:
                client.sendall(b"GET / HTTP/" + version + b"\r\nConnection: " + keep + b"\r\n\r\n")
                assert b"200 OK" in answer(client)
                assert client.recv(1) == b""  # the last answer
        with server.connect() as client:  # in pieces, and several at once
            for byte in GET:
                client.sendall(bytes([byte]))
            assert status(client) == 200
            client.sendall(GET * 2)
            came = b""
            while came.count(b"ready") < 2:
                came += client.recv(4096)
        server.must_have_only_what_it_had()


@pytest.mark.parametrize("name", [*SERVERS, *LOOPS])
def test_bad_clients_harm_nobody(built: Built, name: str):
    with running(built, name, "--timeout-ms", 5000) as server, ExitStack() as held:
        for _ in range(3):
            silent, half, flood = (held.enter_context(server.connect()) for _ in range(3))
            half.sendall(GET[:10])
            flood.setblocking(False)
            with suppress(BlockingIOError):  # asks on and on, and reads nothing
                while True:
                    flood.send(GET * 1000)
            for request, _ in REQUESTS.values():
                client = server.connect()
                client.setblocking(False)
                with suppress(BlockingIOError):
                    client.send(request)
                vanish(client)
            vanish(server.connect())
            must_answer(server)
        # Those that send nothing, or no whole request, are given up.
        for client in (silent, half):
            assert answer(client) == b""
        must_answer(server)
        held.close()
        server.must_have_only_what_it_had()
        server.end()
        assert server.process.stderr.read() == ""


@pytest.mark.parametrize("name", [*SERVERS, *LOOPS])
def test_a_byte_now_and_then_is_no_request(built: Built, name: str):
    with running(built, name, "--timeout-ms", 300) as server, server.connect() as client:
        start = time.monotonic()
        with pytest.raises(ConnectionError):  # noqa: PT012  # one of the sends is refused
            while time.monotonic() < start + TIMEOUT:
                client.sendall(b"a")
                time.sleep(0.05)
        server.must_have_only_what_it_had()


# ---- Loads --------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*SERVERS, *LOOPS])
def test_under_load_nothing_is_lost_or_left(built: Built, name: str):
    with running(built, name) as server:
        for _ in range(2):
            result = load(built, "--connections", 200, "--requests", 10, "--port", server.port)
            assert (result.returncode, result.stderr) == (0, "")
            assert "2000 requests: 2000 answers, 0 errors" in result.stdout
            server.must_have_only_what_it_had()
        server.end()
        assert server.process.stderr.read() == ""


@pytest.mark.parametrize("name", SERVERS)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_server_under_load_is_ended_cleanly(built: Built, name: str, number: signal.Signals):
    with running(built, name) as server:
        words = [built.programs / FOLDER / "6_4_load", "--connections", "100"]
        with subprocess.Popen(
            [*words, "--seconds", "60", "--port", str(server.port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as loading:
            key = "descriptors" if "coroutines" in name else "threads"
            key = "children" if "processes" in name else key
            wait_until(lambda: server.has()[key] >= 100, lambda: f"{server.has()}")
            children = (server.directory / f"task/{server.process.pid}/children").read_text()
            server.end(number)
            assert server.process.stderr.read() == ""
            assert not [child for child in children.split() if Path(f"/proc/{child}").exists()]
            with pytest.raises(ConnectionRefusedError):
                server.connect()
            # The load learns of it, and says so.
            assert loading.wait(TIMEOUT) == 1
            assert "time(s): " in loading.stderr.read()


def test_no_child_outlives_a_server_that_is_killed(built: Built):
    with (
        running(built, "6_1_server_processes", "--timeout-ms", 3_600_000) as server,
        server.connect() as client,
    ):
        client.sendall(GET)
        assert client.recv(1000).startswith(b"HTTP/1.1 200 ")
        server.process.kill()
        assert client.recv(1000) == b""  # its child would wait for an hour


@pytest.mark.parametrize("name", SERVERS)
def test_too_many_open_files_are_reported_once_and_survived(built: Built, name: str):
    if b"__ubsan_handle" in (built.programs / FOLDER / name).read_bytes():
        pytest.skip("UndefinedBehaviorSanitizer needs a descriptor to look at a type")
    with running(built, name) as server, ExitStack() as held:
        pid = server.process.pid
        files = server.has()["descriptors"]
        _, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (files, hard))
        clients = [held.enter_context(server.connect()) for _ in range(10)]
        for client in clients:
            client.sendall(GET)
        line = server.process.stderr.readline()
        assert line == f"{name}: cannot accept a connection: Too many open files\n"
        before = server.cpu_seconds()
        time.sleep(0.5)
        assert server.cpu_seconds() - before < 0.05  # it waits, and does not spin
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (hard, hard))
        for client in clients:
            assert status(client) == 200
        held.close()
        server.must_have_only_what_it_had()
        server.end()
        assert server.process.stderr.read() == ""


def test_a_port_that_is_taken_is_an_error(built: Built):
    with running(built, SERVERS[0]) as server:
        for name in SERVERS:
            words = [built.programs / FOLDER / name, "--port", server.port]
            result = built.run(*words)
            assert (result.returncode, result.stdout) == (1, "")
            assert result.stderr.count("\n") == 1
            assert "Address already in use" in result.stderr


@pytest.mark.parametrize("name", SERVERS)
def test_an_output_that_is_full_is_an_error_of_a_server(built: Built, name: str):
    with open("/dev/full", "w") as full:
        words = [built.programs / FOLDER / name]
        result = built.run(*words, capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert result.returncode == 1
    assert re.fullmatch(rf"{name}: error: .*No space left on device\n", result.stderr)


# ---- The load generator -------------------------------------------------------------


def processes_of(path: Path) -> list[str]:
    """Those that run a program."""
    found = []
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            if (directory / "exe").readlink() == path:
                found.append(directory.name)
        except OSError:
            pass  # it has ended
    return found


@pytest.mark.parametrize("name", SERVERS)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_load_that_is_ended_takes_its_server_with_it(
    built: Built, name: str, number: signal.Signals, tmp_path: Path
):
    server = tmp_path / name  # of a path of its own, so that its processes are found
    shutil.copy(built.programs / FOLDER / name, server)
    words = [built.programs / FOLDER / "6_4_load", "--connections", "50", "--seconds", "60"]
    with subprocess.Popen([*words, "--", server], stdout=subprocess.PIPE, text=True) as loading:
        while "memory for each connection" not in loading.stdout.readline():
            assert loading.poll() is None
        assert processes_of(server)
        loading.send_signal(number)
        killed = number == signal.SIGKILL
        assert loading.wait(TIMEOUT) == (-number if killed else 128 + number)
        wait_until(lambda: not processes_of(server), lambda: "a process of the server is left")


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        ([], 2, "required"),
        (["--port", "0"], 2, "required"),
        (["--connections", "0", "--port", "1"], 2, "--connections"),
        (["--", "/no/such/server"], 1, "does not say on which port"),
        (["--", "/bin/true"], 1, "does not say on which port"),
        (["--connections", "999999", "--", "6_3_server_coroutines"], 1, "open files"),
        (["--connections", "2", "--port", "1"], 1, "Connection refused"),
    ],
)
def test_a_load_that_cannot_be_is_an_error(built: Built, arguments, code: int, error: str):
    result = load(built, *arguments)
    assert result.returncode == code
    assert error in result.stderr.splitlines()[-1]


def test_an_error_of_the_server_is_counted(built: Built, tmp_path: Path):
    """A server that answers each tenth request with 500."""
    script = tmp_path / "server.py"
    script.write_text(
        "from http.server import *\n"
        "class Handler(BaseHTTPRequestHandler):\n"
        "    protocol_version = 'HTTP/1.1'\n"
        "    count = 0\n"
        "    def do_GET(self):\n"
        "        Handler.count += 1\n"
        "        self.send_response(500 if Handler.count % 10 == 0 else 200)\n"
        "        self.send_header('Content-Length', '0')\n"
        "        self.end_headers()\n"
        "    def log_message(self, *_): pass\n"
        "server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)\n"
        "print('listening on port', server.server_port, flush=True)\n"
        "server.serve_forever()\n"
    )
    result = load(built, "--connections", 10, "--requests", 5, "--", sys.executable, script)
    assert result.returncode == 1
    requests, answers, errors = map(
        int, re.search(r"(\d+) requests: (\d+) answers, (\d+) errors", result.stdout).groups()
    )
    assert requests == answers + errors
    assert errors >= 1
    assert f"6_4_load: {errors} time(s): status 500\n" in result.stderr


def test_wrk_measures_the_same(built: Built):
    """With 20 connections and 10 ms of think time there are 2000 answers a second at
    the most, whoever counts them; a busy machine takes from both."""
    with running(built, SERVERS[2]) as server:
        ours, theirs = [], []
        # Until each has had a second with few others beside it.
        while not (ours and 0.5 < max(ours) / max(theirs) < 2):
            assert len(ours) < 20, f"{ours}, {theirs}"
            result = load(built, "--connections", 20, "--seconds", 1, "--port", server.port)
            answers, seconds = re.search(
                r" (\d+) answers, .* in ([\d.]+) second", result.stdout
            ).groups()
            ours.append(int(answers) / float(seconds))
            words = ["wrk", "-t1", "-c20", "-d1s", f"http://127.0.0.1:{server.port}/"]
            result = built.run(*words)
            assert "Socket errors" not in result.stdout
            assert "Non-2xx" not in result.stdout
            theirs.append(float(re.search(r"Requests/sec: *([\d.]+)", result.stdout)[1]))
        assert max(ours) <= 2001
