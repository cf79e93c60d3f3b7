"""The quick checks. Each takes a tree, and whether to mend what it can, and says what it finds."""

from __future__ import annotations

from pathlib import Path

from tree import Result, Tree


def clang_format(tree: Tree, fix: bool) -> Result:
    """C++ has the format of .clang-format."""
    files = tree.ending(".cpp", ".hpp")
    how = ["-i"] if fix else ["--dry-run", "-Werror"]
    return Result(tree.refusal("clang-format", *how, *files), f"{len(files)} files")


def gersemi(tree: Tree, fix: bool) -> Result:
    """CMake has the format of .gersemirc."""
    files = tree.ending("CMakeLists.txt", ".cmake")
    how = ["--in-place"] if fix else ["--check", "--diff"]
    return Result(tree.refusal("gersemi", *how, *files), f"{len(files)} files")


def ruff_format(tree: Tree, fix: bool) -> Result:
    """Python has the format of pyproject.toml."""
    files = tree.ending(".py")
    how = [] if fix else ["--check", "--diff"]
    cache = f"--cache-dir={tree.cache('ruff')}"
    return Result(tree.refusal("ruff", "format", cache, *how, *files), f"{len(files)} files")


def ruff(tree: Tree, fix: bool) -> Result:
    """Python has nothing in it that the rules of pyproject.toml refuse."""
    files = tree.ending(".py")
    how = ["--fix"] if fix else []
    cache = f"--cache-dir={tree.cache('ruff')}"
    return Result(
        tree.refusal("ruff", "check", "--output-format=concise", cache, *how, *files),
        f"{len(files)} files",
    )


# What mypy reads at once: the modules of a group import each other by their names in the
# folders of its path; two groups may have modules of the same name. Tests themselves are not
# among them: a test that uses a type wrongly fails when it runs.
MYPY_GROUPS = [
    (".ci", [".ci/*.py"]),
    (".ci/lint_tree", [".ci/lint_tree/*.py"]),
    ("docs:docs/_ext", ["docs/_ext/**/*.py", "docs/*.py"]),
    ("docs/record_all", ["docs/record_all/*.py"]),
    ("tests", ["tests/*.py", "tests/faults/[!t]*.py", "tests/record_all/[!ct]*.py"]),
    ("tests/environments", ["tests/environments/[!t]*.py"]),
]


def mypy(tree: Tree, _fix: bool) -> Result:
    """Python's types fit each other, as strictly as pyproject.toml says."""
    python = tree.build / "venv/bin/python3"
    if not python.exists():
        return Result(f"{python} is missing: run `sh .ci/setup` first")
    said = []
    count = 0
    for number, (path, patterns) in enumerate(MYPY_GROUPS):
        files = sorted({file for pattern in patterns for file in tree.root.glob(pattern)})
        if files:
            count += len(files)
            said.append(
                tree.refusal(
                    "mypy",
                    "--no-error-summary",
                    f"--python-executable={python}",
                    f"--cache-dir={tree.cache(f'mypy_{number}')}",
                    *files,
                    MYPYPATH=":".join(str(tree.root / folder) for folder in path.split(":")),
                )
            )
    return Result("\n".join(filter(None, said)), f"{count} files")


def is_shell_script(path: Path) -> bool:
    """Whether a shell reads a file, told by its ending or its first line."""
    if path.suffix == ".sh":
        return True
    with path.open("rb") as file:
        first = file.readline(80).split()
    return bool(first) and first[0].startswith(b"#!") and first[-1].endswith(b"sh")


def shellcheck(tree: Tree, _fix: bool) -> Result:
    """Shell scripts have none of the faults that shellcheck knows."""
    files = [path for path in tree.files if is_shell_script(path)]
    return Result(tree.refusal("shellcheck", *files), f"{len(files)} files")


def codespell(tree: Tree, fix: bool) -> Result:
    """No word is misspelt in a way that codespell knows; what it skips is in pyproject.toml."""
    files = [path.relative_to(tree.root) for path in tree.files]
    how = ["--write-changes"] if fix else []
    return Result(tree.refusal("codespell", *how, *files), f"{len(files)} files")


# Go's formatter indents by tabs.
WITH_TABS = {".go"}


def faults_of_lines(path: Path, text: str) -> list[str]:
    """What the lines of a text have that .editorconfig refuses, as `number: what`."""
    faults = []
    if text and not text.endswith("\n"):
        faults.append(f"{len(text.splitlines())}: the last line has no end")
    for number, line in enumerate(text.split("\n"), 1):
        if line.endswith("\r"):
            faults.append(f"{number}: ends with CR LF, not LF")
        elif line != line.rstrip():
            faults.append(f"{number}: ends with white space")
        if "\t" in line and path.suffix not in WITH_TABS:
            faults.append(f"{number}: has a tab")
    return faults


def lines(tree: Tree, _fix: bool) -> Result:
    """Lines end as .editorconfig says: with LF, without white space before it; no tabs."""
    said = []
    count = 0
    for path in tree.files:
        data = path.read_bytes()
        if b"\0" in data or path.suffix in {".jpg", ".png", ".wav"}:
            continue
        count += 1
        try:
            faults = faults_of_lines(path, data.decode())
        except UnicodeDecodeError as error:
            faults = [f"1: is not UTF-8: {error}"]
        said += [f"{path.relative_to(tree.root)}:{fault}" for fault in faults]
    return Result("\n".join(said), f"{count} files")
