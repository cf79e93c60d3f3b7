"""Shows that the book builds, and that its tests pass, where readers are."""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from conditions import CONDITIONS, Condition
from place import Failed, NotPossible, Place, commit, copy_of

ROOT = Path(__file__).resolve().parents[2]

HELP = """
Without --cheap, each condition gets a copy of the source tree of its own, is set up in it,
tested and made into the book, which takes as long as that takes. With --cheap, a few seconds
each: some programs of an existing build, a measurement's trial, the setup and the
configuration. After `--`, a command can be given that is run in the conditions, in the
source tree, in place of all that. With --together, all the conditions are given at once,
to one tree: what passes so passes in each, for the time of one.

One line a condition tells how long it took, whether it passed, and of a whole book what
could not be measured and which claims did not hold. A condition that this machine or this
user cannot give is named, and is no failure.

Exit status: 0; 1 where a condition failed; 2 for a wrong command line.
"""


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="tests/environments/run",
        description=__doc__,
        epilog=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--list", action="store_true", help="name the conditions, and end")
    parser.add_argument("--cheap", action="store_true", help="try what takes seconds only")
    parser.add_argument("--case", nargs="+", metavar="NAME", help="these conditions only")
    parser.add_argument("--together", action="store_true",
                        help="give them all at once; takes --case")  # fmt: skip
    parser.add_argument(
        "--build", type=Path, default=ROOT / "build",
        help="the folder that has venv and book, for --cheap (default: build)",
    )  # fmt: skip
    parser.add_argument("--jobs", type=int, default=1, metavar="N",
                        help="try so many conditions at the same time (default: 1)")  # fmt: skip
    parser.add_argument("--keep", type=Path, metavar="FOLDER",
                        help="keep logs and trees in this new folder")  # fmt: skip
    arguments, command = command_line()
    options = parser.parse_args(arguments)
    if options.list:
        for one in CONDITIONS:
            print(f"{one.name:<26}{one.says}")
        return 0
    if options.jobs < 1:
        parser.error("--jobs: at least one is needed")
    names = {one.name for one in CONDITIONS}
    for name in options.case or ():
        if name not in names:
            parser.error(f"--case: there is no condition {name} (--list names them)")
    chosen = [one for one in CONDITIONS if not options.case or one.name in options.case]
    if options.together:
        if not options.case:
            parser.error("--together: say with --case which (some exclude each other)")
        chosen = [all_at_once(chosen)]
    if options.cheap and not (options.build / "book/recorder/recorder").exists():
        parser.error(f"--cheap: {options.build} has no build: cmake --workflow --preset test")

    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, stopped)
    try:
        with ExitStack() as stack:
            if options.keep:
                options.keep.mkdir(parents=True)
                folder = options.keep.absolute()
            else:
                folder = Path(tempfile.mkdtemp(prefix="book-environments-"))
                # A log in it is what tells of a failure.
                stack.callback(remove_unless_failed, folder)
            folder.chmod(0o755)
            if options.jobs > 1 and len(chosen) > 1:
                return try_side_by_side(chosen, folder, options, command)
            return try_all(
                chosen, folder, options.cheap, options.build.absolute(), command,
                keep=options.keep is not None,
            )  # fmt: skip
    except (KeyboardInterrupt, Stopped) as end:
        print("Stopped.", file=sys.stderr)
        return 128 + (end.args[0] if end.args else signal.SIGINT)
    except OSError as error:
        print(f"tests/environments/run: {error}", file=sys.stderr)
        return 1


class Stopped(BaseException):
    """A signal, whose number is its argument."""


def stopped(number: int, _frame: object) -> None:
    raise Stopped(number)


def command_line() -> tuple[list[str], list[str]]:
    """The options, and the command behind `--`."""
    given = sys.argv[1:]
    if "--" not in given:
        return given, []
    at = given.index("--")
    return given[:at], given[at + 1 :]


def remove_unless_failed(folder: Path) -> None:
    if not any(folder.glob("*/failed")):
        shutil.rmtree(folder)


def all_at_once(conditions: list[Condition]) -> Condition:
    """The condition that is all of these, entered in the order of conditions.py."""

    def enter(place: Place, stack: ExitStack) -> Place:
        for one in conditions:
            place = one.enter(place, stack)
        return place

    return Condition(
        name="+".join(one.name for one in conditions),
        says="all of these at once",
        enter=enter,
        cheap=tuple(dict.fromkeys(trial for one in conditions for trial in one.cheap)),
        own_tree=any(one.own_tree for one in conditions),
        offline=any(one.offline for one in conditions),
    )


def try_all(
    chosen: list[Condition],
    folder: Path,
    cheap: bool,
    build: Path,
    command: list[str],
    keep: bool,
) -> int:
    failed = 0
    began = time.monotonic()
    for one in chosen:
        # A name of several conditions may be longer than a file's can be.
        case = folder / one.name[:100]
        case.mkdir()
        print(f"{one.name:<26}", end="", flush=True)
        start = time.monotonic()
        try:
            verdict = try_one(one, case, cheap, build, command)
        except NotPossible as reason:
            verdict = f"not possible here: {reason}"
        except (Failed, subprocess.SubprocessError) as reason:
            failed += 1
            (case / "failed").touch()
            verdict = f"FAILED: {reason}\n{'':<38}see {case}/log"
        else:
            if not keep:
                shutil.rmtree(case)
        print(f"{time.monotonic() - start:7.1f} s  {verdict}", flush=True)
    took = time.monotonic() - began
    print(f"{len(chosen)} conditions, {failed} failed, {took:.0f} s")
    return 1 if failed else 0


def try_side_by_side(
    chosen: list[Condition], folder: Path, options: argparse.Namespace, command: list[str]
) -> int:
    """Has each condition tried by a process of its own; tells of them in their order."""
    same = ["--build", str(options.build), *(["--cheap"] if options.cheap else [])]
    behind = ["--", *command] if command else []
    began = time.monotonic()
    waiting, failed = list(chosen), 0
    with ExitStack() as stack:
        running: list[tuple[Condition, subprocess.Popen[str]]] = []
        while waiting or running:
            while waiting and len(running) < options.jobs:
                one = waiting.pop(0)
                words = ["--case", one.name, "--keep", str(folder / one.name), *same, *behind]
                process = subprocess.Popen(
                    [sys.executable, "-I", "-B", str(Path(__file__).parent), *words],
                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                )  # fmt: skip
                # In turn, from its end: should anything happen here, it is told to end
                # and waited for.
                stack.callback(process.wait)
                stack.callback(process.terminate)
                running.append((one, process))
            one, process = running.pop(0)
            told, _ = process.communicate()
            lines = told.splitlines()
            print("\n".join(lines[:-1] if len(lines) > 1 else lines), flush=True)
            if process.returncode:
                failed += 1
                (folder / one.name).mkdir(exist_ok=True)
                (folder / one.name / "failed").touch()
            elif not options.keep:
                shutil.rmtree(folder / one.name)
    took = time.monotonic() - began
    print(f"{len(chosen)} conditions, {failed} failed, {took:.0f} s")
    return 1 if failed else 0


def try_one(one: Condition, case: Path, cheap: bool, build: Path, command: list[str]) -> str:
    """The verdict on one condition, when it passed."""
    with ExitStack() as stack:
        place = Place(ROOT, build, case, elsewhere=True)
        if command or cheap:
            if one.own_tree:
                tree = copy_of(ROOT, case / "tree")
                commit(tree)
                place = Place(tree, build, case, elsewhere=True)
            place = one.enter(place, stack)
            if command:
                place.run(command)
            else:
                for trial in one.cheap:
                    trial(place)
            return "passed"
        tree = copy_of(ROOT, case / "tree")
        commit(tree)
        place = Place(tree, tree / "build", case)
        if one.offline:
            place.run(["sh", ".ci/setup", place.build])
        place = one.enter(place, stack)
        make_the_book(place)
        return f"passed{what_is_missing(place.programs / 'verdicts.json')}"


def make_the_book(place: Place) -> None:
    """The README's commands; the longer ones where the build is not in the source tree."""
    if not place.elsewhere:
        place.run(["sh", ".ci/setup"])
        place.run(["cmake", "--workflow", "--preset", "test"])
        place.run(["cmake", "--workflow", "--preset", "book"])
        return
    place.run(["sh", ".ci/setup", place.build])
    place.run(["cmake", "--preset", "book", "-B", place.programs])
    place.run(["cmake", "--build", place.programs])
    place.run(["ctest", "--test-dir", place.programs, "-j", "4", "--no-tests=error",
               "--output-on-failure"])  # fmt: skip
    place.run(["cmake", "--build", place.programs, "--target", "site"])


def what_is_missing(verdicts: Path) -> str:
    """What a book says that its machine could not show."""
    if not verdicts.exists():
        return "; the build says nothing of figures and claims"
    told = json.loads(verdicts.read_text())
    missing = sorted({f"{one['file']} ({one['reason']})" for one in told["not_measured"]})
    parts = []
    if missing:
        parts.append(f"not measured: {len(told['not_measured'])}, in {', '.join(missing)}")
    for verdict, words in (
        ("fails", "claims that do not hold"),
        ("not given", "claims whose condition is not given"),
        ("not measured", "claims without their figures"),
    ):
        claims = [one["claim"] for one in told["claims"] if one["verdict"] == verdict]
        if claims:
            parts.append(f"{words}: {len(claims)} ({', '.join(claims)})")
    return "; ".join(["", *parts]) if parts else ", all measured, all claims hold"


if __name__ == "__main__":
    sys.exit(main())
