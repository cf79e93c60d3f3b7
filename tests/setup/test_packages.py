"""Which packages .ci/setup installs, told by stand-ins for dpkg and apt."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from built import ROOT

TOOLS = ("sh", "env", "sed", "grep", "tr", "dirname")


def needed() -> list[str]:
    """The packages that .ci/setup lists, but Boost and Go."""
    text = (ROOT / ".ci/setup").read_text()
    return text.split('needed="')[1].split('"')[0].split()


@dataclass
class Machine:
    """A machine with its own packages: what is installed, and what could be."""

    path: Path
    installed: dict[str, str] = field(default_factory=dict)
    available: dict[str, str] = field(default_factory=dict)
    removes: tuple[str, ...] = ()
    user: int = 0
    sudo: bool = False
    has_go: bool = True

    def tool(self, name: str, script: str) -> None:
        file = self.path / "bin" / name
        # Never through a link: that would write into the tool of the system.
        with file.open("x") as out:
            out.write(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)

    def set_up(self, **environment: str) -> subprocess.CompletedProcess[str]:
        tree, tools = self.path / "tree", self.path / "bin"
        (tree / ".ci").mkdir(parents=True)
        shutil.copy(ROOT / ".ci/setup", tree / ".ci/setup")
        (tree / ".ci/virtual_environment.py").write_text("print('then Python')\n")
        tools.mkdir()
        for name in TOOLS:
            (tools / name).symlink_to(shutil.which(name))
        # It asks about names, or patterns; versions are told where they are asked for.
        database = "\n".join(
            f"  case {name} in $pattern)"
            f' case $format in *Version*) echo "installed={version}";;'
            f' *) echo "installed {name}";; esac;; esac'
            for name, version in self.installed.items()
        )
        self.tool(
            "dpkg-query",
            "for format; do case $format in --showformat=*) break;; esac; done\n"
            "for pattern; do case $pattern in --*) continue;; esac\n"
            f"{database or '  :'}\ndone\nexit 1",
        )
        records = "\n".join(
            f'{name}) echo "Package: {name}"; echo "Version: {version}";;'
            for name, version in self.available.items()
        )
        # What apt-cache policy tells people, in their language.
        self.tool(
            "apt-cache",
            "for last; do :; done\n"
            '[ "$1" = policy ] && { echo "$last:"; echo "  Installationskandidat: 9"; exit; }\n'
            f"case $last in\n{records}\n*) exit 100;; esac",
        )
        removals = "; ".join(f"echo 'Remv {name} [1.0]'" for name in self.removes)
        calls = self.path / "calls"
        self.tool(
            "apt-get",
            f'case "$*" in *--simulate*) {removals or ":"};; *) echo "apt-get $*" >>{calls};; esac',
        )
        self.tool("dpkg", f'[ "$1" = --configure ] || exec {shutil.which("dpkg")} "$@"')
        self.tool("id", f"echo {self.user}")
        if self.sudo:
            self.tool("sudo", f'echo "sudo $*" >>{calls}; exec "$@"')
        if self.has_go:
            self.tool("go", "exit 0")
        return subprocess.run(
            ["/bin/sh", tree / ".ci/setup"],
            env={"PATH": str(tools), "HOME": str(self.path), **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def installs(self) -> list[str]:
        """The packages that apt-get was asked to install."""
        calls = self.path / "calls"
        lines = calls.read_text().splitlines() if calls.exists() else []
        found = [line for line in lines if line.startswith("apt-get install ")]
        assert len(found) <= 1, lines
        return [word for line in found for word in line.split()[2:] if word[0].isalpha()
                and "::" not in word]  # fmt: skip


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """It has everything but Boost, which it can install as Debian 12 can."""
    return Machine(
        tmp_path,
        installed=dict.fromkeys(needed(), "1.0"),
        available={"libboost-dev": "1.74.0.3", "libboost1.81-dev": "1.81.0-5+deb12u1"},
    )


LANGUAGES = [{}, {"LANG": "de_DE.UTF-8", "LANGUAGE": "de"}, {"LC_ALL": "C.UTF-8", "LANGUAGE": "ja"}]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "older", [{}, {"libboost-dev": "1.74.0.3", "libboost1.74-dev": "1.74.0-21"}]
)
def test_boost_1_81_is_installed_in_each_language(
    machine: Machine, language: dict[str, str], older: dict[str, str]
):
    machine.installed |= older
    machine.removes = tuple(older)
    done = machine.set_up(**language)
    assert done.returncode == 0, done.stderr
    assert machine.installs() == ["libboost1.81-dev"]
    assert done.stdout.endswith("then Python\n")


@pytest.mark.parametrize(
    "boost", [{"libboost1.81-dev": "1.81.0-5+deb12u1"}, {"libboost-dev": "1.83.0.2+b2"}]
)
def test_nothing_is_installed_where_all_is_there(machine: Machine, boost: dict[str, str]):
    machine.installed |= boost
    machine.user = 1000
    done = machine.set_up()
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "then Python\n")
    assert not (machine.path / "calls").exists()


def test_the_default_boost_is_taken_where_it_is_new_enough(machine: Machine):
    machine.available = {"libboost-dev": "1.83.0.2", "libboost1.81-dev": "1.81.0-5"}
    assert machine.set_up().returncode == 0
    assert machine.installs() == ["libboost-dev"]


def test_only_what_is_missing_is_installed(machine: Machine):
    del machine.installed["ninja-build"], machine.installed["wrk"]
    machine.has_go = False
    machine.user, machine.sudo = 1000, True
    assert machine.set_up().returncode == 0
    assert machine.installs() == ["ninja-build", "wrk", "golang-go", "libboost1.81-dev"]
    assert "sudo env -u TMPDIR" in (machine.path / "calls").read_text()


def test_a_system_without_such_a_boost_is_told_so(machine: Machine):
    machine.available = {"libboost-dev": "1.74.0.3"}
    done = machine.set_up()
    assert done.returncode == 1
    assert done.stderr == (
        ".ci/setup: needs Boost 1.81 or later, and this system has no package of it\n"
    )
    assert machine.installs() == []


def test_a_user_who_cannot_install_is_told_what_is_missing(machine: Machine):
    machine.user = 1000
    done = machine.set_up()
    assert done.returncode == 1
    assert done.stderr == ".ci/setup: needs root, or sudo, to install: boost\n"


def test_no_package_of_the_users_is_removed(machine: Machine):
    machine.installed |= {"libboost1.74-dev": "1.74.0-21", "libcgal-dev": "5.5"}
    machine.removes = ("libboost1.74-dev", "libcgal-dev")
    done = machine.set_up()
    assert done.returncode == 1
    assert done.stderr == (
        ".ci/setup: stops, since installing libboost1.81-dev would remove libcgal-dev: "
        "remove that yourself\n"
    )
    assert machine.installs() == []


def test_the_current_folder_does_not_matter(machine: Machine):
    machine.installed |= {"libboost-dev": "1.83"}
    assert machine.set_up(CDPATH=os.fspath(machine.path)).stdout == "then Python\n"
