"""Puts what stands in a namespace into it, on the reference.

Breathe leaves the namespace of what stands in a group of Doxygen's away: of a function that
takes one of the namespace's classes, Sphinx then finds no such class, and functions of the same
name in two namespaces are one to it. Doxygen tells the whole name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from breathe.parser import Node_memberdefType
from breathe.renderer.sphinxrenderer import SphinxRenderer

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_get_qualification = SphinxRenderer.get_qualification


def get_qualification(self: SphinxRenderer) -> list[str]:
    """The names of what a declaration stands in, from the outside."""
    names: list[str] = _get_qualification(self)
    node = self.qualification_stack[0]
    if names or self.nesting_level > 0 or not isinstance(node, Node_memberdefType):
        return names
    return str(node.qualifiedname or "").split("::")[:-1]


def setup(app: Sphinx) -> None:
    SphinxRenderer.get_qualification = get_qualification
