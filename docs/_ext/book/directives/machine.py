"""The machine that made the recordings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes

from ..claims.notes import BUSY_SHARE
from ..errors import BookError
from ..figures import percent, size
from ..measurement import readable
from ..nodes import table
from .base import BookDirective

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Machine(BookDirective):
    """The machine that made the recordings."""

    optional_arguments = 0

    def make(self, key: str) -> list[nodes.Node]:
        data = self.shelf.json("machine.json", "the description of the machine")
        try:
            libraries = ", ".join(f"{one['name']} {one['version']}" for one in data["libraries"])
            rows: list[list[str | Sequence[nodes.Node]]] = [
                ["Processor", data["processor"]],
                ["Cores", cores(data)],
                ["Memory", size(data["memory_bytes"])],
                ["System", data["system"]],
                ["Kernel", data["kernel"]],
                ["Compiler", data["compiler"]],
                ["Flags", [nodes.literal("", data["flags"].strip())]],
                ["Libraries", libraries],
                ["Python", data["python"]],
                ["Commit", commit(data)],
                ["Date", data["date"]],
            ]
        except (KeyError, TypeError) as error:
            raise BookError(f"machine.json lacks a figure: {error}") from None
        return [table([], [*rows, *self.measuring()], classes=["book-facts"])]

    def measuring(self) -> list[list[str | Sequence[nodes.Node]]]:
        """How the measurements were made, and what else the machine did meanwhile."""
        paths = self.shelf.glob(self.shelf.recordings, "*.json")
        for path in paths:
            self.shelf.note(path)
        measurements = list(readable(paths))
        forms = sorted({one.form for one in measurements} - {""})
        if not forms:
            return []
        busy = [
            f"{percent(one.busy_share)} of the cores during {one.path.stem}"
            for one in measurements
            if one.busy_share is not None and one.busy_share >= BUSY_SHARE
        ]
        took = ", ".join(busy) or f"less than {percent(BUSY_SHARE)} of the cores"
        return [
            ["Measurements", "; ".join(FORM_WORDS[form] for form in forms)],
            ["Other programs", f"took {took} while the book measured"],
        ]


FORM_WORDS = {
    "trial": "in the trial form, for tests: what it measures says nothing",
    "short": "in the short form: a few rounds of each, so that the book is built soon; "
    "small differences may be chance",
    "long": "in the long form, which the publishing build takes",
}


def cores(data: Mapping[str, Any]) -> str:
    """How many this build may use, and of how many."""
    text = str(data["cores"])
    online, quota = data["cores_online"], data["cpu_quota"]
    if online != data["cores"]:
        text += f" that this build may use, of {online}"
    if quota is not None:
        text += f"; a CPU quota gives it the time of {quota:.3g}"
    if data["cores_are_threads"]:
        text += "; some are two threads of one core"
    if data["virtual_machine"]:
        text += "; in a virtual machine"
    return text


def commit(data: Mapping[str, Any]) -> str | list[nodes.Node]:
    if data["commit"] is None:
        return f"not known: {data['commit_note']}"
    modified = ", with changes not committed" if data["commit_modified"] else ""
    return [nodes.literal("", data["commit"]), nodes.Text(modified)]
