"""How many cores a program may use, and that each program's default follows it."""

from __future__ import annotations

import errno
import os
import re
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from built import ROOT, Built
from started import wait_until

from examples_2017_09_09_12_16.available_cores import available_cores, cpu_quota

FOLDER = "examples_2017_09_09_12_16"

V1 = "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
V2 = "41 31 0:38 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw\n"
CPU = "sys/fs/cgroup/cpu"


# ---- The module, on another system's files (the header's: available_cores_test.cpp) --


def machine(root: Path, cgroup: str, mountinfo: str, quotas: dict[str, str]) -> Path:
    files = {"proc/self/cgroup": cgroup, "proc/self/mountinfo": mountinfo}
    for directory, quota in quotas.items():
        if quota.startswith("v1 "):
            _, files[f"{directory}/cpu.cfs_quota_us"], files[f"{directory}/cpu.cfs_period_us"] = (
                quota.split()
            )
        else:
            files[f"{directory}/cpu.max"] = quota + "\n"
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


@pytest.mark.parametrize(
    ("cgroup", "mountinfo", "quotas", "expected"),
    [
        ("0::/\n", V2, {}, None),
        ("0::/a/b\n", V2, {"sys/fs/cgroup/a/b": "max 100000"}, None),
        ("0::/a/b\n", V2, {"sys/fs/cgroup/a": "150000 100000"}, 1.5),
        (
            "0::/a/b\n",
            V2,
            {"sys/fs/cgroup/a": "150000 100000", "sys/fs/cgroup/a/b": "25000 50000"},
            0.5,
        ),
        ("0::/a/b\n", V2, {"sys/fs/cgroup": "1000 100000"}, 0.01),
        ("0::/a/b\n", V2, {"sys/fs/cgroup/a/b/c": "1000 100000"}, None),
        ("4:cpu,cpuacct:/a\n0::/u\n", V1 + V2, {f"{CPU}/a": "v1 -1 100000"}, None),
        ("4:cpu,cpuacct:/a\n0::/u\n", V1 + V2, {f"{CPU}/a": "v1 50000 200000"}, 0.25),
        ("4:cpu:/a\n0::/u\n", V1 + V2, {"sys/fs/cgroup/u": "10000 100000"}, 0.1),
        ("3:cpuset,cpuacct:/a\n", V1, {f"{CPU}/a": "v1 10000 100000"}, None),
        ("3:cpu:/a\n", V1.replace("rw,cpu", "rw,cpuacct"), {f"{CPU}/a": "v1 1 2"}, None),
        (
            "2:cpu:/docker/x/y\n",
            "3 2 0:9 /docker/x /of\\040cpu ro - cgroup cgroup rw,cpu\n",
            {"of cpu": "v1 30000 100000"},
            0.3,
        ),
        (
            "2:cpu:/docker/xx\n",
            "3 2 0:9 /docker/x /of\\040cpu ro - cgroup cgroup rw,cpu\n",
            {"of cpu": "v1 30000 100000"},
            None,
        ),
        ("2:cpu:/../x\n", V1, {CPU: "v1 10 100", "sys/fs/cgroup/x": "v1 10 100"}, None),
    ],
)
def test_the_smallest_quota_on_the_way_up_counts(
    tmp_path: Path, cgroup: str, mountinfo: str, quotas: dict[str, str], expected: float | None
):
    assert cpu_quota(machine(tmp_path, cgroup, mountinfo, quotas)) == expected


def test_without_control_groups_there_is_no_quota(tmp_path: Path):
    assert cpu_quota(tmp_path) is None


@pytest.mark.parametrize(
    ("quota", "allowed"),
    [("max", 1000), ("99900000", 1000), ("100001", 2), ("100000", 1), ("33000", 1)],
)
def test_the_affinity_mask_and_the_quota_both_limit_the_cores(
    tmp_path: Path, quota: str, allowed: int
):
    root = machine(tmp_path, "0::/\n", V2, {"sys/fs/cgroup": f"{quota} 100000"})
    all_cores = os.sched_getaffinity(0)
    assert available_cores(root) == min(allowed, len(all_cores))
    os.sched_setaffinity(0, {min(all_cores)})
    try:
        assert available_cores(root) == 1
    finally:
        os.sched_setaffinity(0, all_cores)


# ---- The programs' defaults, on this system -----------------------------------------

# What a program with its default prints, where it may use one core.
PRINTED = {
    f"{FOLDER}/example_5": ([], "creating 2 consumers\n"),
    f"{FOLDER}/message_passing/example_1": ([], "creating 2 consumers\n"),
    "examples_2025_03_03_17_26/map_or_not": (
        ["--count", "10", "--chunks", "1"],
        "\n1 workers, chunks of 1:",
    ),
    "examples_2026_11_22_10_00/7_1_loop_per_thread": (
        ["--load", "2"],
        "the server has 1 process(es) with 1 thread(s)\n",
    ),
    "examples_2026_11_22_10_00/7_2_loop_per_process": (
        ["--load", "2"],
        "the server has 2 process(es) with 2 thread(s)\n",
    ),
}


def use_one_core() -> None:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def is_removed(group: Path) -> bool:
    try:
        group.rmdir()
    except OSError as error:
        if error.errno != errno.EBUSY:
            raise
        return False
    return True


@pytest.fixture
def group_of_one_core() -> Iterator[Path]:
    """A control group with a quota of a core, for tests that may make one."""
    name = f"book-test-{uuid.uuid4()}"
    v1, v2 = Path("/sys/fs/cgroup/cpu") / name, Path("/sys/fs/cgroup") / name
    group = v1 if v1.parent.exists() else v2
    try:
        group.mkdir()
    except OSError as error:
        pytest.skip(f"cannot make a control group: {error}")
    try:
        # A long period, so that nothing is throttled for what it does in a test.
        if group == v1:
            (group / "cpu.cfs_period_us").write_text("1000000")
            (group / "cpu.cfs_quota_us").write_text("1000000")
        elif (group / "cpu.max").exists():
            (group / "cpu.max").write_text("1000000 1000000")
        else:
            pytest.skip("the control groups have no CPU controller here")
        yield group
    finally:
        # What has closed its output may need a core yet to end.
        wait_until(lambda: is_removed(group), lambda: f"processes are left in {group}")


@pytest.mark.parametrize("key", PRINTED)
@pytest.mark.parametrize("language", ["cpp", "py"])
@pytest.mark.parametrize("limit", ["affinity mask", "quota"])
def test_a_default_counts_the_cores_that_may_be_used(
    built: Built, key: str, language: str, limit: str, request: pytest.FixtureRequest
):
    arguments, printed = PRINTED[key]
    program: list[object] = [built.programs / key]
    if language == "py":
        program = [sys.executable, "-B", ROOT / f"{key}.py"]
    begin = use_one_core
    if limit == "quota":
        group = request.getfixturevalue("group_of_one_core")

        def begin() -> None:
            (group / "cgroup.procs").write_text(str(os.getpid()))

    result = built.run(*program, *arguments, preexec_fn=begin)
    assert result.returncode == 0, result.stderr
    assert printed in result.stdout


@pytest.mark.parametrize("program", ["4_2_pictures_processes", "4_3_pictures_tbb"])
def test_the_picture_programs_count_the_cores_that_may_be_used(built: Built, program: str):
    folder = "examples_2025_03_03_16_52"
    option = "--processes" if "processes" in program else "--threads"
    result = built.run(built.programs / folder / program, "--help", preexec_fn=use_one_core)
    # CLI11 2.5 writes a default in brackets, those before it after an equals sign.
    default = rf"{option} INT:INT in \[1 - 1000\](?:=1| \[1\])\s"
    assert re.search(default, result.stdout), result.stdout
    ask = (
        f"from {folder}.picture_directory import picture_options\n"
        f"print(picture_options('{option}').workers)"
    )
    result = built.run(sys.executable, "-c", ask, preexec_fn=use_one_core)
    assert result.stdout == "1\n", result.stderr
