"""What the busy servers share: their options, the blocking handler, and their end."""

import argparse
import os
import resource
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler

from examples_2017_09_09_12_16.available_cores import available_cores
from examples_2025_03_03_15_36.print_line import print_line

BODY = b"ready\n"
MAX_HEADER_BYTES = 8 * 1024
MAX_BODY_BYTES = 64 * 1024


def service_options(has_loops: bool = False) -> argparse.Namespace:
    """Read the options; with ``--load``, become the load generator."""
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--port", type=int, default=0, help="Port to listen on (default: any that is free)"
    )
    parser.add_argument(
        "--think-ms",
        type=int,
        default=10,
        help="Milliseconds that finding an answer takes (default: 10)",
    )
    parser.add_argument(
        "--timeout-ms",
        type=int,
        default=60_000,
        help="Milliseconds that a client may take (default: 60000)",
    )
    parser.add_argument(
        "--compute-us",
        type=int,
        default=0,
        help="Microseconds that an answer keeps a core busy (default: 0)",
    )
    parser.add_argument(
        "--load",
        type=int,
        default=0,
        help="Run under a load of this number of connections, then end",
    )
    if has_loops:
        parser.add_argument(
            "--loops",
            type=int,
            default=available_cores(),
            help="Number of event loops (default: one for each core)",
        )
    options = parser.parse_args()
    if options.load:
        load = "examples_2026_11_22_10_00.6_4_load"
        words = ["--connections", str(options.load), "--requests", "5", "--", sys.argv[0]]
        for name, value in vars(options).items():
            if name != "load":
                words += [f"--{name.replace('_', '-')}", str(value)]
        os.execv(sys.executable, [sys.executable, "-B", "-m", load, *words])
    options.think = options.think_ms / 1000
    options.timeout = options.timeout_ms / 1000
    options.compute = options.compute_us / 1e6
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return options


def compute(seconds: float) -> None:
    """Take so much CPU time, whatever else runs."""
    end = time.thread_time() + seconds
    while seconds and time.thread_time() < end:
        pass


def blocking_handler(options: argparse.Namespace) -> type[BaseHTTPRequestHandler]:
    """The handler of one connection, by calls that block."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = options.timeout
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            if self.path != "/":
                self.answer(404)
                return
            compute(options.compute)
            time.sleep(options.think)
            self.answer(200, BODY)

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            if length > MAX_BODY_BYTES:
                self.close_connection = True
                self.answer(413)
            else:
                self.rfile.read(length)
                self.answer(405)

        do_PUT = do_DELETE = do_HEAD = do_POST

        def answer(self, status: int, body: bytes = b"") -> None:
            self.send_response_only(status)
            self.send_header("Content-Length", str(len(body)))
            if self.close_connection:
                self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing of each request."""

    return Handler


def serve_until_asked_to_end(server) -> int:
    """Serve until Ctrl-C or SIGTERM; return the exit code."""
    exit_code = 0

    def end(number: int, _frame: object) -> None:
        nonlocal exit_code
        exit_code = 128 + number
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    print_line(f"listening on port {server.server_port}")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    return exit_code
