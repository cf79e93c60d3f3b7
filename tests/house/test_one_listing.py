"""One listing is built where most of the book's libraries are missing."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from built import ROOT, TIMEOUT

LISTING = "examples_2017_09_09_12_16/example_1"
# Where the compiler would find the headers of what is hidden.
HIDDEN_HEADERS = re.compile(
    r"/(?:CLI|cereal|nlohmann|opencv2|pybind11|python3\.\d+|tbb|oneapi)/"
    r"|/(?:gmp|mimalloc|omp|sndfile|turbojpeg)\.h"
)


def optional_libraries() -> list[str]:
    """What only some programs need, by the names in cmake/Dependencies.cmake."""
    return re.findall(
        r"^find_optional_(?:package|library)\((\w+)",
        (ROOT / "cmake/Dependencies.cmake").read_text(),
        re.MULTILINE,
    )


def run(*command: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=TIMEOUT,
        check=False,
    )


def configure(build: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Configure as the preset `programs` does, without the optional libraries and Python."""
    hidden = [f"-DCMAKE_DISABLE_FIND_PACKAGE_{name}=ON" for name in optional_libraries()]
    return run(
        *("cmake", "-S", ROOT, "--preset", "programs", "-B", build),
        "-DBOOK_PYTHON=/nowhere/python3",
        *hidden,
        *options,
    )


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("one_listing")


def test_one_listing_needs_nothing_that_others_need(build: Path):
    configured = configure(build)
    assert configured.returncode == 0, configured.stdout
    libraries = optional_libraries()
    assert libraries
    left_out = dict(
        re.findall(
            r"^-- (\w+) \([\w.-]+\) is missing, which leaves out (.*)$",
            configured.stdout,
            re.MULTILINE,
        )
    )
    assert sorted(left_out) == sorted(libraries)
    assert "examples_2025_03_03_17_26/etl" in left_out["sndfile"].split(", ")
    assert LISTING not in ", ".join(left_out.values()).split(", ")

    made = run("cmake", "--build", build, "--target", LISTING)
    assert made.returncode == 0, made.stdout
    assert run(build / LISTING).returncode == 0
    headers = run("ninja", "-C", build, "-t", "deps")
    assert f"{LISTING}.cpp" in headers.stdout
    assert HIDDEN_HEADERS.search(headers.stdout) is None


def test_a_listing_that_lacks_a_library_names_its_package(build: Path):
    assert configure(build).returncode == 0
    etl = "examples_2025_03_03_17_26/etl"
    made = run("cmake", "--build", build, "-j", "1", "--target", etl)
    assert made.returncode != 0
    said = re.search(r"This needs (\w+), which is missing: install ([\w.-]+)", made.stdout)
    assert said is not None, made.stdout
    assert said.groups() in {
        ("CLI11", "libcli11-dev"),
        ("TBB", "libtbb-dev"),
        ("cereal", "libcereal-dev"),
        ("sndfile", "libsndfile1-dev"),
    }


@pytest.mark.parametrize("whole", ["BOOK_SITE", "BUILD_TESTING"])
def test_the_book_and_its_tests_need_all_libraries(tmp_path: Path, whole: str):
    configured = configure(tmp_path, f"-D{whole}=ON")
    assert configured.returncode != 0
    text = " ".join(configured.stdout.split())
    for name in optional_libraries():
        assert f"{name} (" in text
    assert "Run `sh .ci/setup` first" in text
