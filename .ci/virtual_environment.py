"""Makes a virtual environment that has exactly the pinned packages, or checks one.

    /usr/bin/python3 -I virtual_environment.py REQUIREMENTS DIRECTORY CALLER

CALLER is the script whose name its errors begin with.

A whole one is left as it is: made by this Python, with each pinned package in its pinned
version and none of its files missing or cut short. Any other is made anew. It ends with
0, or with 1 and a line that says what is wrong.
"""

from __future__ import annotations

import csv
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

# What of pip's settings says where packages come from; the others would have it install
# somewhere else, or something else.
SOURCES = {
    "PIP_CACHE_DIR",
    "PIP_CERT",
    "PIP_CLIENT_CERT",
    "PIP_DEFAULT_TIMEOUT",
    "PIP_EXTRA_INDEX_URL",
    "PIP_FIND_LINKS",
    "PIP_INDEX_URL",
    "PIP_KEYRING_PROVIDER",
    "PIP_NO_CACHE_DIR",
    "PIP_NO_INDEX",
    "PIP_PROXY",
    "PIP_RETRIES",
    "PIP_TIMEOUT",
    "PIP_TRUSTED_HOST",
}


class Failed(Exception):
    """The virtual environment could not be made; its text says why, in a line."""


def pinned(requirements: str) -> dict[str, str]:
    """The version of each package, by its name, in a file of pinned requirements."""
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", requirements, re.MULTILINE))


def stamp_of(requirements: str) -> str:
    """What a finished environment keeps of how it was made.

    The version of Python counts to its second part: a later third part brings the same
    library's folder and the same binary interface, and takes over as it is.
    """
    return f"# {sys.implementation.cache_tag}\n{requirements}"


def is_whole(package: importlib.metadata.Distribution) -> bool:
    """Whether an installed package has all of its files, none of them cut short."""
    # Not package.files: since Python 3.12 that leaves out what is missing.
    record = package.read_text("RECORD")
    if not record:
        return False
    for row in csv.reader(record.splitlines()):
        if len(row) != 3:
            return False
        file, _, size = row
        if file.endswith(".pyc"):
            continue  # made anew where it is missing
        try:
            found = os.stat(str(package.locate_file(file)))
        except OSError:
            return False
        if size and size != str(found.st_size):
            return False
    return True


def wrong_with(venv: Path, requirements: str) -> str | None:
    """What an environment lacks, in words that follow its name; None for a whole one."""
    try:
        stamp = (venv / "requirements.txt").read_text()
    except (OSError, UnicodeDecodeError):
        return "is not finished"
    made_by, _, made_for = stamp.partition("\n")
    if made_by != f"# {sys.implementation.cache_tag}":
        return f"was made by another Python than {sys.version.split()[0]}"
    if made_for != requirements:
        return "has other packages than are pinned"
    try:
        prefix = subprocess.run(
            [venv / "bin/python3", "-I", "-c", "import sys; print(sys.prefix)"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return "has no Python that starts"
    if prefix.returncode or not os.path.samefile(prefix.stdout.rstrip("\n"), venv):
        return "has no Python that starts"
    library = venv / f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
    found = {
        re.sub(r"[-_.]+", "-", one.metadata["Name"]).lower(): one
        for one in importlib.metadata.distributions(path=[str(library)])
        if one.metadata["Name"]
    }
    for name, version in pinned(requirements).items():
        package = found.get(re.sub(r"[-_.]+", "-", name).lower())
        if package is None:
            return f"has no {name}"
        if package.version != version:
            return f"has {name} {package.version}, not {version}"
        if not is_whole(package):
            return f"has half of {name}"
    return None


def run(command: list[str | Path], environment: dict[str, str], what: str) -> None:
    done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise Failed(f"{what} failed; its own words are above")


def make(venv: Path, requirements: Path) -> None:
    """Makes an environment anew. Interrupted, it leaves one that counts as unfinished."""
    if venv.is_symlink() or venv.is_file():
        venv.unlink()
    elif venv.exists():
        # The stamp goes first: what is half removed must not look whole.
        (venv / "requirements.txt").unlink(missing_ok=True)
        shutil.rmtree(venv)
    venv.mkdir(parents=True)
    # Where the environment has room, its packages' temporary files have.
    temporary = venv / "tmp"
    temporary.mkdir()
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PIP_", "PYTHON", "VIRTUAL_ENV")) or name in SOURCES
    }
    environment |= {"TMPDIR": str(temporary), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    run([sys.executable, "-I", "-m", "venv", venv], environment, "python3 -m venv")
    run(
        [venv / "bin/python3", "-I", "-m", "pip", "install", "--quiet", "--no-user",
         "--require-hashes", "-r", requirements],
        environment,
        "pip install",
    )  # fmt: skip
    shutil.rmtree(temporary)
    text = requirements.read_text()
    (venv / "requirements.txt").write_text(stamp_of(text))
    wrong = wrong_with(venv, text)
    if wrong:
        (venv / "requirements.txt").unlink()
        raise Failed(f"{venv} {wrong}, though pip installed it: see `pip config list`")


def main(requirements: Path, venv: Path, caller: str) -> int:
    try:
        if venv.exists():
            wrong = wrong_with(venv, requirements.read_text())
            if wrong is None:
                print(f"{venv} has all Python packages")
                return 0
            print(f"{venv} {wrong}: making it anew", flush=True)
        else:
            print(f"Installing the Python packages into {venv}", flush=True)
        make(venv, requirements)
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        hint = ""
        if isinstance(error, PermissionError) or error.errno == 30:
            hint = "; `sh .ci/setup FOLDER` builds elsewhere"
        print(f"{caller}: {error.strerror}{where}{hint}", file=sys.stderr)
        return 1
    except Failed as failed:
        print(f"{caller}: {failed}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"{caller}: interrupted; run it again", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]).absolute(), sys.argv[3]))
