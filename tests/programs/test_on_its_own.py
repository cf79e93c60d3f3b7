"""What a listing does that is compiled without program/, as the page "A listing on its own" says.

The listing is message_passing/pipe, which fails where there is no descriptor left. It is built
as always, and once more without what every program is started with.
"""

from __future__ import annotations

import resource
import signal
import subprocess

import pytest
from built import ROOT, TIMEOUT, Built

KEY = "examples_2017_09_09_12_16/message_passing/pipe"
ON_ITS_OWN = "tests/pipe_on_its_own"
COPIED = "tests/with_copied_lines"
ERROR = "cannot make a pipe: Too many open files"


def without_descriptors() -> None:
    """Leaves a program its standard descriptors, and those that its start needs for a moment."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (4, 4))


def run(built: Built, key: str, *arguments: str, fails: bool) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [built.programs / key, *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        preexec_fn=without_descriptors if fails else None,
    )


def test_with_program_an_exception_is_one_line_and_exit_code_1(built: Built):
    result = run(built, KEY, fails=True)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == f"pipe: error: {ERROR}\n"


def test_without_it_an_exception_is_several_lines_and_a_signal(built: Built):
    result = run(built, ON_ITS_OWN, fails=True)
    assert (result.returncode, result.stdout) == (-signal.SIGABRT, "")
    first, *others = result.stderr.splitlines()
    assert first == "terminate called after throwing an instance of 'std::system_error'"
    assert others == [f"  what():  {ERROR}"]


@pytest.mark.parametrize(("key", "refuses"), [(KEY, True), (ON_ITS_OWN, False)])
def test_arguments_are_refused_or_ignored(built: Built, key: str, refuses: bool):
    result = run(built, key, "--no-such-option", fails=False)
    if refuses:
        assert (result.returncode, result.stdout) == (2, "")
        assert result.stderr == "pipe: takes no arguments, got '--no-such-option'\n"
    else:
        assert (result.returncode, result.stderr) == (0, "")
        assert result.stdout.endswith("all arrived as they were sent\n")


def test_the_lines_to_copy_do_the_same(built: Built):
    result = run(built, COPIED, fails=False)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == "error: no more\nremoved\n"
    result = run(built, COPIED, "extra", fails=False)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.endswith("takes no arguments, got 'extra'\n")


def test_the_page_shows_the_lines_that_are_tested():
    page = (ROOT / "docs/a_listing_on_its_own.rst").read_text()
    assert ".. literalinclude:: ../tests/programs/on_its_own/with_copied_lines.cpp" in page
