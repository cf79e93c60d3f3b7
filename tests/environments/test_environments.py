"""That each condition is what its name says, and that what fails in it is told."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest
from built import ROOT
from conditions import CONDITIONS
from place import Failed, NotPossible, Place, commit, control_group, copy_of

RUN = ROOT / "tests/environments/run"
SPECIFICATION = importlib.util.spec_from_file_location(
    "environments_main", ROOT / "tests/environments/__main__.py"
)
main = importlib.util.module_from_spec(SPECIFICATION)
SPECIFICATION.loader.exec_module(main)

# What a shell, or Python, sees of each condition: they end with 0 in it, and with something
# else without it. $1 is the build folder.
SHELL = {
    "one_core": '[ "$(nproc)" = 1 ]',
    "third_of_a_core": "grep -q book- /proc/self/cgroup",
    "four_gigabytes": "grep -q book- /proc/self/cgroup",
    "small_shared_memory": '[ "$(df -k --output=size /dev/shm | tail -n 1)" -eq 65536 ]',
    "few_descriptors": '[ "$(ulimit -n)" = 1024 ] && [ "$(ulimit -H -n)" = 1024 ]',
    "ordinary_user": '[ "$(id -u)" -ne 0 ] && grep -q "NoNewPrivs:.*1" /proc/self/status',
    "unusual_path": 'case $PWD in *"Käfer\'s $ new book") ;; *) false;; esac',
    "another_python_first": '! python3 -c "" 2>/dev/null',
    "german": '[ "$LANGUAGE" = de ]',
    "no_repository": "[ ! -e .git ]",
    "inside_another_repository": '[ ! -e .git ] && [ "$(git log --format=%s)" ]',
    # Not `touch`, which a file's owner may do to one that is read-only.
    "read_only_tree": '! ( : >>README.md ) 2>/dev/null && touch "$1/new" && rm "$1/new"',
    "unbuffered_in_kathmandu": '[ "$PYTHONUNBUFFERED" = 1 ] && [ "$(date +%z)" = +0545 ]',
    "shadowed_packages": '/usr/bin/python3 -c "import docutils" 2>&1 | grep -q "this is a shadow"',
    "closed_terminal": "[ ! -t 1 ] && ! read -r line && kill -HUP $$",
    "no_standard_input": "[ ! -e /proc/self/fd/0 ]",
    "empty_tmpdir": '[ -z "${TMPDIR-unset}" ]',
    "missing_tmpdir": '[ "${TMPDIR-}" ] && [ ! -e "$TMPDIR" ]',
    "full_tmpdir": '[ -d "$TMPDIR" ] && ! echo text 2>/dev/null >"$TMPDIR/file"',
    "read_only_tmpdir": '[ -d "$TMPDIR" ] && ! touch "$TMPDIR/file" 2>/dev/null',
    "clone_with_crlf": '[ "$(git config core.autocrlf)" = true ] && sh -n .ci/setup',
}
PYTHON = {
    "no_notification": """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
assert libc.syscall(NUMBER["seccomp"], 1, 1 << 3, None) == -1
assert ctypes.get_errno() == 1  # EPERM; without the filter, EFAULT
""",
    "no_reading_of_memory": """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
assert libc.syscall(NUMBER["process_vm_readv"], os.getpid(), None, 0, None, 0, 0) == -1
assert ctypes.get_errno() == 1
""",
    "no_ipv6": """
import socket
socket.socket(socket.AF_INET).close()
try:
    socket.socket(socket.AF_INET6)
    raise SystemExit("a socket of IPv6")
except OSError:
    pass
""",
    "no_ipv6_address": """
import socket
with socket.socket(socket.AF_INET) as one:
    one.bind(("127.0.0.1", 0))
try:
    socket.socket(socket.AF_INET6).bind(("::1", 0))
    raise SystemExit("a socket of ::1")
except OSError:
    pass
""",
    # Each has yet to become the loop when this begins; the place's limit ends the wait.
    "eight_busy_processes": """
import pathlib, time
def is_busy(one):
    try:
        return one.read_bytes() == b"sh\\0-c\\0while :; do :; done\\0"
    except OSError:
        return False  # it has ended
while sum(map(is_busy, pathlib.Path("/proc").glob("[0-9]*/cmdline"))) < 8:
    time.sleep(0.05)
""",
}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    tmp_path.chmod(0o755)
    case, build = tmp_path / "case", tmp_path / "build"
    case.mkdir()
    build.mkdir()
    tree = copy_of(ROOT, case / "tree")
    commit(tree)
    return Place(tree, build, case, elsewhere=True)


def test_each_condition_is_looked_at():
    assert sorted([*SHELL, *PYTHON]) == sorted(one.name for one in CONDITIONS)


@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda one: one.name)
def test_the_condition_is_what_its_name_says(condition, place: Place):
    if condition.name in SHELL:
        command = ["sh", "-c", SHELL[condition.name], "sh", place.build]
    else:
        numbers = importlib.import_module("refuse").NUMBERS[os.uname().machine]
        script = PYTHON[condition.name].replace("NUMBER", repr(numbers))
        command = ["/usr/bin/python3", "-I", "-c", script]
    with ExitStack() as stack:
        try:
            entered = condition.enter(place, stack)
        except NotPossible as reason:
            pytest.skip(str(reason))
        entered.run(command, 300)
        assert entered.log.read_text().count("\n") >= 1


def test_a_group_is_gone_with_its_processes(tmp_path: Path):
    try:
        with control_group("cpu", {"1": {}, "2": {}}) as group:
            left = subprocess.Popen(
                ["sh", "-c", 'echo $$ >"$0" && exec sleep 1000', group / "cgroup.procs"]
            )
            while not (group / "cgroup.procs").read_text():
                assert left.poll() is None
    except NotPossible as reason:
        pytest.skip(str(reason))
    assert not group.exists()
    assert left.wait() == -9


def test_what_fails_is_told_with_its_last_line(place: Place):
    with pytest.raises(Failed, match=r"^sh -c .*: exit 3: no such book$"):
        place.run(["sh", "-c", "echo first; echo no such book; exit 3"])
    with pytest.raises(Failed, match="SIGKILL"):
        place.run(["sh", "-c", "kill -KILL $$"])


def test_what_hangs_is_ended(place: Place):
    with pytest.raises(Failed, match=r"no end after 0\.2 s"):
        place.run(["sh", "-c", "echo $$; trap '' TERM; exec sleep 1000"], 0.2)
    started = int(place.log.read_text().split()[-1])
    assert not Path(f"/proc/{started}").exists()


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([RUN, *arguments], capture_output=True, text=True)


def test_a_command_of_ones_own_is_run_in_the_conditions():
    done = run("--case", "empty_tmpdir", "few_descriptors", "--", "true")
    assert done.returncode == 0, done.stderr
    few, empty, all_of_them = done.stdout.splitlines()
    assert few.startswith("few_descriptors ")
    assert few.endswith(" s  passed")
    assert empty.startswith("empty_tmpdir ")
    assert empty.endswith(" s  passed")
    assert all_of_them.startswith("2 conditions, 0 failed, ")


def test_conditions_are_given_at_once():
    command = """
        [ "$(ulimit -n)" = 1024 ] && [ -z "$TMPDIR" ] && [ "$PYTHONUNBUFFERED" = 1 ] &&
        case $PWD in *"Käfer's"*) ;; *) false;; esac"""
    done = run(
        "--together",
        *("--case", "empty_tmpdir", "unusual_path", "few_descriptors", "unbuffered_in_kathmandu"),
        *("--", "sh", "-c", command),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    all_of_them, last = done.stdout.splitlines()
    assert all_of_them.startswith(
        "few_descriptors+unusual_path+unbuffered_in_kathmandu+empty_tmpdir"
    )
    assert last.startswith("1 conditions, 0 failed, ")


def test_conditions_are_tried_at_the_same_time(tmp_path: Path):
    # Each waits until both have begun.
    script = tmp_path / "meet"
    script.write_text(f"""
        : >'{tmp_path}'/begun.$$
        for try in $(seq 3000); do
            if [ "$(ls '{tmp_path}' | grep -c begun)" -ge 2 ]; then
                [ -e "${{TMPDIR:-/}}" ] || {{ echo met; exit 5; }}
                exit 0
            fi
            sleep 0.02
        done
        exit 1""")
    done = run(
        *("--jobs", "2", "--case", "empty_tmpdir", "missing_tmpdir"),
        *("--", "sh", str(script)),
    )
    assert done.returncode == 1
    empty, missing, log, all_of_them = done.stdout.splitlines()
    assert empty.startswith("empty_tmpdir ")
    assert empty.endswith(" s  passed")
    assert missing.startswith("missing_tmpdir ")
    assert missing.endswith(": exit 5: met")
    assert Path(log.split()[-1]).read_text().endswith("met\n")
    assert all_of_them.startswith("2 conditions, 1 failed, ")


def test_a_failure_keeps_its_log_and_is_counted(tmp_path: Path):
    kept = tmp_path / "kept"
    done = run("--keep", str(kept), "--case", "empty_tmpdir", "--", "sh", "-c", "echo why; exit 4")
    assert done.returncode == 1
    assert "FAILED: sh -c echo why; exit 4: exit 4: why\n" in done.stdout
    assert "1 conditions, 1 failed" in done.stdout
    assert (kept / "empty_tmpdir/log").read_text().endswith("why\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--case", "no_such"], "there is no condition no_such"),
        (["--jobs", "0"], "at least one is needed"),
        (["--together"], "say with --case which"),
        (["--cheap", "--build", "/nowhere"], "/nowhere has no build"),
    ],
)
def test_a_wrong_command_line_is_refused(arguments: list[str], said: str):
    done = run(*arguments)
    assert done.returncode == 2
    assert said in done.stderr


def test_what_a_book_could_not_show_is_told(tmp_path: Path):
    verdicts = tmp_path / "verdicts.json"
    assert main.what_is_missing(verdicts) == "; the build says nothing of figures and claims"
    claims = [
        {"claim": "threads use all cores", "verdict": "fails"},
        {"claim": "a pool loses", "verdict": "holds"},
        {"claim": "four cores help", "verdict": "not given"},
    ]
    missing = [{"file": "sleepers", "figure": "go_version", "reason": "Go was not found"}]
    verdicts.write_text(json.dumps({"claims": claims[1:2], "not_measured": []}))
    assert main.what_is_missing(verdicts) == ", all measured, all claims hold"
    verdicts.write_text(json.dumps({"claims": claims, "not_measured": missing}))
    assert main.what_is_missing(verdicts) == (
        "; not measured: 1, in sleepers (Go was not found)"
        "; claims that do not hold: 1 (threads use all cores)"
        "; claims whose condition is not given: 1 (four cores help)"
    )
