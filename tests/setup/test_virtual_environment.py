"""When .ci/virtual_environment.py makes an environment anew, and that it then is whole."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from built import ROOT

SCRIPT = ROOT / ".ci/virtual_environment.py"
SPECIFICATION = importlib.util.spec_from_file_location("virtual_environment", SCRIPT)
virtual_environment = importlib.util.module_from_spec(SPECIFICATION)
SPECIFICATION.loader.exec_module(virtual_environment)
VERSION = f"python{sys.version_info[0]}.{sys.version_info[1]}"


def wheel(folder: Path, version: str) -> Path:
    """A package of one module, as a file that pip installs without any network."""
    files = {
        "pinned_one.py": f"version = {version!r}\n",
        f"pinned_one-{version}.dist-info/METADATA": (
            f"Metadata-Version: 2.1\nName: Pinned.One\nVersion: {version}\n"
        ),
        f"pinned_one-{version}.dist-info/WHEEL": (
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        ),
    }

    def entry(name: str, text: str) -> str:
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest())
        return f"{name},sha256={digest.decode().rstrip('=')},{len(text)}\n"

    record = f"pinned_one-{version}.dist-info/RECORD"
    files[record] = "".join(entry(*one) for one in files.items()) + f"{record},,\n"
    path = folder / f"pinned_one-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            # With a time of its own, it would have another digest each time.
            archive.writestr(zipfile.ZipInfo(name), text)
    return path


class Place:
    """A folder with requirements, wheels, and the environment that is made of them."""

    def __init__(self, folder: Path):
        folder.mkdir(parents=True)
        self.folder = folder
        self.venv = folder / "build/venv"
        self.requirements = folder / "requirements.txt"
        self.module = self.venv / "lib" / VERSION / "site-packages/pinned_one.py"
        self.pin("1.0")

    def pin(self, version: str) -> None:
        digest = hashlib.sha256(wheel(self.folder, version).read_bytes()).hexdigest()
        self.requirements.write_text(f"pinned-one=={version} \\\n    --hash=sha256:{digest}\n")

    def make(self, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-I", SCRIPT, self.requirements, self.venv, ".ci/setup"],
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.folder),  # pip warns of one that it can't write
                "PIP_NO_INDEX": "1",
                "PIP_FIND_LINKS": self.folder.as_uri(),
                **environment,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
        )

    def whole(self) -> bool:
        said = subprocess.run(
            [self.venv / "bin/python3", "-I", "-c", "import pinned_one; print(pinned_one.version)"],
            capture_output=True,
            text=True,
        )
        return f"=={said.stdout.strip()} " in self.requirements.read_text()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Made where everything in the environment would have pip do something else."""
    folder = tmp_path_factory.mktemp("setup")
    place = Place(folder / "Käfer's folder")
    shadow = folder / "shadow"
    shadow.mkdir()
    (shadow / "pinned_one.py").write_text("version = 'shadow'\n")
    done = place.make(
        PIP_USER="1",
        PIP_TARGET=str(folder / "elsewhere"),
        PIP_PREFIX=str(folder / "elsewhere"),
        PIP_REQUIRE_VIRTUALENV="1",
        PIP_DRY_RUN="1",
        PYTHONPATH=str(shadow),
        PYTHONHOME=str(shadow),
        TMPDIR=str(folder / "missing"),
        HOME=str(folder / "no home"),
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"Installing the Python packages into {place.venv}\n"
    assert not (folder / "elsewhere").exists()
    return place


def test_it_has_the_package_whatever_the_environment_says(made: Place):
    assert made.whole()
    assert not (made.venv / "tmp").exists()


def test_a_whole_one_is_left_as_it_is(made: Place):
    before = made.module.stat().st_mtime_ns
    done = made.make(PYTHONPATH="/nowhere", TMPDIR="/nowhere")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{made.venv} has all Python packages\n"
    assert made.module.stat().st_mtime_ns == before


def without_the_module(place: Place) -> None:
    place.module.unlink()


def cut_short(place: Place) -> None:
    place.module.write_text("v")


def cut_the_record_short(place: Place) -> None:
    record = next(place.module.parent.glob("pinned_one-*.dist-info/RECORD"))
    record.write_text(record.read_text().rpartition(",")[0])


def without_the_record(place: Place) -> None:
    next(place.module.parent.glob("pinned_one-*.dist-info/RECORD")).write_text("")


def without_the_package(place: Place) -> None:
    shutil.rmtree(next(place.module.parent.glob("pinned_one-*.dist-info")))


def another_version(place: Place) -> None:
    metadata = next(place.module.parent.glob("pinned_one-*.dist-info/METADATA"))
    metadata.write_text(metadata.read_text().replace("Version: 1.0", "Version: 0.9"))


def without_python(place: Place) -> None:
    (place.venv / "bin/python3").unlink()


def python_that_is_gone(place: Place) -> None:
    for name in ("python", "python3", VERSION):
        (place.venv / "bin" / name).unlink()
        (place.venv / "bin" / name).symlink_to("/usr/bin/python3.0")


def another_python(place: Place) -> None:
    stamp = place.venv / "requirements.txt"
    stamp.write_text("# cpython-30\n" + stamp.read_text().partition("\n")[2])


def interrupted(place: Place) -> None:
    (place.venv / "requirements.txt").unlink()


def another_pin(place: Place) -> None:
    place.pin("1.1")


def a_file_in_its_place(place: Place) -> None:
    shutil.rmtree(place.venv)
    place.venv.write_text("")


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (without_the_module, "has half of pinned-one"),
        (cut_short, "has half of pinned-one"),
        (cut_the_record_short, "has half of pinned-one"),
        (without_the_record, "has half of pinned-one"),
        (without_the_package, "has no pinned-one"),
        (another_version, "has pinned-one 0.9, not 1.0"),
        (without_python, "has no Python that starts"),
        (python_that_is_gone, "has no Python that starts"),
        (another_python, "was made by another Python than"),
        (interrupted, "is not finished"),
        (another_pin, "has other packages than are pinned"),
        (a_file_in_its_place, "is not finished"),
    ],
)
def test_what_is_broken_is_named(
    made: Place, tmp_path: Path, broken: Callable[[Place], None], said: str
):
    place = Place(tmp_path / "copy")
    shutil.copytree(made.venv, place.venv, symlinks=True)
    text = place.requirements.read_text()
    assert virtual_environment.wrong_with(place.venv, text) is None
    broken(place)
    text = place.requirements.read_text()
    assert virtual_environment.wrong_with(place.venv, text).startswith(said)


def test_a_broken_one_is_made_anew(made: Place, tmp_path: Path):
    place = Place(tmp_path / "copy")
    shutil.copytree(made.venv, place.venv, symlinks=True)
    python_that_is_gone(place)
    done = place.make()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{place.venv} has no Python that starts: making it anew\n"
    assert place.whole()
    assert place.make().stdout == f"{place.venv} has all Python packages\n"


def test_without_the_packages_it_says_so_and_is_not_finished(tmp_path: Path):
    place = Place(tmp_path / "copy")
    done = place.make(PIP_FIND_LINKS=str(tmp_path / "nothing"))
    assert done.returncode == 1
    assert done.stderr.endswith(".ci/setup: pip install failed; its own words are above\n")
    assert "is not finished: making it anew" in place.make(PIP_FIND_LINKS="/nowhere").stdout


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("")
    done = subprocess.run(
        [sys.executable, "-I", SCRIPT, ROOT / "docs/requirements.txt", tmp_path / "file/venv",
         ".ci/setup"],
        capture_output=True,
        text=True,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == f".ci/setup: Not a directory: {tmp_path}/file/venv\n"
