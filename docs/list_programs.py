"""Lists the programs where readers look for them: ``python3 docs/list_programs.py programs.json``.

A program is added by one line in its folder's CMakeLists.txt. From the list that CMake makes
of these lines (cmake/ProgramList.cmake), this writes, in the same order,

- the rows of the programs in each folder's README.md. What a row says of its program stays; a
  new one gets the title of the program's docstring;
- the table of contents of each chapter, in docs/<folder>/index.rst.

With ``--check`` it changes nothing. Exit status: 0; 1 where something was wrong in the lists
and ``--check`` was given, or a file can't be written; 2 for a list that can't be read.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

HEAD = "| Program | Idea | Page |\n| --- | --- | --- |\n"


class NoPlace(Exception):
    """A file has no list that programs could be put into."""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Lists the programs in READMEs and chapters.")
    parser.add_argument("programs", type=Path, help="the programs.json that CMake has written")
    parser.add_argument("--check", action="store_true", help="name the outdated lists only")
    options = parser.parse_args(arguments)
    try:
        listed = json.loads(options.programs.read_text(encoding="utf-8"))
        root = Path(listed["root"])
        changed = outdated(root, listed["folders"], [one["key"] for one in listed["programs"]])
    except (OSError, ValueError, KeyError, NoPlace) as error:
        print(f"{options.programs}: the programs can't be listed: {error}", file=sys.stderr)
        return 2
    try:
        for path, text in changed.items():
            if not options.check:
                unfinished = path.with_name(path.name + ".part")
                unfinished.write_text(text, encoding="utf-8")
                unfinished.replace(path)
            print(f"{path.relative_to(root)} {'is outdated' if options.check else 'is written'}")
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    return 1 if changed and options.check else 0


def outdated(root: Path, folders: list[str], keys: list[str]) -> dict[Path, str]:
    """The files whose lists are not as they should be, and what they should say.

    :param keys: the programs' keys, in reading order.
    :raises NoPlace: where a file has no such list.
    """
    changed = {}
    for folder in folders:
        names = [key.removeprefix(f"{folder}/") for key in keys if key.startswith(f"{folder}/")]
        for path, with_programs in (
            (root / folder / "README.md", with_rows),
            (root / "docs" / folder / "index.rst", with_contents),
        ):
            text = path.read_text(encoding="utf-8")
            if (wanted := with_programs(path, text, root, folder, names)) != text:
                changed[path] = wanted
    return changed


def with_rows(path: Path, text: str, root: Path, folder: str, names: list[str]) -> str:
    """A README with a row for each program."""
    table = re.search(re.escape(HEAD) + r"((?:\|.*\n)*)", text)
    if not table:
        raise NoPlace(f"{path} has no table of programs:\n{HEAD}")
    ideas = dict(re.findall(r"^\| `([^`|]+)` \| (.*?) \| \[page\]", table[1], re.MULTILINE))
    rows = "".join(
        f"| `{name}` | {ideas.get(name) or title(root / folder / f'{name}.cpp')} "
        f"| [page](../docs/{folder}/{name}.rst) |\n"
        for name in names
    )
    return text[: table.start(1)] + rows + text[table.end(1) :]


def with_contents(path: Path, text: str, _root: Path, _folder: str, names: list[str]) -> str:
    """A chapter's page with an entry in its table of contents for each program."""
    contents = re.search(r"^\.\. toctree::\n(?:   :.*\n)*\n((?:   \S.*\n)*)", text, re.MULTILINE)
    if not contents:
        raise NoPlace(f"{path} has no table of contents (.. toctree::)")
    entries = "".join(f"   {name}\n" for name in names)
    return text[: contents.start(1)] + entries + text[contents.end(1) :]


def title(source: Path) -> str:
    """The first line of a program's docstring."""
    found = re.match(r"\s*/\*\s*(\S.*)", source.read_text(encoding="utf-8"))
    if not found:
        raise NoPlace(f"{source} begins with no docstring")
    return found[1].rstrip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
